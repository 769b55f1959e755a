"""What changed in the document of a review, page by page, for one person in a chat."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reviews.absences.authority import Authority
from reviews.answers.permission import may_answer_for_channel, refuse_untracked
from reviews.cards.card_context import find_context
from reviews.cards.card_drawing import add_page, draw_card, omit_page
from reviews.comparison import ComparisonState, WithheldReason
from reviews.comparisons.change_rows import draw_row
from reviews.comparisons.requests import is_comparable
from reviews.language import _
from reviews.opening import OpenedItem, OpenedRevision
from reviews.privacy.channel_visibility import redact_for_reader
from reviews.wording.comparison_sentences import (
    describe_since_answer,
    describe_summary,
    explain_comparison,
)

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.answers.openings import Openings
    from reviews.cards.card import Card
    from reviews.cards.card_drawing import PageOf
    from reviews.clock import Clock
    from reviews.comparison import DocumentState
    from reviews.comparisons.change_rows import ChangeRow
    from reviews.comparisons.viewing import ComparisonViews, VisibleChanges
    from reviews.identity import ProvenPerson
    from reviews.model import Review
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.review_request import ReviewRequest
    from reviews.routes.route import Routes

SINCE, ACKNOWLEDGED = "since", "acknowledged"
"""The parameter of a page with which it shows the comparison for all, and not that of the visitor."""


@dataclass(frozen=True, kw_only=True)
class ChangesPage:
    """Some of the differences of a review's document, as one person may see them.

    Attributes:
        card: Of the review, as that person may see it; with the address of the page that has all differences,
            where there is one. It says what happened where no content changed.
        summary: How much changed, or why that is not known; a sentence, and never empty.
        is_new: Whether there was nothing to compare the document with.
        before: What it was compared with; `None` where unknown.
        answered_at: When this person answered that state; `None` where they have not.
        has_other: Whether the differences from another state can be shown as well: those for all beside those
            since this person's answer, or the other way round.
        rows: The differences from `start` on; empty where there are none, or the person may not see them.
        total: How many differences there are to turn to.
        unlisted_count: How many more there are than that.
        refusal: Why this person does not see the differences; empty if they do, or if there are none.
    """

    card: Card
    summary: str
    is_new: bool = False
    before: DocumentState | None = None
    answered_at: datetime | None = None
    has_other: bool = False
    rows: tuple[ChangeRow, ...] = ()
    start: int = 0
    total: int = 0
    unlisted_count: int = 0
    refusal: str = ""

    @property
    def since_own(self) -> bool:
        """Whether it says what changed since this person answered an earlier state."""
        return self.answered_at is not None

    @property
    def for_all(self) -> bool:
        """Whether it is the comparison for all, and this person has one of their own."""
        return self.has_other and not self.since_own

    @property
    def for_all_url(self) -> str:
        """The address of the comparison for all, if this is not it; empty without a page or another."""
        if not (self.has_other and self.since_own and self.card.changes_url):
            return ""
        return _point_to_all(self.card.changes_url)


@dataclass(frozen=True, kw_only=True)
class ChangePages:
    """Looks up differences for people in chats.

    Where a channel may acknowledge, its members see the differences too, if they ask on a card there. Those
    who answered an earlier state of the document see what changed since then.
    """

    transactions: Transactions
    routes: Routes
    clock: Clock
    views: ComparisonViews
    openings: Openings
    find_page: PageOf = omit_page

    def load_page(
        self, review_request: ReviewRequest, *, start: int, limit: int, since_own_answer: bool = True
    ) -> ChangesPage:
        """Return at most `limit` differences from `start` on, counted from 0; `Refused` without a review.

        A `start` beyond the last difference returns the last page. Without `since_own_answer` they are those
        of the comparison for all.
        """
        with self.transactions(reading=True) as work:
            review = work.reviews.get(review_request.review_id)
            if review is None:
                raise refuse_untracked()
            redacted = redact_for_reader(
                Authority(work=work, review=review, routes=self.routes, at=self.clock()),
                review_request.person,
            )
            summary = self._describe_outcome(work, redacted)
            card = self._draw_card(work, redacted)
        page = ChangesPage(card=card, summary=summary)
        visible = self.views.show_to(
            review,
            review_request.person,
            is_member=self._asks_as_member(review, review_request),
            since_own_answer=since_own_answer,
        )
        return self._link_page(_add_rows(page, visible, start=start, limit=limit))

    def record_opening(self, page: ChangesPage, person: ProvenPerson) -> None:
        """Record that a person was shown differences of an open review."""
        if page.rows and page.card.waits:
            opened = OpenedRevision(review_id=page.card.review_id, revision=page.card.revision)
            self.openings.record(opened, person, OpenedItem.COMPARISON)

    def _link_page(self, page: ChangesPage) -> ChangesPage:
        """Return a page of differences with the address of the very same ones.

        A card has none where only this person's own comparison has differences.
        """
        address = page.card.changes_url or (self.find_page(page.card) if page.rows else "")
        if address and page.for_all:
            address = _point_to_all(address)
        return replace(page, card=replace(page.card, changes_url=address))

    def _draw_card(self, work: UnitOfWork, review: Review) -> Card:
        context = find_context(work, review, self.routes.find_route(review.route), now=self.clock())
        return add_page(draw_card(review, context), self.find_page)

    def _asks_as_member(self, review: Review, review_request: ReviewRequest) -> bool:
        """Return whether they clicked on a card in a channel whose members may answer."""
        cards = {(card.notifier, card.target) for card in review.cards}
        route = self.routes.find_route(review.route)
        return review_request.place in cards and may_answer_for_channel(route, review_request)

    def _describe_outcome(self, work: UnitOfWork, review: Review) -> str:
        private = explain_comparison(WithheldReason.PRIVATE_ROUTE) if review.redacted else ""
        sentence = private or (describe_summary(review.changes) if review.changes else "")
        if sentence:
            return sentence
        if review.bulk:
            return _("Files of a bulk review are not compared. A file that is reviewed separately is.")
        if not is_comparable(review):
            return _("No content to compare.")
        if self.views.is_turned_off(review):
            return explain_comparison(WithheldReason.TURNED_OFF)
        comparison = work.comparisons.get(review.id)
        if comparison is not None and comparison.summary.state is ComparisonState.WAITING:
            return _("The comparison is not ready yet. Try again in a minute.")
        return _("This change was not compared.")


def _add_rows(page: ChangesPage, visible: VisibleChanges, *, start: int, limit: int) -> ChangesPage:
    readable = visible.readable
    page = replace(page, has_other=visible.has_other)
    if readable is None:
        return replace(page, refusal=visible.refusal)
    total = len(readable.parts)
    start = start if 0 <= start < total else max(total - 1, 0) // limit * limit
    before = readable.comparison.before
    if readable.answered_at is not None:
        sentence = describe_since_answer(readable.comparison.summary, before.version if before else None)
        page = replace(page, summary=sentence)
    return replace(
        page,
        is_new=before is None,
        before=before,
        answered_at=readable.answered_at,
        rows=tuple(
            draw_row(number, part)
            for number, part in enumerate(readable.parts[start : start + limit], start + 1)
        ),
        start=start,
        total=total,
        unlisted_count=readable.unlisted_count,
    )


def _point_to_all(address: str) -> str:
    """Return the address of a page as that of the comparison for all."""
    parts = urlsplit(address)
    query = "&".join(filter(None, (parts.query, f"{SINCE}={ACKNOWLEDGED}")))
    return parts._replace(query=query).geturl()
