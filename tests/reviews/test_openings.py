"""What people open: recorded once, for a person who is proven and sees all of an open review."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.identity import UNPROVEN_PERSON
from reviews.opening import OpenedItem, OpenedRevision
from reviews.people.identification import make_link_holder
from reviews.ports.reports import OpeningNotRecorded
from store.outages import DATABASE_ERRORS
from store.removed_reviews import remove_reviews
from store.schema import openings
from tests.databases import ON_SQLITE
from tests.reviews.desk import JURIS, Desk, build_answer_request, make_review_request
from tests.reviews.opened import PERSON, count_rows, open_items
from tests.reviews.samples import event, routes

if TYPE_CHECKING:
    from reviews.identity import ProvenPerson
    from reviews.ports.reports import Report


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
@pytest.mark.parametrize("person", [UNPROVEN_PERSON, make_link_holder("Dana Ozola")], ids=["none", "link"])
def test_those_who_have_proven_nothing_are_not_recorded(desk: Desk, person: ProvenPerson) -> None:
    open_items(desk, desk.open(event()), OpenedItem.PAGE, person=person)

    assert count_rows(desk) == 0


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


@ON_SQLITE
def test_an_error_of_another_kind_is_raised(desk: Desk) -> None:
    reports: list[Report] = []

    with pytest.raises(LookupError), replace(desk.openings, report=reports.append).skip_in_outage("rev-1"):
        raise LookupError

    assert reports == []


@ON_SQLITE
def test_retention_removes_openings_with_their_review(desk: Desk) -> None:
    review = desk.open(event())
    open_items(desk, review, OpenedItem.PAGE)
    desk.answers.record_answer(build_answer_request(review))
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
