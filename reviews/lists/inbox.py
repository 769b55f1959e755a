"""The browser inbox: one person's cards, and what they may do with each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.absences.authority import Authority
from reviews.answers.duty_choices import list_duty_choices
from reviews.answers.menu import MenuItem, explain_refusal, list_allowed_items
from reviews.answers.permission import refuse_untracked, require_review
from reviews.cards.card_context import NO_CONTEXT, find_contexts
from reviews.cards.card_state import find_overdue_since
from reviews.lists import my_reviews
from reviews.lists.campaign_pages import list_running
from reviews.lists.page_access import find_page_access, may_look_up
from reviews.ports.listing import ListingQuery, MarkKind, ReviewOrder, make_marks
from reviews.privacy.channel_visibility import is_owner_or_deputy, redact_for_reader

if TYPE_CHECKING:
    from reviews.answers.duty_choices import DutyChoices
    from reviews.campaigns.campaign_access import CampaignLine
    from reviews.cards.card_context import CardContext
    from reviews.clock import Clock
    from reviews.identity import ProvenPerson
    from reviews.model import Review
    from reviews.ports.documents import Sealer
    from reviews.ports.listing import PageTurn, ReviewPage
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.review_request import ReviewRequest
    from reviews.routes.route import Routes

INBOX_CHANNEL = "inbox"
INBOX_PLACE = (INBOX_CHANNEL, "")


@dataclass(frozen=True, kw_only=True)
class InboxReview:
    """A review as one person may see it, with what they may do; `refusal` says why they can't answer."""

    review: Review
    items: tuple[MenuItem, ...]
    refusal: str
    context: CardContext = NO_CONTEXT
    newer: str = ""
    """The id of the review that superseded this one, if this person may look it up."""
    earlier: str = ""
    duty_choices: DutyChoices | None = None
    """What the forms to reassign and snooze offer; `None` for a person who may do neither."""

    @property
    def mark(self) -> str:
        """A digest that changes whenever any of this would be shown differently."""
        late = find_overdue_since(self.review, self.context.now)
        context = self.context
        context_values = (
            context.owners,
            context.deputies,
            sorted(context.names.items()),
            self.newer,
            self.earlier,
            late,
            context.snippets,
        )
        content = repr((replace(self.review, cards=()), self.items, self.refusal, context_values))
        return hashlib.sha256(content.encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class InboxPage:
    """Some of the cards, the newest first, and the numbers from which the pages around them continue."""

    cards: tuple[InboxReview, ...]
    next_seq: int | None = None
    previous_seq: int | None = None


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """Shows people the reviews sent here that they own, are a deputy for, or have answered.

    `reader` is one person under the address that they have proven, as a request without a review.
    """

    transactions: Transactions
    routes: Routes
    clock: Clock
    sealer: Sealer | None = None
    """Opens the snippets of documents on the cards of open reviews, which only those responsible see here.

    The page of one review shows them all differences.
    """

    def list_open(self, reader: ReviewRequest, limit: int, turn: PageTurn | None = None) -> InboxPage:
        """Return the open reviews, without those that campaigns ask for: these have pages of their own."""
        with self.transactions(reading=True) as work:
            access = find_page_access(work, self.routes, reader.person)
            marks = (*access.waiting_marks, *make_marks(MarkKind.WAITING_ROUTE, access.routes))
            listing_query = ListingQuery(
                order=ReviewOrder.NEWEST,
                waiting=True,
                marks=(marks,),
                sent_to=INBOX_CHANNEL,
                without_campaigns=True,
            )
            return self._build_page(work, reader, work.listings.fetch_page(listing_query, limit, turn))

    def list_answered(self, reader: ReviewRequest, limit: int, turn: PageTurn | None = None) -> InboxPage:
        """Return the reviews that are not open any more, also without those."""
        with self.transactions(reading=True) as work:
            access = find_page_access(work, self.routes, reader.person)
            marks = (*make_marks(MarkKind.ROUTE, access.routes), *access.answered_marks)
            listing_query = ListingQuery(
                marks=(marks,), sent_to=INBOX_CHANNEL, answered=True, without_campaigns=True
            )
            return self._build_page(work, reader, work.listings.fetch_page(listing_query, limit, turn))

    def list_campaigns(self, reader: ReviewRequest) -> tuple[CampaignLine, ...]:
        """Return the running campaigns that still ask this person, or that they see all of."""
        with self.transactions(reading=True) as work:
            lines = list_running(work, self.routes, reader.person)
        return tuple(line for line in lines if line.own_remaining or line.sees_all)

    def find_card(self, review_request: ReviewRequest) -> InboxReview:
        """Return one review; raise `Refused` if there is none, or if this person may not see it."""
        with self.transactions(reading=True) as work:
            review = self._require_review(work, review_request)
            [context] = find_contexts(work, [review], self.routes, now=self.clock()).values()
            return self._build_card(work, review_request, review, context)

    def require_access(self, review_request: ReviewRequest) -> ReviewRequest:
        """Return the request; raise `Refused` for a person who has no such card here."""
        with self.transactions(reading=True) as work:
            self._require_review(work, review_request)
        return review_request

    def get_last_seq(self) -> int:
        """Return a number that increases with every event of any review."""
        with self.transactions(reading=True) as work:
            return work.ledger.get_last_seq()

    def is_responsible(self, person: ProvenPerson) -> bool:
        """Return whether a route names this person; others still see reviews reassigned to them."""
        with self.transactions(reading=True) as work:
            return my_reviews.is_responsible(work, self.routes, person)

    def _find_authority(self, work: UnitOfWork, review: Review) -> Authority:
        return Authority(work=work, review=review, routes=self.routes, at=self.clock())

    def _require_review(self, work: UnitOfWork, review_request: ReviewRequest) -> Review:
        review = require_review(work, replace(review_request, place=INBOX_PLACE))
        if not may_look_up(self._find_authority(work, review), review_request.person):
            raise refuse_untracked()
        return review

    def _build_page(self, work: UnitOfWork, reader: ReviewRequest, page: ReviewPage) -> InboxPage:
        reviews = [entry.review for entry in page.entries]
        contexts = find_contexts(work, reviews, self.routes, now=self.clock(), sealer=self.sealer)
        cards = (
            self._build_card(work, replace(reader, review_id=each.id), each, contexts[each.id])
            for each in reviews
        )
        return InboxPage(cards=tuple(cards), next_seq=page.next_seq, previous_seq=page.previous_seq)

    def _build_card(
        self, work: UnitOfWork, review_request: ReviewRequest, review: Review, context: CardContext
    ) -> InboxReview:
        authority, earlier = self._find_authority(work, review), context.earlier
        route = authority.route
        sees_people = route is not None and is_owner_or_deputy(work, route, review_request.person)
        items = list_allowed_items(authority, review_request, seen_revision=review.revision)
        person = review_request.person if sees_people else None
        return InboxReview(
            context=replace(context, shows_people=sees_people),
            newer=(review.superseded_by or "") if sees_people else "",
            earlier=earlier.id
            if earlier and may_look_up(self._find_authority(work, earlier), review_request.person)
            else "",
            review=redact_for_reader(authority, review_request.person),
            items=items,
            refusal=explain_refusal(authority, review_request, seen_revision=review.revision),
            duty_choices=list_duty_choices(review, route, person, now=authority.at)
            if MenuItem.REASSIGN in items
            else None,
        )
