"""The sender of a command, as the chat knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from reviews.identity import ProvenPerson
    from reviews.repeated_requests import SignedQuestion


class Requester(Protocol):
    """The sender of a command; the methods that ask the chat may raise `RemoteError` or `Refused`."""

    def identify(self) -> ProvenPerson:
        """Return the requester; raises `Refused` if no address of theirs is proven, or a `RemoteError`."""
        ...

    def find_reader(self) -> ProvenPerson:
        """Return the requester as far as the chat provides them, perhaps without addresses."""
        ...

    def resolve_mention(self, mention: str) -> tuple[str, ...]:
        """Return the addresses and names of a mentioned person."""
        ...

    def identify_mention(self, mention: str) -> ProvenPerson:
        """Return a mentioned person, perhaps without addresses; raises as `identify` does."""
        ...

    def write_command(self, words: str) -> str:
        """Return a command as the requester types it in this chat."""
        ...

    @property
    def request_name(self) -> str:
        """The name of the request, by which a repeated one is recognized."""
        ...

    @property
    def channel(self) -> tuple[str, str]:
        """The (notifier, target) where the command was sent."""
        ...

    @property
    def private_chat(self) -> str:
        """The chat, if the command was sent in a chat of two there; else empty."""
        ...

    @property
    def question(self) -> SignedQuestion | None:
        """The request, if its HTTP response carries the answer to any sender; else `None`."""
        ...

    @property
    def is_overheard(self) -> bool:
        """Whether others read the answer; then private details are limited to what everyone may see."""
        ...
