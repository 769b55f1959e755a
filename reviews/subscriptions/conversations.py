"""Details that a chat provides of a conversation: a channel, a group, a chat of two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, kw_only=True)
class ConversationDetails:
    """`public` if people can read it without an individual invitation; `direct` if it is between two only.

    `name` is empty where the chat tells none.
    """

    public: bool
    member: bool = True
    archived: bool = False
    direct: bool = False
    name: str = ""


class ConversationLookup(Protocol):
    """Queries a chat for one of its conversations; raises `RemoteError` if that fails."""

    def __call__(self, target: str) -> ConversationDetails: ...


def make_lookup_where_joined(is_public: Callable[[str], bool]) -> ConversationLookup:
    """Return a lookup for a chat in which an app only gets messages where it is a member."""
    return lambda target: ConversationDetails(public=is_public(target))
