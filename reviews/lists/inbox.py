"""The browser inbox: the cards that one person finds there, and what they may do with each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.answers.menu import Item, allowed, why_not
from reviews.answers.permission import known, untracked
from reviews.cards.card_context import ALONE, find_contexts
from reviews.cards.card_state import find_overdue_since
from reviews.lists import my_reviews
from reviews.lists.page_access import sees, sight
from reviews.ports.listing import Order, Wanted, on_route, waits_on
from reviews.privacy.channel_visibility import may_see, seen_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.cards.card_context import Context
    from reviews.clock import Clock
    from reviews.identity import Reviewer
    from reviews.model import Review
    from reviews.ports.listing import Page, Turn
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.routing import Routes
    from reviews.wish import Wish

CHANNEL = "inbox"
PLACE = (CHANNEL, "")


@dataclass(frozen=True, kw_only=True)
class Found:
    """A review as one person may see it, with what they may do; `why_not` says why they can't answer."""

    review: Review
    items: tuple[Item, ...]
    why_not: str
    context: Context = ALONE
    newer: str = ""
    """The id of the review that superseded this one, where this person may look it up."""
    earlier: str = ""

    @property
    def mark(self) -> str:
        """What is another whenever anything of this would be shown otherwise."""
        late = find_overdue_since(self.review, self.context.now)
        around = (self.context.stand_ins, self.newer, self.earlier, late)
        told = repr((replace(self.review, cards=()), self.items, self.why_not, around))
        return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Pile:
    """Some of the cards, the newest first, and the numbers from which the pages around them go on."""

    cards: tuple[Found, ...]
    ahead: int | None = None
    behind: int | None = None


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """Shows people what is their business and was sent here: what they own, stand in for or have answered.

    `somebody` is one person under the address that they have proven, as a wish that names no review yet.
    """

    transactions: Transactions
    routes: Routes
    clock: Clock

    def waiting(self, somebody: Wish, most: int, turn: Turn | None = None) -> Pile:
        """Return what is open."""
        with self.transactions(reading=True) as work:
            theirs = sight(work, self.routes, somebody.aliases)
            marks = (*theirs.handed, *map(waits_on, theirs.routes))
            wanted = Wanted(order=Order.NEWEST, waiting=True, marks=(marks,), sent_to=CHANNEL)
            return self._pile(work, somebody, work.listings.page(wanted, most, turn))

    def answered(self, somebody: Wish, most: int, turn: Turn | None = None) -> Pile:
        """Return what is not open any more."""
        with self.transactions(reading=True) as work:
            theirs = sight(work, self.routes, somebody.aliases)
            marks = (*map(on_route, theirs.routes), *theirs.answered)
            wanted = Wanted(marks=(marks,), sent_to=CHANNEL, answered=True)
            return self._pile(work, somebody, work.listings.page(wanted, most, turn))

    def one(self, wish: Wish) -> Found:
        """Return one review; `Refused` for what is not known here, or none of this person's business."""
        with self.transactions(reading=True) as work:
            review = self._vouched(work, wish)
            [context] = find_contexts(work, [review], self.routes, now=self.clock()).values()
            return self._found(work, wish, review, context)

    def vouched(self, wish: Wish) -> Wish:
        """Return the wish; `Refused` for a person who would find no such card here."""
        with self.transactions(reading=True) as work:
            self._vouched(work, wish)
        return wish

    def reached(self) -> int:
        """Return a number that counts up with whatever happens to any review."""
        with self.transactions(reading=True) as work:
            return work.ledger.reached()

    def is_anybody(self, people: Sequence[Reviewer]) -> bool:
        """Tell whether a route names somebody; what is handed over to others they find all the same."""
        with self.transactions(reading=True) as work:
            return my_reviews.is_responsible(work, self.routes, people)

    def _vouched(self, work: UnitOfWork, wish: Wish) -> Review:
        review = known(work, replace(wish, place=PLACE))
        if not sees(work, review, self.routes.named(review.route), wish.aliases):
            raise untracked()
        return review

    def _pile(self, work: UnitOfWork, somebody: Wish, page: Page) -> Pile:
        reviews = [entry.review for entry in page.entries]
        contexts = find_contexts(work, reviews, self.routes, now=self.clock())
        found = (
            self._found(work, replace(somebody, review_id=each.id), each, contexts[each.id])
            for each in reviews
        )
        return Pile(cards=tuple(found), ahead=page.ahead, behind=page.behind)

    def _found(self, work: UnitOfWork, wish: Wish, review: Review, context: Context) -> Found:
        route, earlier = self.routes.named(review.route), context.earlier
        follows = review.superseded_by and route and may_see(work, route, *wish.aliases)
        return Found(
            context=context,
            newer=(review.superseded_by or "") if follows else "",
            earlier=earlier.id if earlier and sees(work, earlier, route, wish.aliases) else "",
            review=seen_by(work, review, route=route, people=wish.aliases),
            items=allowed(work, review, route, wish, seen=review.revision, now=self.clock()),
            why_not=why_not(work, review, route, wish, seen=review.revision, now=self.clock()),
        )
