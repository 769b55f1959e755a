"""Where in the inbox somebody looks, and what they see there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.errors import Refused
from reviews.ports.listing import Turn, cursor_of, read_cursor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.lists.inbox import Found, Inbox, Pile
    from reviews.wish import Wish

A_PAGE, LATELY = 20, 5
WAITING, ANSWERED = "waiting", "answered"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The piles of a page, or one review."""

    waiting: Pile | None = None
    answered: Pile | None = None
    one: Found | None = None

    @property
    def mark(self) -> str:
        """What is another whenever the page would show anything else."""
        piles = [pile for pile in (self.waiting, self.answered) if pile]
        told = [(tuple(card.mark for card in pile.cards), pile.ahead, pile.behind) for pile in piles]
        return hashlib.sha256(repr((told, self.one and self.one.mark)).encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Look:
    """A page of a pile, or one review. Below the first page of what waits is what was answered lately."""

    pile: str = WAITING
    turn: Turn | None = None
    review_id: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Look:
        """Read what stands in an address; what is none of ours leads to the beginning."""
        turns = {name: read_cursor(given.get(name, "")) for name in ("before", "after")}
        found = next(((name, seq) for name, seq in turns.items() if seq is not None), None)
        return cls(
            pile=ANSWERED if given.get("pile") == ANSWERED else WAITING,
            turn=Turn(back=found[0] == "before", seq=found[1]) if found else None,
            review_id=given.get("review", ""),
        )

    @property
    def written(self) -> dict[str, str]:
        """What stands in an address for it."""
        turn = {("before" if self.turn.back else "after"): cursor_of(self.turn.seq)} if self.turn else {}
        return {"review": self.review_id} if self.review_id else {"pile": self.pile, **turn}

    def see(self, inbox: Inbox, somebody: Wish) -> Seen:
        """Return what is there; `Refused` for a review that is not this person's to see."""
        if self.review_id:
            return Seen(one=inbox.one(somebody))
        if self.pile == ANSWERED:
            return Seen(answered=inbox.answered(somebody, A_PAGE, self.turn))
        return Seen(
            waiting=inbox.waiting(somebody, A_PAGE, self.turn),
            answered=None if self.turn else inbox.answered(somebody, LATELY),
        )

    def mark(self, inbox: Inbox, somebody: Wish) -> str:
        """Return the mark of what is there; a review that is theirs no more has none."""
        try:
            return self.see(inbox, somebody).mark
        except Refused:
            return ""
