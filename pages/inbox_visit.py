"""A visit to the inbox: the person, and the pages that they see."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import make_response, render_template, request, url_for

from pages import pending_code
from pages.changes import read_changes
from pages.document_links import make_document_address
from pages.duty_forms import DutySection
from pages.file_table import read_table
from pages.flashed_messages import FlashedMessages
from pages.headers import add_safe_headers, add_script_headers
from pages.links import FILES_ANCHOR
from pages.openings import record_page
from pages.streams import make_event_id
from reviews.answers.answers import MAX_NOTE_LENGTH
from reviews.answers.menu import MenuItem
from reviews.cards.card_drawing import draw_card
from reviews.lists.file_lists import FileLists
from reviews.ports.listing import format_cursor
from reviews.review_request import ReviewRequest

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Response

    from pages.changes import ChangesSection
    from pages.demo_sign_in import DemoSignInLinks
    from pages.duty_forms import DutyForms
    from pages.file_table import FileTable
    from pages.inbox_views import InboxView
    from pages.links import Links
    from pages.streams import Streams
    from reviews.absences.declarations import AbsenceDeclarations
    from reviews.answers.answers import Answers
    from reviews.answers.menu import HistoryPage, Menu
    from reviews.answers.openings import Openings
    from reviews.bulk_reviews.separation import FileSeparation
    from reviews.cards.card import Card
    from reviews.comparisons.viewing import ComparisonViews
    from reviews.identity import ProvenPerson
    from reviews.lists.inbox import Inbox, InboxReview
    from reviews.model import Review
    from reviews.people.mailed_codes import MailedCodes

MAX_HISTORY_STEPS = 100  # of a review's history on its page


@dataclass(frozen=True, kw_only=True)
class InboxServices:
    """Services of the inbox pages, and the ways to prove one's identity there."""

    inbox: Inbox
    answers: Answers
    menu: Menu
    duty_forms: DutyForms
    streams: Streams
    links: Links
    openings: Openings
    absences: AbsenceDeclarations
    codes: MailedCodes | None = None
    sign_in: bool = False
    demo_links: DemoSignInLinks | None = None
    comparison_views: ComparisonViews | None = None
    separation: FileSeparation | None = None
    """The use case that takes single files out of bulk reviews."""

    @property
    def now(self) -> datetime:
        return self.answers.clock()

    @property
    def lists(self) -> FileLists:
        return FileLists(transactions=self.answers.transactions)


@dataclass(frozen=True, kw_only=True)
class InboxCard:
    """A card with what this person may do."""

    inbox_review: InboxReview
    card: Card
    links: Links

    @property
    def newer(self) -> str:
        """The address of the review that superseded this one, if they may see it."""
        return url_for("inbox.review", review_id=self.inbox_review.newer) if self.inbox_review.newer else ""

    @property
    def earlier(self) -> str:
        return (
            url_for("inbox.review", review_id=self.inbox_review.earlier) if self.inbox_review.earlier else ""
        )

    @property
    def is_answerable(self) -> bool:
        """Whether the card has buttons that answer the revision that it shows."""
        return not {MenuItem.ACKNOWLEDGE, MenuItem.REQUEST_CHANGES}.isdisjoint(self.inbox_review.items)

    @property
    def document(self) -> str:
        """The address that opens the document; empty if there is none."""
        return make_document_address(self.links, self.card)

    @property
    def every_file(self) -> str:
        """The address of the list of all files of a bulk review; empty if it can't be shown."""
        if self.card.bulk is None or self.card.redacted:
            return ""
        return url_for("inbox.review", review_id=self.card.review_id, _anchor=FILES_ANCHOR)

    @property
    def duty(self) -> DutySection | None:
        """The forms to reassign and snooze; `None` for a person who may do neither."""
        choices, review_id = self.inbox_review.duty_choices, self.card.review_id
        if choices is None:
            return None
        action = url_for("inbox.act", review_id=review_id)
        return DutySection(review_id=review_id, action=action, choices=choices)

    def may(self, item: str) -> bool:
        return MenuItem(item) in self.inbox_review.items


@dataclass(frozen=True, kw_only=True)
class InboxVisit:
    """A visit of a person who has proven who they are."""

    services: InboxServices
    person: ProvenPerson

    def make_request(self, review_id: str) -> ReviewRequest:
        """Return this person's request for a review; for none yet, if the id is empty."""
        return ReviewRequest(review_id=review_id, person=self.person)

    def draw_page(
        self, view: InboxView, *, sentence: str = "", status: HTTPStatus = HTTPStatus.OK
    ) -> Response:
        """Draw a page of reviews or of one review, with `sentence` above it and typed text in its form."""
        last_seq = self.services.inbox.get_last_seq()  # read first: a change in between is reported again
        contents = view.load_contents(self.services.inbox, self.make_request(view.review_id))
        table = self._read_table(contents.inbox_review.review) if contents.inbox_review else None
        changes = self._read_changes(contents.inbox_review)
        if contents.inbox_review:
            record_page(self.services.openings, contents.inbox_review.review, self.person, changes)
        messages = FlashedMessages.read()
        event_parameters: dict[str, Any] = {
            "known": make_event_id(last_seq, contents.fingerprint),
            **view.parameters,
        }
        html = render_template(
            "inbox/review.html" if contents.inbox_review else "inbox/inbox.html",
            who=self.person,
            contents=contents,
            table=table,
            changes=changes,
            page_url=partial(url_for, "inbox.review", review_id=view.review_id),
            can_separate=self.services.separation is not None,
            make_card=self._make_card,
            history=self._load_history(view.review_id) if contents.inbox_review else None,
            format_cursor=format_cursor,
            events_url=url_for("inbox.events", **event_parameters),
            flashed_messages=messages.by_review,
            other_messages=messages.list_others(contents.review_ids),
            sentence=sentence,
            form=request.form,
            max_note_length=MAX_NOTE_LENGTH,
            is_responsible=self.services.inbox.is_responsible(self.person),
            absence="" if contents.inbox_review else self.services.absences.describe(self.person).current,
        )
        return add_script_headers(make_response(html, status))

    def _make_card(self, inbox_review: InboxReview) -> InboxCard:
        card = draw_card(inbox_review.review, inbox_review.context)
        return InboxCard(inbox_review=inbox_review, card=card, links=self.services.links)

    def _read_table(self, review: Review) -> FileTable | None:
        return read_table(self.services.lists, review, make_review_address, parameters=request.values)

    def _read_changes(self, inbox_review: InboxReview | None) -> ChangesSection | None:
        if inbox_review is None:
            return None
        return read_changes(
            self.services.comparison_views, inbox_review.review, self.person, parameters=request.values
        )

    def _load_history(self, review_id: str) -> HistoryPage:
        return self.services.menu.load_history(review_id, self.person, start=0, limit=MAX_HISTORY_STEPS)


def make_review_address(review: Review) -> str:
    return url_for("inbox.review", review_id=review.id)


def draw_sign_in_page(
    services: InboxServices,
    *,
    sentence: str = "",
    status: HTTPStatus = HTTPStatus.UNAUTHORIZED,
    note: str = "",
) -> Response:
    """Draw the page for a person who has not proven who they are; a note that they wrote is not lost."""
    html = render_template(
        "inbox/sign_in.html",
        services=services,
        mailed_to=pending_code.get_address(now=services.now) if services.codes else None,
        sentence=sentence,
        note=note,
        form=request.form,
    )
    return add_safe_headers(make_response(html, status))
