"""A visit to the inbox: the person, and the pages that they see."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import get_flashed_messages, make_response, render_template, request, url_for

from pages import pending_code
from pages.file_table import read_table
from pages.headers import add_safe_headers, add_script_headers
from pages.links import FILES_ANCHOR
from pages.streams import make_event_id
from reviews.answers.answers import MAX_NOTE_LENGTH
from reviews.answers.menu import MenuItem
from reviews.cards.card_drawing import draw_card
from reviews.ledger.ledger_entries import find_statement
from reviews.lists.file_lists import FileLists
from reviews.ports.listing import format_cursor
from reviews.review_request import ReviewRequest
from reviews.wording.statement import translate_statement

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Response

    from pages.demo_sign_in import DemoSignInLinks
    from pages.file_table import FileTable
    from pages.inbox_views import InboxView
    from pages.streams import Streams
    from reviews.answers.answers import Answers
    from reviews.answers.menu import HistoryPage, Menu
    from reviews.bulk_reviews.taking_out import TakeOut
    from reviews.cards.card import Card
    from reviews.lists.inbox import Inbox, InboxReview
    from reviews.model import Review
    from reviews.people.mailed_codes import MailedCodes
    from reviews.proven_person import ProvenPerson

MAX_HISTORY_STEPS = 100  # of a review's history on its page


@dataclass(frozen=True, kw_only=True)
class InboxServices:
    """Services of the inbox pages, and the ways to prove one's identity there."""

    inbox: Inbox
    answers: Answers
    menu: Menu
    streams: Streams
    codes: MailedCodes | None = None
    sign_in: bool = False
    stand_ins: DemoSignInLinks | None = None
    taking_out: TakeOut | None = None
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

    found: InboxReview
    card: Card

    @property
    def newer(self) -> str:
        """The address of the review that superseded this one, if they may see it."""
        return url_for("inbox.review", review_id=self.found.newer) if self.found.newer else ""

    @property
    def earlier(self) -> str:
        return url_for("inbox.review", review_id=self.found.earlier) if self.found.earlier else ""

    @property
    def is_answerable(self) -> bool:
        """Whether the card has buttons that answer the revision that it shows."""
        return not {MenuItem.ACKNOWLEDGE, MenuItem.REQUEST_CHANGES}.isdisjoint(self.found.items)

    @property
    def every_file(self) -> str:
        """The address of the list of all files of a bulk review; empty if it can't be shown."""
        if self.card.bulk is None or self.card.veiled:
            return ""
        return url_for("inbox.review", review_id=self.card.review_id, _anchor=FILES_ANCHOR)

    def may(self, item: str) -> bool:
        return MenuItem(item) in self.found.items


@dataclass(frozen=True, kw_only=True)
class InboxVisit:
    """A visit of a person who has proven who they are."""

    desk: InboxServices
    who: ProvenPerson

    def make_request(self, review_id: str) -> ReviewRequest:
        """Return this person's request for a review; for none yet, if the id is empty."""
        return ReviewRequest(review_id=review_id, person=self.who)

    def draw_page(self, look: InboxView, *, said: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
        """Draw a page of the piles or of one review, with `said` above it and the typed text in its form."""
        last_seq = self.desk.inbox.get_last_seq()  # read first: a change in between is reported again
        contents = look.load_contents(self.desk.inbox, self.make_request(look.review_id))
        table = self._table(contents.one.review) if contents.one else None
        recorded = find_statement(contents.one.review) if contents.one else ""
        event_parameters: dict[str, Any] = {
            "known": make_event_id(last_seq, contents.fingerprint),
            **look.parameters,
        }
        html = render_template(
            "inbox/review.html" if contents.one else "inbox/inbox.html",
            who=self.who,
            seen=contents,
            look=look,
            table=table,
            here=partial(url_for, "inbox.review", review_id=look.review_id),
            takes_out=self.desk.taking_out is not None,
            drawn=self._make_card,
            history=self._history(look.review_id) if contents.one else None,
            cursor_of=format_cursor,
            watching=url_for("inbox.events", **event_parameters),
            told=_read_flashed_messages(),
            said=said,
            form=request.form,
            statement=translate_statement(recorded),
            recorded=recorded,
            longest_note=MAX_NOTE_LENGTH,
            is_anybody=self.desk.inbox.is_responsible(self.who),
        )
        return add_script_headers(make_response(html, status))

    def _make_card(self, found: InboxReview) -> InboxCard:
        return InboxCard(found=found, card=draw_card(found.review, found.context))

    def _table(self, review: Review) -> FileTable | None:
        return read_table(self.desk.lists, review, make_review_address, asked=request.values)

    def _history(self, review_id: str) -> HistoryPage:
        return self.desk.menu.load_history(review_id, self.who, start=0, most=MAX_HISTORY_STEPS)


def make_review_address(review: Review) -> str:
    return url_for("inbox.review", review_id=review.id)


def _read_flashed_messages() -> dict[str, str]:
    """Return what the form that led here did to which review; shown once."""
    flashed: Any = get_flashed_messages(with_categories=True)
    return dict(flashed)


def draw_sign_in_page(
    desk: InboxServices, *, said: str = "", status: HTTPStatus = HTTPStatus.UNAUTHORIZED, note: str = ""
) -> Response:
    """Draw the page for a person who has not proven who they are; a note that they wrote is not lost."""
    html = render_template(
        "inbox/sign_in.html",
        desk=desk,
        mailed_to=pending_code.get_address(now=desk.now) if desk.codes else None,
        said=said,
        note=note,
        form=request.form,
    )
    return add_safe_headers(make_response(html, status))
