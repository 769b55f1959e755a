"""What a chat tells of a place in it where people talk: a channel, a group, a chat of two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, kw_only=True)
class ConversationDetails:
    """`public` where people can read along who were never let in one by one; `direct` between two only."""

    public: bool
    member: bool = True
    archived: bool = False
    direct: bool = False


class ConversationLookup(Protocol):
    """Asks a chat about one of its conversations; raises `RemoteError` where it does not tell."""

    def __call__(self, target: str) -> ConversationDetails: ...


def make_lookup_where_joined(is_public: Callable[[str], bool]) -> ConversationLookup:
    """Return how to ask about a chat that lets an app be spoken to only where the app is."""
    return lambda target: ConversationDetails(public=is_public(target))
