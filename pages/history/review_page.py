"""`/reviews/<id>`: GET shows one review; POST reassigns it or snoozes its reminders."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import flash, get_flashed_messages, redirect, request, url_for

from pages import navigation, proven_identity
from pages.acknowledge import choose_status
from pages.changes import read_changes
from pages.document_links import make_document_address
from pages.duty_forms import DutySection, is_duty_form
from pages.file_table import read_table
from pages.headers import add_safe_headers
from pages.history.receipt import RECEIPT_PAGE
from pages.history.table_rows import make_answer_row, make_card_row
from pages.history.visitor import ask_to_sign_in, draw_page, forget_wanted, get_visitor
from pages.openings import record_page
from reviews.cards.card_drawing import draw_card
from reviews.errors import Refused
from reviews.kinds import ReviewState
from reviews.language import _
from reviews.lists.file_lists import FileLists
from reviews.lists.inbox import INBOX_CHANNEL
from reviews.review_request import ReviewRequest

if TYPE_CHECKING:
    from flask import Blueprint
    from werkzeug.wrappers import Response as AnyResponse

    from pages.duty_forms import DutyForms
    from pages.history.visitor import HistorySignInMethods
    from pages.links import Links
    from reviews.answers.openings import Openings
    from reviews.cards.card_context import NeighbourReview
    from reviews.comparisons.viewing import ComparisonViews
    from reviews.identity import ProvenPerson
    from reviews.lists.archive import Archive
    from reviews.model import Review

DUTY_ENDPOINT = "history.act"
FLASHED = "review"
"""The category of what a form did to a review."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class ReviewPage:
    """What the page of one review needs; without `duty_forms` nothing can be done there."""

    archive: Archive
    sign_in_methods: HistorySignInMethods
    links: Links
    openings: Openings
    comparison_views: ComparisonViews | None = None
    duty_forms: DutyForms | None = None

    def draw(
        self,
        review_id: str,
        visitor: ProvenPerson,
        *,
        sentence: str = "",
        status: HTTPStatus = HTTPStatus.OK,
    ) -> AnyResponse:
        """Draw the page, with `sentence` above it; or that there is no such review for this visitor."""
        entry = self.archive.find_review(review_id, visitor)
        if entry is None:
            return draw_page("unknown.html", status=HTTPStatus.NOT_FOUND, who=visitor)
        card = draw_card(entry.review, entry.context)
        lists = FileLists(transactions=self.archive.transactions)
        table = read_table(lists, entry.review, _make_review_address, parameters=request.args)
        changes = read_changes(self.comparison_views, entry.review, visitor, parameters=request.args)
        record_page(self.openings, entry.review, visitor, changes)
        return draw_page(
            "review.html",
            status=status,
            who=visitor,
            found_review=entry,
            card=card,
            table=table,
            changes=changes,
            document=make_document_address(self.links, card),
            page_url=partial(url_for, "history.show_review", review_id=review_id),
            newer=_find_review_address(card.newer),
            earlier=_find_review_address(card.earlier),
            inbox=_find_inbox_address(entry.review),
            answers=[make_answer_row(answer, entry.context.names) for answer in entry.review.answers],
            posts=[make_card_row(card) for card in entry.review.cards],
            receipt=_find_receipt_address(entry.review),
            duty=self._find_duty(entry.review, visitor),
            sentence=sentence,
            confirmation=read_confirmation(),
        )

    def _find_duty(self, review: Review, visitor: ProvenPerson) -> DutySection | None:
        """Return the forms to reassign and snooze, if this visitor may; only an open review is looked up."""
        if self.duty_forms is None or review.state is not ReviewState.OPEN:
            return None
        choices = self.duty_forms.find_choices(ReviewRequest(review_id=review.id, person=visitor))
        action = _make_review_address(review)
        return DutySection(review_id=review.id, action=action, choices=choices) if choices else None


def add_review(blueprint: Blueprint, page: ReviewPage) -> None:
    """Add the page to the blueprint of the history, which checks the token of each form."""

    @blueprint.get("/reviews/<review_id>")
    def show_review(review_id: str) -> AnyResponse:
        now = page.archive.clock()
        visitor = get_visitor(now)
        if visitor is None:
            return ask_to_sign_in(page.sign_in_methods, now=now)
        forget_wanted()
        return page.draw(review_id, visitor)

    if page.duty_forms is not None:
        _add_duty_forms(blueprint, page, page.duty_forms)


def _add_duty_forms(blueprint: Blueprint, page: ReviewPage, forms: DutyForms) -> None:
    @blueprint.post("/reviews/<review_id>")
    def act(review_id: str) -> AnyResponse:
        now = page.archive.clock()
        # To read, a sign-in is valid for hours; what is recorded under a name needs a proof as for an answer.
        person = proven_identity.get_proven_person(now=now)
        if person is None:
            return ask_to_sign_in(page.sign_in_methods, now=now, sentence=_(proven_identity.PROVE_AGAIN))
        if not is_duty_form():
            return page.draw(
                review_id, person, sentence=_("Choose one of the two buttons."), status=HTTPStatus.BAD_REQUEST
            )
        review_request = ReviewRequest(review_id=review_id, person=person)
        confirmation = forms.find_confirmation(review_request)
        if not confirmation:
            if page.archive.find_review(review_id, person) is None:
                return draw_page("unknown.html", status=HTTPStatus.NOT_FOUND, who=person)
            try:
                confirmation = forms.apply(review_request)
            except Refused as refusal:
                log.info("duty_form_refused", review_id=review_id, reason=refusal.reason)
                return page.draw(review_id, person, sentence=refusal.sentence, status=choose_status(refusal))
        flash(confirmation, FLASHED)
        sees_it = page.archive.find_review(review_id, person) is not None
        address = (
            url_for("history.show_review", review_id=review_id)
            if sees_it
            else url_for("history.list_reviews")
        )
        return add_safe_headers(redirect(address, HTTPStatus.SEE_OTHER))


def read_confirmation() -> str:
    """Return what the form that led here did; shown once."""
    return " ".join(map(str, get_flashed_messages(category_filter=[FLASHED])))


def _find_review_address(review: NeighbourReview | None) -> str:
    return url_for("history.show_review", review_id=review.review_id) if review else ""


def _make_review_address(review: Review) -> str:
    return url_for("history.show_review", review_id=review.id)


def _find_receipt_address(review: Review) -> str:
    """Return where the receipt is, if this installation has receipts; a redacted review has none."""
    return "" if review.redacted else navigation.find_page_address(RECEIPT_PAGE, review_id=review.id)


def _find_inbox_address(review: Review) -> str:
    """Return where an open review that was sent to the inbox can be answered."""
    is_there = review.state is ReviewState.OPEN and any(
        card.notifier == INBOX_CHANNEL for card in review.cards
    )
    return navigation.find_page_address("inbox.review", review_id=review.id) if is_there else ""
