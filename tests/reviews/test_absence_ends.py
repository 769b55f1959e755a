"""Coming back, and cancelling a planned absence, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from reviews.absences.intervals import Span
from reviews.errors import Refused
from reviews.ports.absences import AbsenceSource
from reviews.repeated_requests import RepeatedRequest
from reviews.routes.route import SegregationOfDuties
from tests.reviews.absences import list_entries, list_stand_ins, pass_time, read
from tests.reviews.declaring import WEEK, add_calendar_absence, cancel, declare, stored
from tests.reviews.desk import DANA
from tests.reviews.people import make_proven_person
from tests.reviews.samples import DEPUTY, event, routes

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def follow_open_rules(desk: Desk) -> None:
    """Have the desk go by routes on which no stand-in needs a DocSpace account."""
    desk.follow(routes(segregation_of_duties=SegregationOfDuties.OFF))


def test_one_who_is_back_ends_what_is_in_effect_and_learns_what_is_planned(desk: Desk) -> None:
    add_calendar_absence(desk)
    declare(desk)
    declare(desk, starts_at=desk.clock() + 2 * WEEK, lasting=3 * WEEK)
    desk.clock.advance(hours=1)

    reply = desk.absences.end(make_proven_person(DANA))

    [planned] = stored(desk)
    assert planned.starts_at > desk.clock()
    assert reply.sentence == "Welcome back. Your open reviews come back to you now."
    assert reply.lines == ("What you have planned for later stays.",)
    assert [each.id for each in reply.planned] == [planned.id]
    with desk.transactions(reading=True) as work:
        ended = [work.absences.get(number) for number in work.absences.list_due_ids(desk.clock(), 9)]
    assert [each.ended_at for each in ended if each and each.id != planned.id] == [desk.clock()] * 2


def test_one_who_is_not_away_has_nothing_to_end_and_learns_what_is_planned(desk: Desk) -> None:
    declare(desk, starts_at=desk.clock() + WEEK, lasting=2 * WEEK)

    reply = desk.absences.end(make_proven_person(DANA))

    assert reply.sentence == "You are not away, so there is nothing to end."
    assert [(each.beginning, each.is_cancellable) for each in reply.planned] == [("2026-03-16 14:05", True)]
    assert len(stored(desk)) == 1


def test_a_cancelled_absence_ends_before_it_began_and_is_gone_through(desk: Desk) -> None:
    review = desk.open(event())
    declare(desk, starts_at=desk.clock() + WEEK, lasting=2 * WEEK, stand_in=DEPUTY)
    [planned] = stored(desk)
    desk.clock.advance(hours=1)

    reply = cancel(desk, absence_id=planned.id)
    state = desk.absences.describe(make_proven_person(DANA))

    assert reply.sentence == "Your planned absence is cancelled. Your reviews stay with you."
    assert reply.lines == (
        "You would have been away from Monday, 16 Mar, 14:05 UTC until Monday, 23 Mar, 14:05 UTC.",
    )
    assert (stored(desk), reply.planned, state.planned) == ([], (), ())
    cancelled = read(desk, planned)
    assert (cancelled.ended_at, cancelled.check_at) == (desk.clock(), desk.clock())
    pass_time(desk, planned.starts_at + timedelta(hours=1))
    assert list_stand_ins(desk, review) == []
    assert list_entries(desk) == []
    assert read(desk, planned).check_at is None


def test_an_absence_of_a_calendar_is_cancelled_in_the_calendar(desk: Desk) -> None:
    add_calendar_absence(desk, starts_in=WEEK, lasting=2 * WEEK)
    span = Span(start=desk.clock() + WEEK, end=desk.clock() + 2 * WEEK)
    [planned] = stored(desk)

    for which in ({"absence_id": planned.id}, {"span": span}, {}):
        with pytest.raises(Refused, match="in the calendar, and can be cancelled only there"):
            cancel(desk, **which)

    assert stored(desk) == [planned]


def test_of_a_declared_absence_and_one_of_a_calendar_on_a_day_the_declared_one_is_meant(desk: Desk) -> None:
    add_calendar_absence(desk, starts_in=WEEK, lasting=2 * WEEK)
    declare(desk, starts_at=desk.clock() + WEEK, lasting=2 * WEEK)

    cancel(desk, span=Span(start=desk.clock() + WEEK, end=desk.clock() + WEEK + timedelta(days=1)))

    assert [each.source for each in stored(desk)] == [AbsenceSource.CALENDAR]


def test_the_absence_that_begins_on_a_day_is_meant_before_one_that_has_some_of_it(desk: Desk) -> None:
    start = desk.clock() + WEEK
    noon = start + timedelta(days=2)
    declare(desk, starts_at=start, ends_at=noon)
    declare(desk, starts_at=noon, lasting=2 * WEEK)
    first, second = stored(desk)
    day = Span(start=noon - timedelta(hours=14), end=noon + timedelta(hours=10))

    cancel(desk, span=day)
    after_one = stored(desk)
    cancel(desk, span=day)

    assert (after_one, second.starts_at) == ([first], noon)
    assert [(each.id, each.ends_at) for each in stored(desk)] == [(first.id, day.start)]


def test_a_day_within_an_absence_is_taken_out_and_the_rest_stays(desk: Desk) -> None:
    declare(desk, stand_in=DEPUTY)
    desk.clock.advance(hours=1)
    end = stored(desk)[0].ends_at
    day = Span(start=desk.clock() + 2 * DAY, end=desk.clock() + 3 * DAY)

    reply = cancel(desk, span=day)
    today = cancel(desk, span=Span(start=desk.clock() - DAY / 2, end=desk.clock() + DAY / 2))

    assert reply.sentence == "You are not away at that time any more. The rest of your absence stays."
    assert reply.lines == (
        "You would have been away from Wednesday, 11 Mar, 15:05 UTC until Thursday, 12 Mar, 15:05 UTC.",
    )
    assert today.sentence == reply.sentence
    assert [(each.starts_at, each.ends_at, each.stand_in) for each in stored(desk)] == [
        (desk.clock() + DAY / 2, day.start, DEPUTY),
        (day.end, end, DEPUTY),
    ]


def test_one_is_told_what_still_covers_a_cancelled_time(desk: Desk) -> None:
    start = desk.clock() + WEEK
    declare(desk, starts_at=start, lasting=2 * WEEK)
    declare(desk, starts_at=start + DAY, lasting=3 * WEEK)

    reply = cancel(desk, span=Span(start=start, end=start + DAY))

    assert (
        reply.sentence == "This is cancelled. Another absence of yours has some of that time too, and stays."
    )
    assert [each.starts_at for each in stored(desk)] == [start + DAY]


def test_a_time_of_day_within_an_absence_cancels_nothing(desk: Desk) -> None:
    declare(desk)
    noon = desk.clock() + DAY

    with pytest.raises(Refused, match="No absence begins at that time"):
        cancel(desk, span=Span(start=noon, end=noon + timedelta(minutes=1)))


def test_a_repeated_cancellation_changes_nothing(desk: Desk) -> None:
    declare(desk, starts_at=desk.clock() + WEEK, lasting=2 * WEEK)
    cancel(desk, request_name="teams:1")
    with pytest.raises(Refused):
        cancel(desk, request_name="teams:2")
    declare(desk, starts_at=desk.clock() + WEEK, lasting=2 * WEEK)

    for name in ("teams:1", "teams:2"):
        with pytest.raises(RepeatedRequest):
            cancel(desk, request_name=name)

    assert len(stored(desk)) == 1
