"""Saying that one is away, and changing that, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from reviews.absences.declarations import MAX_ABSENCES
from reviews.errors import Refused
from reviews.identity import LinkedAccounts, Reviewer
from reviews.model import LastReassignment
from reviews.ports.absences import AbsenceSource
from reviews.routes.route import Routes, SegregationOfDuties
from reviews.routes.working_time import WorkingHours
from tests.reviews.absences import get, pass_time
from tests.reviews.declaring import OTHER_ADDRESS, STRANGER, WEEK, declare, stored
from tests.reviews.desk import DANA
from tests.reviews.people import make_proven_person
from tests.reviews.samples import ALICE, DEPUTY, OWNER, event, route, routes

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def follow_open_rules(desk: Desk) -> None:
    """Have the desk go by routes on which no stand-in needs a DocSpace account."""
    desk.follow(routes(segregation_of_duties=SegregationOfDuties.OFF))


def test_an_absence_is_stored_and_its_reviews_are_due_at_once(desk: Desk) -> None:
    desk.open(event())

    reply = declare(desk, stand_in=DEPUTY)

    [absence] = stored(desk)
    now = desk.clock()
    assert (absence.starts_at, absence.ends_at, absence.check_at) == (now, now + WEEK, now)
    assert (absence.stand_in, absence.source) == (DEPUTY, AbsenceSource.CHAT)
    assert reply.sentence == f"You are away until Monday, 16 Mar, 14:05 UTC; {DEPUTY} stands in."
    assert reply.lines == ("1 open review is handed over now.",)


def test_a_review_whose_only_deputy_made_the_change_is_not_counted_as_handed_over(desk: Desk) -> None:
    """They made it under another address, which the routing file gives them."""
    account = LinkedAccounts(chat_ids={"slack": "U2"})
    desk.follow(Routes([route()], people={DEPUTY: account, str(ALICE.email): account}))
    desk.open(event())

    reply = declare(desk)

    assert reply.lines[0] == "No open review has to be handed over now."


def test_a_planned_absence_is_due_when_it_begins(desk: Desk) -> None:
    start = desk.clock() + WEEK

    reply = declare(desk, starts_at=start, lasting=2 * WEEK)

    [absence] = stored(desk)
    assert (absence.starts_at, absence.check_at) == (start, start)
    assert reply.sentence.startswith("You will be away from Monday, 16 Mar, 14:05 UTC until Monday, 23 Mar")
    assert reply.lines == (f"On compliance {DEPUTY} stands in.",)


def test_a_second_declaration_changes_the_row_and_keeps_when_the_absence_began(desk: Desk) -> None:
    declare(desk)
    began = desk.clock()
    desk.clock.advance(hours=1)

    declare(desk, stand_in=DEPUTY, source=AbsenceSource.PAGE, lasting=2 * WEEK)

    [absence] = stored(desk)
    assert (absence.starts_at, absence.ends_at) == (began, desk.clock() + 2 * WEEK)
    assert (absence.stand_in, absence.check_at, absence.source) == (
        DEPUTY, desk.clock(), AbsenceSource.PAGE,
    )  # fmt: skip


def test_a_later_declaration_shortens_no_earlier_one_and_says_what_stays(desk: Desk) -> None:
    """Where two overlap, the stand-in of the later declaration counts; the rest keeps its own."""
    review = desk.open(event())
    until = desk.clock() + WEEK
    declare(desk, stand_in=DEPUTY)
    desk.clock.advance(hours=1)
    short = declare(desk, stand_in="eve@example.com", ends_at=until - 5 * DAY)
    state = desk.absences.describe(make_proven_person(DANA))
    declare(desk, starts_at=until - 2 * DAY, ends_at=until + DAY)

    assert short.sentence == (
        "You are away at least until Wednesday, 11 Mar, 14:05 UTC; eve@example.com stands in until then."
    )
    later = "From Wednesday, 11 Mar, 14:05 UTC until Monday, 16 Mar, 14:05 UTC deputy@example.com stands in."
    assert short.lines == ("1 open review is handed over now.", later)
    assert state.current == (
        "You are away until Monday, 16 Mar, 14:05 UTC. Until Wednesday, 11 Mar, 14:05 UTC eve@example.com "
        f"stands in. {later}"
    )
    pass_time(desk)
    stand_ins = [get(desk, review).stand_ins[0]]
    for at in (until - 5 * DAY, until - 2 * DAY, until + DAY):
        pass_time(desk, at)
        stand_ins += get(desk, review).stand_ins[:1]
    assert [(each.people, each.until) for each in stand_ins] == [
        (("eve@example.com",), until - 5 * DAY),
        ((DEPUTY,), until - 2 * DAY),
        ((DEPUTY,), until + DAY),
    ]
    assert get(desk, review).stand_ins == ()


def test_a_person_declares_a_bounded_number_of_absences(desk: Desk) -> None:
    for number in range(MAX_ABSENCES):
        declare(desk, lasting=2 * WEEK - number * DAY / 10)

    with pytest.raises(Refused, match="You have 50 absences that are not over"):
        declare(desk, lasting=WEEK)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"lasting": timedelta()}, "already over"),
        ({"lasting": timedelta(days=367)}, "lasts at most 366 days"),
        ({"lasting": timedelta(days=400), "starts_in": timedelta(days=367)}, "at most 366 days ahead"),
        ({"lasting": WEEK, "starts_in": WEEK}, "ends after it begins"),
    ],
)
def test_a_time_that_makes_no_sense_is_refused(desk: Desk, values: dict[str, timedelta], says: str) -> None:
    rest = dict(values)
    start = rest.pop("starts_in", None)

    with pytest.raises(Refused, match=says):
        declare(desk, lasting=rest["lasting"], starts_at=desk.clock() + start if start else None)

    assert stored(desk) == []


def test_one_for_whom_no_review_waits_is_told_so_and_nothing_is_stored(desk: Desk) -> None:
    with pytest.raises(Refused, match="No review waits for you"):
        declare(desk, STRANGER)

    assert stored(desk, "eve@example.com") == []


def test_one_to_whom_a_review_was_reassigned_may_be_away(desk: Desk) -> None:
    review = desk.open(event())
    with desk.transactions() as work:
        last = LastReassignment(by=Reviewer(name="Dana"), to=Reviewer(name="Eve"), at=desk.clock())
        work.reviews.reassign(replace(review, owners=("eve@example.com",), last_reassignment=last))
        work.commit()

    declare(desk, STRANGER, stand_in=DEPUTY)

    assert len(stored(desk, "eve@example.com")) == 1


def test_one_who_stands_in_may_be_away_too(desk: Desk) -> None:
    declare(desk, stand_in=make_proven_person(STRANGER))

    declare(desk, STRANGER)

    assert len(stored(desk, "eve@example.com")) == 1
    assert desk.absences.describe(make_proven_person(STRANGER)).duties[0].startswith("You stand in for")


def test_a_person_with_two_addresses_has_one_absence_under_the_one_of_the_routes(desk: Desk) -> None:
    account = LinkedAccounts(chat_ids={"slack": "U1"})
    rules = route(segregation_of_duties=SegregationOfDuties.OFF)
    desk.follow(Routes([rules], people={OWNER: account, OTHER_ADDRESS: account}))
    both = make_proven_person(Reviewer(name="Dana", email=OTHER_ADDRESS), OWNER)

    declare(desk, person=both)
    declare(desk)

    assert [each.person for each in stored(desk, OWNER, OTHER_ADDRESS)] == [OWNER]
    with pytest.raises(Refused, match="can't stand in for yourself"):
        declare(desk, stand_in=OTHER_ADDRESS)


def test_an_end_at_midnight_is_said_as_a_day(desk: Desk) -> None:
    midnight = datetime.combine(date(2027, 1, 4), time(), UTC)

    reply = declare(desk, ends_at=midnight)

    assert reply.sentence == "You are away until Monday, 4 Jan 2027."


def test_days_are_those_of_the_first_route_that_names_a_person(desk: Desk) -> None:
    riga, berlin = (
        WorkingHours.parse("Mon-Fri 09:00-17:00", ZoneInfo(name)) for name in ("Europe/Riga", "Europe/Berlin")
    )
    desk.follow(
        Routes([route(owners=("x@example.com",), working_hours=berlin), route(name="b", working_hours=riga)])
    )

    assert desk.absences.find_zone(make_proven_person(DANA)).key == "Europe/Riga"
    assert desk.absences.find_zone(make_proven_person(STRANGER)).key == "UTC"
