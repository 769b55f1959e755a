"""Views of the inbox, and their contents."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.errors import Refused
from reviews.ports.listing import PageTurn, format_cursor, read_cursor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.campaigns.campaign_access import CampaignLine
    from reviews.lists.inbox import Inbox, InboxPage, InboxReview
    from reviews.review_request import ReviewRequest

PAGE_SIZE, MAX_RECENT_ANSWERS = 20, 5
PENDING_PILE, ANSWERED_PILE = "waiting", "answered"


@dataclass(frozen=True, kw_only=True)
class InboxContents:
    """The piles of a page, or one review."""

    open_reviews: InboxPage | None = None
    answered: InboxPage | None = None
    inbox_review: InboxReview | None = None
    campaigns: tuple[CampaignLine, ...] = ()
    """Those that ask this person, in place of the reviews that they ask for."""

    @property
    def review_ids(self) -> frozenset[str]:
        """The ids of the reviews on the page."""
        piles = [pile for pile in (self.open_reviews, self.answered) if pile]
        reviews = [*(card for pile in piles for card in pile.cards), self.inbox_review]
        return frozenset(each.review.id for each in reviews if each)

    @property
    def fingerprint(self) -> str:
        """A digest that changes whenever the page would show anything else."""
        piles = [pile for pile in (self.open_reviews, self.answered) if pile]
        marks = [
            (tuple(card.mark for card in pile.cards), pile.next_seq, pile.previous_seq) for pile in piles
        ]
        return hashlib.sha256(
            repr((marks, self.inbox_review and self.inbox_review.mark, self.campaigns)).encode()
        ).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class InboxView:
    """A page of a pile, or one review. Below the first page of open reviews are recent answers."""

    pile: str = PENDING_PILE
    page_turn: PageTurn | None = None
    review_id: str = ""

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> InboxView:
        """Parse address parameters; invalid ones lead to the first page."""
        turns = {name: read_cursor(parameters.get(name, "")) for name in ("before", "after")}
        cursor = next(((name, seq) for name, seq in turns.items() if seq is not None), None)
        return cls(
            pile=ANSWERED_PILE if parameters.get("pile") == ANSWERED_PILE else PENDING_PILE,
            page_turn=PageTurn(backward=cursor[0] == "before", seq=cursor[1]) if cursor else None,
            review_id=parameters.get("review", ""),
        )

    @property
    def parameters(self) -> dict[str, str]:
        """The address parameters of this view."""
        turn = (
            {("before" if self.page_turn.backward else "after"): format_cursor(self.page_turn.seq)}
            if self.page_turn
            else {}
        )
        return {"review": self.review_id} if self.review_id else {"pile": self.pile, **turn}

    def load_contents(self, inbox: Inbox, review_request: ReviewRequest) -> InboxContents:
        """Return the contents; raises `Refused` for a review that this person may not see."""
        if self.review_id:
            return InboxContents(inbox_review=inbox.find_card(review_request))
        if self.pile == ANSWERED_PILE:
            return InboxContents(answered=inbox.list_answered(review_request, PAGE_SIZE, self.page_turn))
        return InboxContents(
            open_reviews=inbox.list_open(review_request, PAGE_SIZE, self.page_turn),
            answered=None if self.page_turn else inbox.list_answered(review_request, MAX_RECENT_ANSWERS),
            campaigns=() if self.page_turn else inbox.list_campaigns(review_request),
        )

    def load_fingerprint(self, inbox: Inbox, review_request: ReviewRequest) -> str:
        """Return the fingerprint of the contents; empty for a review that is no longer theirs to see."""
        try:
            return self.load_contents(inbox, review_request).fingerprint
        except Refused:
            return ""
