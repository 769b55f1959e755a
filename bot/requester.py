"""Who asks a command, as their chat knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from reviews.answers.repeated_requests import SignedQuestion
    from reviews.identity import Reviewer
    from reviews.proven_person import ProvenPerson


class Requester(Protocol):
    """Whoever asks, as the chat knows them. Either may raise `RemoteError`, or `Refused` with a sentence."""

    def person(self) -> ProvenPerson:
        """Return the asker; raises `Refused` where no address of theirs is proven, or a `RemoteError`."""
        ...

    def resolve_mention(self, mention: str) -> tuple[str, ...]:
        """Return the addresses and names of somebody who was mentioned."""
        ...

    @property
    def channel(self) -> tuple[str, str]:
        """Return the (notifier, target) from which the asker speaks."""
        ...

    @property
    def asked(self) -> SignedQuestion | None:
        """Return the request whose response holds the answer, for whoever sends it; `None` for any other."""
        ...

    @property
    def is_overheard(self) -> bool:
        """Tell whether others read the answer: then it shows of what is private what everybody may see."""
        ...

    def aliases(self) -> tuple[Reviewer, ...]:
        """Return the asker under each of their addresses; without any where the chat does not say."""
        ...

    def reviewer(self) -> Reviewer:
        """Return the asker under their usual address; nobody in particular where the chat does not say."""
        ...
