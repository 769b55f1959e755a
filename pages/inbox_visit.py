"""Somebody at the inbox: who they are, and the pages that they see."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import get_flashed_messages, make_response, render_template, request, url_for

from pages import asked
from pages.files import read_table
from pages.headers import live, safe
from pages.links import FILES
from pages.streams import stamp
from reviews.answers.answers import LONGEST_NOTE
from reviews.answers.menu import Item
from reviews.cards.card_drawing import card_of
from reviews.lists.file_lists import FileLists
from reviews.ports.listing import cursor_of
from reviews.wish import Wish
from reviews.wording.statement import find_statement, show_statement

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Response

    from pages.files import Table
    from pages.inbox_looks import Look
    from pages.stand_ins import StandIns
    from pages.streams import Streams
    from reviews.answers.answers import Answers
    from reviews.answers.menu import Menu, Pages
    from reviews.bulk_reviews.taking_out import TakeOut
    from reviews.cards.card import Card
    from reviews.lists.inbox import Found, Inbox
    from reviews.model import Review
    from reviews.people.mailed_codes import Codes
    from reviews.proven_person import ProvenPerson

STEPS = 100  # of a review's history on its page


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What the pages of the inbox are made of, and by what people may show there who they are."""

    inbox: Inbox
    answers: Answers
    menu: Menu
    streams: Streams
    codes: Codes | None = None
    sign_in: bool = False
    stand_ins: StandIns | None = None
    taking_out: TakeOut | None = None
    """What takes single files out of bulk reviews."""

    @property
    def now(self) -> datetime:
        return self.answers.clock()

    @property
    def lists(self) -> FileLists:
        return FileLists(transactions=self.answers.transactions)


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A card with what this person may do."""

    found: Found
    card: Card

    @property
    def newer(self) -> str:
        """The address of the review that superseded this one, where there is one that they may see."""
        return url_for("inbox.review", review_id=self.found.newer) if self.found.newer else ""

    @property
    def earlier(self) -> str:
        return url_for("inbox.review", review_id=self.found.earlier) if self.found.earlier else ""

    @property
    def is_answerable(self) -> bool:
        """Whether the card has buttons that answer the revision that it shows."""
        return not {Item.ACKNOWLEDGE, Item.REQUEST_CHANGES}.isdisjoint(self.found.items)

    @property
    def every_file(self) -> str:
        """The address of the list of all files of a bulk review; empty where there is none to be seen."""
        if self.card.bulk is None or self.card.veiled:
            return ""
        return url_for("inbox.review", review_id=self.card.review_id, _anchor=FILES)

    def may(self, item: str) -> bool:
        return Item(item) in self.found.items


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Somebody who has shown who they are."""

    desk: Desk
    who: ProvenPerson

    def wish(self, review_id: str) -> Wish:
        """Return what this person wants of a review; of none yet, where the id is empty."""
        return Wish(review_id=review_id, person=self.who)

    def page(self, look: Look, *, said: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
        """Draw a page of the piles, or of one review, with `said` above it and what was typed in its form."""
        reached = self.desk.inbox.reached()  # before the look: what happens in between is told again
        seen = look.see(self.desk.inbox, self.wish(look.review_id))
        table = self._table(seen.one.review) if seen.one else None
        recorded = find_statement(seen.one.review) if seen.one else ""
        known: dict[str, Any] = {"known": stamp(reached, seen.mark), **look.written}
        html = render_template(
            "inbox/review.html" if seen.one else "inbox/inbox.html",
            who=self.who,
            seen=seen,
            look=look,
            table=table,
            here=partial(url_for, "inbox.review", review_id=look.review_id),
            takes_out=self.desk.taking_out is not None,
            drawn=self._drawn,
            history=self._history(look.review_id) if seen.one else None,
            cursor_of=cursor_of,
            watching=url_for("inbox.events", **known),
            told=_told(),
            said=said,
            form=request.form,
            statement=show_statement(recorded),
            recorded=recorded,
            longest_note=LONGEST_NOTE,
            is_anybody=self.desk.inbox.is_anybody(self.who.aliases),
        )
        return live(make_response(html, status))

    def _drawn(self, found: Found) -> Drawn:
        return Drawn(found=found, card=card_of(found.review, found.context))

    def _table(self, review: Review) -> Table | None:
        return read_table(self.desk.lists, review, address_of, asked=request.values)

    def _history(self, review_id: str) -> Pages:
        return self.desk.menu.history(review_id, self.who.aliases, start=0, most=STEPS)


def address_of(review: Review) -> str:
    return url_for("inbox.review", review_id=review.id)


def _told() -> dict[str, str]:
    """Return what was done with which review by the form that led here; told once."""
    flashed: Any = get_flashed_messages(with_categories=True)
    return dict(flashed)


def sign_in_page(
    desk: Desk, *, said: str = "", status: HTTPStatus = HTTPStatus.UNAUTHORIZED, note: str = ""
) -> Response:
    """Draw the page for whoever has not shown yet who they are; a note that they wrote is not lost."""
    html = render_template(
        "inbox/sign_in.html",
        desk=desk,
        mailed_to=asked.address(now=desk.now) if desk.codes else None,
        said=said,
        note=note,
        form=request.form,
    )
    return safe(make_response(html, status))
