"""Saying that one is away, changing that, and coming back, on both databases."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from reviews.absences.declarations import Declaration
from reviews.absences.planned_absences import Cancellation
from reviews.absences.stand_in_choice import Span
from reviews.errors import Refused, TryLater
from reviews.identity import LinkedAccounts, Person, Reviewer
from reviews.model import LastReassignment
from reviews.ports.absences import Absence, AbsenceSource
from reviews.repeated_requests import RepeatedRequest
from reviews.routes.route import Routes, SegregationOfDuties
from reviews.routes.working_time import WorkingHours
from tests.reviews.absences import list_entries, list_stand_ins, pass_time, read
from tests.reviews.desk import DANA, JURIS
from tests.reviews.people import make_proven_person
from tests.reviews.samples import ALICE, DEPUTY, HOSTILE, OWNER, event, route, routes

if TYPE_CHECKING:
    from typing import Any

    from reviews.absences.replies import AbsenceReply
    from tests.reviews.desk import Desk

ILZE = Reviewer(name="Ilze Kalna", email=DEPUTY, chat_ids={"slack": "U2"})
STRANGER = Reviewer(name="Eve", email="eve@example.com", chat_ids={"slack": "U6"})
OTHER_ADDRESS = "dana@home.example.com"
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def follow_open_rules(desk: Desk) -> None:
    """Have the desk go by routes on which no stand-in needs a DocSpace account."""
    desk.follow(routes(segregation_of_duties=SegregationOfDuties.OFF))


def declare(desk: Desk, who: Reviewer = DANA, *, lasting: timedelta = WEEK, **more: Any) -> AbsenceReply:
    values = {
        "person": make_proven_person(who),
        "source": AbsenceSource.CHAT,
        "ends_at": desk.clock() + lasting,
        **more,
    }
    return desk.absences.declare(Declaration(**values))


def stored(desk: Desk, *people: str) -> list[Absence]:
    """Return the absences of these people that have not ended."""
    with desk.transactions(reading=True) as work:
        return work.absences.list_of_people(people or (OWNER,), not_ended_by=desk.clock())


def cancel(desk: Desk, **which: Any) -> AbsenceReply:
    return desk.absences.cancel(Cancellation(person=make_proven_person(DANA), **which))


def add_calendar_absence(desk: Desk, *, starts_in: timedelta = -WEEK, lasting: timedelta = WEEK) -> None:
    now = desk.clock()
    with desk.transactions() as work:
        work.absences.add(
            Absence(
                person=OWNER, starts_at=now + starts_in, ends_at=now + lasting, stand_in=None,
                source=AbsenceSource.CALENDAR, made_at=now, key="event",
            )
        )  # fmt: skip
        work.commit()


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


def test_the_stand_in_of_a_deputy_who_is_away_is_named(desk: Desk) -> None:
    declare(desk, ILZE, stand_in=make_proven_person(JURIS))

    assert declare(desk).lines[1] == "On compliance juris@example.com stands in."


def test_a_planned_absence_is_due_when_it_begins(desk: Desk) -> None:
    start = desk.clock() + WEEK

    reply = declare(desk, starts_at=start, lasting=2 * WEEK)

    [absence] = stored(desk)
    assert (absence.starts_at, absence.check_at) == (start, start)
    assert reply.sentence.startswith("You will be away from Monday, 16 Mar, 14:05 UTC until Monday, 23 Mar")
    assert reply.lines == (f"On compliance {DEPUTY} stands in.",)


def test_without_a_deputy_one_learns_that_one_is_still_asked(desk: Desk) -> None:
    desk.follow(Routes([route(name="a", deputies=()), route(name="b", deputies=(OWNER,))]))

    reply = declare(desk)

    assert [line[:32] for line in reply.lines[1:]] == [
        "On a no one can stand in for you",
        "On b no one can stand in for you",
    ]


def test_a_deputy_who_is_away_too_stands_in_for_no_one(desk: Desk) -> None:
    declare(desk, ILZE)

    assert "no one can stand in" in declare(desk).lines[1]


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


def test_an_absence_that_is_put_off_is_gone_through_at_once(desk: Desk) -> None:
    declare(desk)
    desk.clock.advance(hours=1)
    start = desk.clock() + timedelta(days=1)

    declare(desk, starts_at=start, lasting=2 * WEEK)

    [absence] = stored(desk)
    assert (absence.starts_at, absence.check_at) == (start, desk.clock())


def test_an_absence_at_another_time_is_a_second_one(desk: Desk) -> None:
    declare(desk, lasting=timedelta(days=1))

    declare(desk, starts_at=desk.clock() + WEEK, lasting=2 * WEEK)

    assert len(stored(desk)) == 2


def test_one_who_is_back_ends_what_is_in_effect_and_learns_what_is_planned(desk: Desk) -> None:
    add_calendar_absence(desk)
    declare(desk)
    declare(desk, starts_at=desk.clock() + 2 * WEEK, lasting=3 * WEEK)
    desk.clock.advance(hours=1)

    reply = desk.absences.end(make_proven_person(DANA))

    [planned] = stored(desk)
    assert planned.starts_at > desk.clock()
    assert reply.sentence == "Welcome back. Your open reviews come back to you now."
    assert [each.id for each in reply.planned] == [planned.id]
    with desk.transactions(reading=True) as work:
        ended = [work.absences.get(number) for number in work.absences.list_due_ids(desk.clock(), 9)]
    assert [each.ended_at for each in ended if each] == [desk.clock()] * 2


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
        "It would have been from Monday, 16 Mar, 14:05 UTC until Monday, 23 Mar, 14:05 UTC.",
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


def test_the_absence_that_begins_on_a_day_is_meant_before_one_that_ends_there(desk: Desk) -> None:
    start = desk.clock() + WEEK
    noon = start + timedelta(days=2)
    declare(desk, starts_at=start, ends_at=noon)
    declare(desk, starts_at=noon, lasting=2 * WEEK)
    first, second = stored(desk)
    day = Span(start=noon - timedelta(hours=14), end=noon + timedelta(hours=10))

    cancel(desk, span=day)
    after_one = stored(desk)
    cancel(desk, span=day)

    assert (after_one, stored(desk)) == ([first], [])
    assert second.starts_at == noon


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
        last = LastReassignment(by="Dana", to="Eve", at=desk.clock())
        work.reviews.reassign(review.id, ("eve@example.com",), last)
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


@pytest.mark.parametrize("stand_in", [make_proven_person(DANA), OWNER, OWNER.upper()])
def test_no_one_stands_in_for_themselves(desk: Desk, stand_in: Any) -> None:
    with pytest.raises(Refused, match="can't stand in for yourself"):
        declare(desk, stand_in=stand_in)


def test_a_person_whose_address_is_not_proven_can_not_stand_in(desk: Desk) -> None:
    guest = make_proven_person(Reviewer(name="A guest", chat_ids={"slack": "U9"}))

    with pytest.raises(Refused, match="A guest has no address that can be verified here"):
        declare(desk, stand_in=guest)


def test_an_address_that_only_docspace_knows_may_be_named_and_no_other(desk: Desk) -> None:
    desk.portal.strangers.add("unknown@example.com")

    declare(desk, stand_in="eve@example.com")
    with pytest.raises(Refused, match=r"unknown@example\.com is not known here"):
        declare(desk, stand_in="unknown@example.com")

    assert [each.stand_in for each in stored(desk)] == ["eve@example.com"]


@pytest.mark.parametrize(
    "typed",
    [
        "dep\N{ZERO WIDTH SPACE}uty@example.com",
        "dep\N{WORD JOINER}uty@example.com",
        "<deputy@example.com>",
        "deputy@example.com,juris@example.com",
        "mailto:deputy@example.com",
        f"deputy@{'x' * 190}.com",
    ],
)
def test_what_only_resembles_an_address_is_no_stand_in(desk: Desk, typed: str) -> None:
    """DocSpace may know an address that it compares more loosely than this app does."""
    with pytest.raises(Refused, match="is known here"):
        declare(desk, stand_in=typed)

    assert stored(desk) == []


def test_a_stand_in_is_found_by_their_address_in_any_case(desk: Desk) -> None:
    declare(desk, stand_in="\N{LATIN CAPITAL LETTER O WITH DIAERESIS}RJAN@Example.com")

    with desk.transactions(reading=True) as work:
        named_in = work.absences.list_naming(
            ["\N{LATIN SMALL LETTER O WITH DIAERESIS}rjan@example.com"], not_ended_by=desk.clock()
        )
    assert [each.person for each in named_in] == [OWNER]


def test_a_name_of_the_routing_file_may_be_typed(desk: Desk) -> None:
    with desk.transactions() as work:
        work.people.remember(Person(id="d1", name="Ilze Kalna", email=DEPUTY), at=desk.clock())
        work.commit()

    reply = declare(desk, stand_in="ilze  kalna")

    assert "Ilze Kalna stands in" in reply.sentence
    with pytest.raises(Refused, match="No person called Dana Ozols is known here"):
        declare(desk, stand_in="Dana Ozols")


@pytest.mark.parametrize("name", [HOSTILE, "@", "@@", "\0", "'" * 300])
def test_hostile_names_are_refused_in_one_line(desk: Desk, name: str) -> None:
    with pytest.raises(Refused) as raised:
        declare(desk, stand_in=name)

    assert raised.value.sentence.isprintable()
    assert stored(desk) == []


def test_where_duties_are_segregated_a_stand_in_needs_an_account(desk: Desk) -> None:
    desk.follow(routes())
    desk.portal.strangers.add("juris@example.com")

    with pytest.raises(Refused, match="finds no DocSpace account"):
        declare(desk, stand_in=make_proven_person(JURIS))
    desk.portal.strangers.clear()
    desk.clock.advance(minutes=2)
    declare(desk, stand_in=make_proven_person(JURIS))

    assert [each.stand_in for each in stored(desk)] == ["juris@example.com"]


def test_a_circle_of_stand_ins_is_refused(desk: Desk) -> None:
    declare(desk, ILZE, stand_in=make_proven_person(JURIS))
    declare(desk, JURIS, stand_in=OWNER)

    with pytest.raises(Refused, match=r"in a circle that leads back to you through juris@example\.com"):
        declare(desk, stand_in=DEPUTY)
    with pytest.raises(Refused, match=r"juris@example\.com is away at that time, and you stand in for them"):
        declare(desk, stand_in="juris@example.com")


def test_a_circle_at_no_common_time_is_none(desk: Desk) -> None:
    declare(desk, ILZE, stand_in=OWNER, lasting=WEEK)

    declare(desk, starts_at=desk.clock() + WEEK, lasting=2 * WEEK, stand_in=DEPUTY)

    assert [each.stand_in for each in stored(desk)] == [DEPUTY]


def test_of_two_who_name_each_other_at_once_one_is_refused(desk: Desk) -> None:
    refusals = _run_at_once(
        lambda: declare(desk, stand_in=DEPUTY), lambda: declare(desk, ILZE, stand_in=OWNER)
    )

    assert len(refusals) == 1
    assert len(stored(desk, OWNER, DEPUTY)) == 1


def test_two_declarations_at_once_are_one_absence(desk: Desk) -> None:
    refusals = _run_at_once(lambda: declare(desk), lambda: declare(desk, stand_in=DEPUTY))

    assert refusals == []
    assert len(stored(desk)) == 1


def _run_at_once(*actions: Any) -> list[Refused]:
    """Run actions in threads that begin together; return the refusals."""
    barrier, refusals = threading.Barrier(len(actions)), []

    def run(action: Any) -> None:
        barrier.wait()
        try:
            action()
        except Refused as refusal:
            refusals.append(refusal)

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refusals


def test_a_repeated_request_changes_nothing(desk: Desk) -> None:
    declare(desk, request_name="teams:1")
    desk.absences.end(make_proven_person(DANA), request_name="teams:2")
    declare(desk, request_name="teams:3", lasting=2 * WEEK)

    with pytest.raises(RepeatedRequest):
        declare(desk, request_name="teams:1")
    with pytest.raises(RepeatedRequest):
        desk.absences.end(make_proven_person(DANA), request_name="teams:2")

    assert [each.ends_at for each in stored(desk)] == [desk.clock() + 2 * WEEK]


def test_a_request_that_was_refused_changes_nothing_later(desk: Desk) -> None:
    desk.portal.strangers.add("eve@example.com")
    with pytest.raises(Refused):
        declare(desk, request_name="teams:1", stand_in="eve@example.com")
    desk.portal.strangers.clear()
    desk.clock.advance(minutes=2)

    with pytest.raises(RepeatedRequest):
        declare(desk, request_name="teams:1", stand_in="eve@example.com")

    assert stored(desk) == []


def test_without_an_answer_of_docspace_nothing_is_stored_then_or_later(desk: Desk) -> None:
    desk.portal.trouble["find_account"] = [TryLater("DocSpace is down")]

    with pytest.raises(Refused, match="DocSpace did not answer"):
        declare(desk, request_name="teams:1", stand_in="eve@example.com")
    with pytest.raises(RepeatedRequest):
        declare(desk, request_name="teams:1", stand_in="eve@example.com")

    assert stored(desk) == []


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
