"""What an answer's entry says of the things that its reviewer had opened before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.identity import Identity, Reviewer
from reviews.kinds import Decision
from reviews.ledger.ledger_entries import format_moment
from reviews.opening import OpenedItem, OpenedRevision
from store.schema import openings
from tests.databases import ON_SQLITE
from tests.reviews.desk import JURIS, Desk, build_answer_request
from tests.reviews.opened import PERSON, count_rows, open_items
from tests.reviews.people import make_proven_person
from tests.reviews.samples import DEPUTY, LINK, OWNER, START, event, routes
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from reviews.model import Review

NOTHING = {"document": None, "comparison": None, "page": None}


def answer(desk: Desk, review: Review, **more: Any) -> dict[str, Any]:
    """Answer a review a minute later; return the answer's entry."""
    desk.clock.advance(minutes=1)
    desk.answers.record_answer(build_answer_request(review, **more))
    return desk.entries()[-1]


def list_times(desk: Desk) -> set[str | None]:
    """Return the times of the stored openings, as the ledger writes them."""
    with desk.engine.connect() as connection:
        return set(map(format_moment, connection.execute(sa.select(openings.c.at)).scalars()))


@pytest.mark.parametrize("decision", list(Decision))
def test_an_answer_says_when_its_reviewer_first_opened_what(desk: Desk, decision: Decision) -> None:
    review = desk.open(event())
    at_page = open_items(desk, review, OpenedItem.PAGE)
    at_document = open_items(desk, review, OpenedItem.PAGE, OpenedItem.DOCUMENT)

    entry = answer(desk, review, decision=decision, note="why")

    assert entry["opened"] == {"document": at_document, "comparison": None, "page": at_page}
    assert desk.verdict().problem is None


def test_an_answer_without_openings_says_so(desk: Desk) -> None:
    assert answer(desk, desk.open(event()))["opened"] == NOTHING


@ON_SQLITE
def test_what_others_opened_is_not_the_reviewers(desk: Desk) -> None:
    review = desk.open(event())
    open_items(desk, review, OpenedItem.PAGE, person=make_proven_person(JURIS))

    assert answer(desk, review)["opened"] == NOTHING


@ON_SQLITE
def test_an_answer_by_link_says_nothing_of_openings(desk: Desk) -> None:
    desk.follow(routes(**LINK))
    review = desk.open(event())
    open_items(desk, review, OpenedItem.PAGE)

    assert "opened" not in answer(desk, review, identity=Identity.LINK)


@ON_SQLITE
@pytest.mark.parametrize(
    ("opened_by", "answered_by"),
    [
        (Reviewer(name="Dana", email="DANA@elsewhere.example"), ("dana@elsewhere.example",)),
        (Reviewer(name="Dana", chat_ids={"slack": "U1"}), ()),
        (Reviewer(name="Dana", email="d@x.example", docspace_id="g-1"), ()),
    ],
    ids=["another address", "the account alone", "the account in DocSpace"],
)
def test_a_person_is_recognized_by_each_address_and_account(
    desk: Desk, opened_by: Reviewer, answered_by: tuple[str, ...]
) -> None:
    review = desk.open(event())
    at = open_items(desk, review, OpenedItem.PAGE, person=make_proven_person(opened_by))
    who = Reviewer(name="Dana Ozola", email=OWNER, chat_ids={"slack": "U1"}, docspace_id="g-1")

    entry = answer(desk, review, reviewer=who, other_addresses=answered_by)

    assert entry["opened"]["page"] == at


@ON_SQLITE
def test_an_opening_after_the_answer_changes_nothing(desk: Desk) -> None:
    desk.follow(routes(required=2))
    review = desk.open(event())
    first = answer(desk, review)

    open_items(desk, review, OpenedItem.PAGE)
    second = answer(desk, review, reviewer=Reviewer(name="Ilze Kalna", email=DEPUTY))

    assert (first["opened"], second["opened"], count_rows(desk) > 0) == (NOTHING, NOTHING, True)
    assert first in desk.entries()
    assert desk.verdict().problem is None


@ON_SQLITE
def test_an_opening_by_a_clock_that_is_ahead_is_not_before_the_answer(desk: Desk) -> None:
    review = desk.open(event())
    open_items(desk, review, OpenedItem.PAGE)
    desk.clock.now = START + timedelta(milliseconds=1)

    desk.answers.record_answer(build_answer_request(review))

    assert desk.entries()[-1]["opened"] == NOTHING


@ON_SQLITE
def test_what_was_opened_of_an_earlier_revision_does_not_count(desk: Desk) -> None:
    review = desk.open(event())
    open_items(desk, review, OpenedItem.PAGE)
    desk.portal.versions[review.file_id] = 9
    revised = desk.open(event(event_id="2", delivery_key="d2", semantic_key="s2"))
    open_items(desk, revised, OpenedItem.DOCUMENT, revision=1)

    assert revised.revision == 2
    assert answer(desk, revised)["opened"] == NOTHING


@ON_SQLITE  # it has one writer at a time
def test_of_an_opening_and_an_answer_at_once_the_entry_has_the_opening_if_that_was_stored(desk: Desk) -> None:
    review = desk.open(event())

    def act(number: int) -> None:
        if number:
            desk.openings.record(OpenedRevision(review_id=review.id, revision=1), PERSON, OpenedItem.PAGE)
        else:
            desk.answers.record_answer(build_answer_request(review))

    run_in_threads(2, act)

    assert {desk.entries()[-1]["opened"]["page"]} == (list_times(desk) or {None})
    assert desk.verdict().problem is None


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # two may write at a time
@pytest.mark.parametrize("moment", ["before_cursor_execute", "after_cursor_execute"])
def test_what_is_stored_during_an_answer_is_in_the_entry_if_that_was_before_the_look(
    desk: Desk, moment: str
) -> None:
    review = desk.open(event())
    opened = [OpenedRevision(review_id=review.id, revision=1)]

    @sa.event.listens_for(desk.engine, moment)
    def open_page(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if "FROM openings" in statement and opened:
            desk.openings.record(opened.pop(), PERSON, OpenedItem.PAGE)

    desk.answers.record_answer(build_answer_request(review))

    [at] = list_times(desk)
    assert at == format_moment(desk.clock())
    entry = desk.entries()[-1]
    assert entry["opened"]["page"] == (at if moment == "before_cursor_execute" else None)
    assert desk.verdict().problem is None
