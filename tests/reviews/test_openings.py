"""What people open before they answer: recorded once, for the person who answers, and for no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.identity import UNPROVEN_PERSON, Identity, Reviewer
from reviews.kinds import Decision
from reviews.ledger.ledger_entries import format_moment
from reviews.opening import OpenedItem, OpenedRevision
from reviews.people.identification import make_link_holder
from reviews.ports.reports import OpeningNotRecorded
from store.outages import DATABASE_ERRORS
from store.removed_reviews import remove_reviews
from store.schema import openings
from tests.databases import ON_SQLITE
from tests.reviews.desk import DANA, JURIS, Desk, build_answer_request, make_review_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import DEPUTY, LINK, OWNER, START, event, routes
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from reviews.identity import ProvenPerson
    from reviews.model import Review
    from reviews.ports.reports import Report

PERSON = make_proven_person(DANA)
NOTHING = {"document": None, "comparison": None, "page": None}


def open_items(
    desk: Desk, review: Review, *items: OpenedItem, person: ProvenPerson = PERSON, revision: int = 0
) -> str | None:
    """Open something of a review; return the time as the ledger writes it."""
    desk.clock.advance(seconds=1)
    opened = OpenedRevision(review_id=review.id, revision=revision or review.revision)
    desk.openings.record(opened, person, *items)
    return format_moment(desk.clock())


def answer(desk: Desk, review: Review, **more: Any) -> dict[str, Any]:
    """Answer a review a minute later; return the answer's entry."""
    desk.clock.advance(minutes=1)
    desk.answers.record_answer(build_answer_request(review, **more))
    return desk.entries()[-1]


def count_rows(desk: Desk) -> int:
    with desk.engine.connect() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(openings)).scalar_one())


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
def test_a_second_opening_writes_nothing(desk: Desk) -> None:
    review = desk.open(event())
    open_items(desk, review, OpenedItem.PAGE)
    first = count_rows(desk)
    written: list[str] = []
    sa.event.listen(desk.engine, "before_cursor_execute", lambda *args: written.append(args[2]))

    open_items(desk, review, OpenedItem.PAGE)

    assert count_rows(desk) == first
    assert not any(each.startswith(("INSERT", "UPDATE")) for each in written)


@ON_SQLITE
def test_what_others_opened_is_not_the_reviewers(desk: Desk) -> None:
    review = desk.open(event())
    open_items(desk, review, OpenedItem.PAGE, person=make_proven_person(JURIS))

    assert answer(desk, review)["opened"] == NOTHING


@ON_SQLITE
@pytest.mark.parametrize("person", [UNPROVEN_PERSON, make_link_holder("Dana Ozola")], ids=["none", "link"])
def test_those_who_have_proven_nothing_are_not_recorded(desk: Desk, person: ProvenPerson) -> None:
    open_items(desk, desk.open(event()), OpenedItem.PAGE, person=person)

    assert count_rows(desk) == 0


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


@ON_SQLITE
@pytest.mark.parametrize("place", [None, ("slack", "C1")], ids=["no channel", "another channel"])
def test_a_click_counts_where_the_card_is(desk: Desk, place: tuple[str, str] | None) -> None:
    review = desk.open(event())

    desk.openings.record_click(make_review_request(review, place=place), review.revision)

    assert (count_rows(desk) > 0) is (place is None)


@ON_SQLITE
def test_a_click_on_a_card_of_an_earlier_revision_or_of_no_review_is_not_recorded(desk: Desk) -> None:
    review = desk.open(event())

    desk.openings.record_click(make_review_request(review), 0)
    desk.openings.record_click(replace(make_review_request(review), review_id="none"), 1)

    assert count_rows(desk) == 0


@ON_SQLITE
def test_readers_of_a_redacted_card_are_not_recorded(desk: Desk) -> None:
    desk.follow(routes(private=True))
    review = desk.open(event())

    desk.openings.record_click(make_review_request(review, JURIS), review.revision)
    hidden = count_rows(desk)
    desk.openings.record_click(make_review_request(review), review.revision)

    assert (hidden, count_rows(desk) > 0) == (0, True)


@ON_SQLITE
def test_an_unavailable_database_fails_no_one_and_is_reported(desk: Desk) -> None:
    review = desk.open(event())
    with desk.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE openings RENAME TO gone"))
    reports: list[Report] = []
    recorder = replace(desk.openings, outage_errors=DATABASE_ERRORS, report=reports.append)

    recorder.record(OpenedRevision(review_id=review.id, revision=1), PERSON, OpenedItem.PAGE)
    recorder.record_click(make_review_request(review), 1)

    assert reports == [OpeningNotRecorded(review_id=review.id, reason="OperationalError")] * 2


def test_of_an_opening_and_an_answer_at_once_the_entry_says_what_was_committed_before(desk: Desk) -> None:
    review = desk.open(event())
    before = desk.clock()
    desk.clock.advance(seconds=1)

    def act(number: int) -> None:
        if number:
            desk.openings.record(OpenedRevision(review_id=review.id, revision=1), PERSON, OpenedItem.PAGE)
        else:
            desk.answers.record_answer(build_answer_request(review))

    run_in_threads(2, act)

    assert before < desk.clock()
    opened = desk.entries()[-1]["opened"]["page"]
    assert opened in {None, format_moment(desk.clock())}
    assert opened is None or count_rows(desk) > 0
    assert desk.verdict().problem is None


@ON_SQLITE
def test_retention_removes_openings_with_their_review(desk: Desk) -> None:
    review = desk.open(event())
    open_items(desk, review, OpenedItem.PAGE)
    answer(desk, review)
    desk.deliver_all()
    desk.clock.advance(days=400)
    other = desk.open(event(file_id="other", event_id="9", delivery_key="d9", semantic_key="s9"))
    open_items(desk, other, OpenedItem.PAGE)
    desk.deliver_all()

    remove_reviews(desk.engine, 0, before=desk.clock() - timedelta(days=30), now=desk.clock())

    with desk.engine.connect() as connection:
        assert set(connection.execute(sa.select(openings.c.review_id)).scalars()) == {other.id}
    assert {each.id for each in desk.reviews()} == {other.id}
    assert desk.verdict().problem is None
