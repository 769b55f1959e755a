"""Events whose time is over: their bodies go, and they are recognized as before."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.changes.event_timing import MAX_DELIVERY_TIME
from reviews.identity import Person
from reviews.intake import intake
from reviews.kinds import EventState, SweepSource
from reviews.ports.reports import KeysShared
from reviews.sweep.missed_events import is_reported
from store.removed_events import condense_events
from store.retention import BATCH_SIZE
from store.schema import events, past_events, past_files
from tests.databases import ON_SQLITE
from tests.retention.removing import KEEP_PERIOD, count_rows, pass_days, remove_all, retention
from tests.reviews.samples import BOB, START, event
from tests.runtime.command import run_command

if TYPE_CHECKING:
    from reviews.model import ChangeEvent
    from reviews.ports.reports import Report
    from tests.reviews.desk import Desk

SECOND = timedelta(seconds=1)
LATEST = "the-latest"


def receive(desk: Desk, *arrived: ChangeEvent) -> tuple[list[bool], list[Report]]:
    reports: list[Report] = []
    new = intake.receive_events(desk.transactions, arrived, now=desk.clock(), report=reports.append)
    return new, reports


def let_time_pass(desk: Desk) -> None:
    """Let ninety-one days pass, and one more event come, which is the one that stays."""
    pass_days(desk, 91)
    receive(desk, event(file_id=LATEST))


def see(desk: Desk, seen: ChangeEvent) -> None:
    """Handle what a listing shows, which waits for its delivery first."""
    number = desk.receive(seen)
    desk.clock.advance(seconds=MAX_DELIVERY_TIME.total_seconds())
    assert desk.intake.process(number) is None


@pytest.fixture
def old(desk: Desk) -> ChangeEvent:
    """An event that opened a review and was removed."""
    arrived = event(title="Merger.docx", version=7, actor=BOB)
    desk.open(arrived)
    let_time_pass(desk)
    remove_all(desk)
    assert [stored.event.file_id for stored in desk.events()] == [LATEST]
    return arrived


def texts(desk: Desk, table: sa.Table) -> str:
    with desk.engine.connect() as connection:
        return str(connection.execute(sa.select(table)).all())


def test_nothing_that_an_old_event_said_can_be_read_any_more(desk: Desk, old: ChangeEvent) -> None:
    left = texts(desk, events) + texts(desk, past_events) + texts(desk, past_files)

    for value in (old.title, old.actor.id, old.delivery_key, old.semantic_key, old.event_id, "review rev-1"):
        assert repr(value) not in left


def test_a_delivery_that_comes_again_after_ninety_one_days_is_recognized(
    desk: Desk, old: ChangeEvent
) -> None:
    with_fewer_words = replace(old, semantic_key="another", title="", version=None)
    by_hand = replace(old, delivery_key="another")

    assert receive(desk, old, by_hand, with_fewer_words) == ([False, False, False], [])
    assert count_rows(desk, events) == 1


@pytest.mark.parametrize("more", [{"title": "Else.docx"}, {"version": 8}, {"in_trash": True}])
def test_what_has_an_old_key_and_means_something_else_is_received_once(
    desk: Desk, old: ChangeEvent, more: dict[str, Any]
) -> None:
    other = replace(old, **more)

    new, reports = receive(desk, other)

    assert (new, [type(each) for each in reports]) == ([True], [KeysShared])
    assert receive(desk, other) == ([False], [])
    pass_days(desk, 91)
    receive(desk, event())
    remove_all(desk)
    assert receive(desk, other) == ([False], [])


def test_a_copy_that_came_before_it_happened_hides_nothing_when_it_is_old(desk: Desk) -> None:
    genuine = event(occurred_at=START + timedelta(hours=1))
    desk.receive(genuine)
    desk.intake.process(desk.newest_event().id)
    let_time_pass(desk)
    remove_all(desk)

    assert receive(desk, genuine)[0] == [True]
    assert receive(desk, genuine)[0] == [False]


def test_what_a_listing_shows_again_is_recognized_by_its_key_alone(desk: Desk) -> None:
    seen = event(found_in=SweepSource.LISTING, trigger="file.listed")
    see(desk, seen)
    let_time_pass(desk)
    remove_all(desk)

    assert receive(desk, replace(seen, occurred_at=desk.clock(), title="Else.docx")) == ([False], [])


def test_what_waits_and_what_was_given_up_stays_whole(desk: Desk) -> None:
    dead, waiting = desk.receive(event(file_id="f1")), desk.receive(event(file_id="f2"))
    with desk.transactions() as work:
        work.events.settle([dead], EventState.DEAD, "DocSpace does not answer")
        work.commit()
    before = {stored.id: stored for stored in desk.events()}
    let_time_pass(desk)

    remove_all(desk)

    assert {stored.id: stored for stored in desk.events() if stored.id in before} == before
    assert count_rows(desk, past_events) == 0
    with desk.transactions() as work:
        assert work.events.reopen(dead) == 1
        work.commit()
    assert desk.intake.process(dead) is None
    assert desk.intake.process(waiting) is None
    assert desk.latest("f1").id != desk.latest("f2").id


def test_what_is_asked_of_old_events_is_answered_as_before(desk: Desk) -> None:
    """What the gap sweep asks: whether something has come in otherwise, and what was reviewed last."""
    files, moments = ("f1", "f2", "f3"), [START + step * SECOND for step in range(-4, 8)]
    for number, (file_id, at) in enumerate(product(files[:2], moments[4:8:2])):
        desk.open(event(file_id=file_id, occurred_at=at, modified_at=at, version=number + 1))
        desk.clock.advance(seconds=1)
    desk.receive(event(file_id="f3", trigger="file.downloaded", occurred_at=moments[-1]))
    seen = event(file_id="f2", found_in=SweepSource.LISTING, trigger="file.listed")
    see(desk, seen)

    def answers() -> list[object]:
        with desk.transactions(reading=True) as work:
            asked = [event(file_id=file_id, occurred_at=at) for file_id, at in product(files, moments)]
            reported = [is_reported(work, each, now=START) for each in asked]
            shared = [(each.id, each.occurred_at) for each in work.events.list_sharing_keys(seen)]
            return [reported, shared, *map(work.events.find_last_reviewed, files)]

    before = answers()
    let_time_pass(desk)
    remove_all(desk)

    assert count_rows(desk, past_events) > 4
    assert answers() == before


@ON_SQLITE
@pytest.mark.parametrize(
    "spoilt",
    [
        "said = '{'",
        "received_at = 'yesterday'",
        "said = json_set(said, '$.occurred_at', '2026-01-01T00:00:00')",
    ],
)
def test_an_event_whose_row_someone_spoilt_stays_and_holds_up_none_of_the_others(
    desk: Desk, spoilt: str
) -> None:
    for number in range(5):
        desk.open(event(file_id=f"f{number}"))
    with desk.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE events SET {spoilt} WHERE file_id = 'f2'")  # noqa: S608 - ours
    let_time_pass(desk)

    remove_all(desk)

    with desk.engine.connect() as connection:
        assert list(connection.execute(sa.select(events.c.file_id)).scalars()) == ["f2", LATEST]


def test_events_that_a_clock_dated_ahead_keep_none_behind_them_from_being_removed(desk: Desk) -> None:
    for name, count_of, at in (
        ("old", 3, START),
        ("ahead", BATCH_SIZE + 1, START + 20 * KEEP_PERIOD),
        ("behind", 3, START + SECOND),
        ("young", 3, START + 2 * KEEP_PERIOD),
    ):
        with desk.transactions() as work:
            settled = [(event(file_id=f"{name}-{number}"), "ignored") for number in range(count_of)]
            work.events.add(settled, at=at)
            work.commit()
    desk.clock.advance(seconds=(2 * KEEP_PERIOD + SECOND).total_seconds())

    remove_all(desk)

    with desk.engine.connect() as connection:
        left = {each.partition("-")[0] for each in connection.execute(sa.select(events.c.file_id)).scalars()}
    assert left == {"ahead", "young"}


def test_an_event_of_before_the_time_stays_and_so_do_the_newest(desk: Desk) -> None:
    for number in range(3):
        desk.open(event(file_id=f"f{number}"))
    pass_days(desk, 89)
    remove_all(desk)
    assert count_rows(desk, events) == 3

    pass_days(desk, 2)
    remove_all(desk, min_kept=2)

    assert [stored.event.file_id for stored in desk.events()] == ["f2", "f1"]


def test_an_event_is_in_both_places_until_the_next_step(desk: Desk) -> None:
    """Else a receiver that had looked for its keys just before would find it in neither."""
    arrived = event()
    desk.open(arrived)
    let_time_pass(desk)
    steps = retention(desk)

    steps.remove_expired(now=desk.clock())

    assert (count_rows(desk, events), count_rows(desk, past_events)) == (2, 1)
    assert receive(desk, arrived) == ([False], [])
    steps.remove_expired(now=desk.clock())
    assert (count_rows(desk, events), count_rows(desk, past_events)) == (1, 1)


def test_a_process_that_was_killed_between_two_steps_is_taken_up_by_the_next_one(desk: Desk) -> None:
    desk.open(event())
    let_time_pass(desk)
    condense_events(desk.engine, 0, before=desk.clock() - KEEP_PERIOD, now=desk.clock(), min_kept=1)

    remove_all(desk)

    assert (count_rows(desk, events), count_rows(desk, past_events)) == (1, 1)


def test_equal_parts_of_two_events_leave_different_marks(desk: Desk) -> None:
    for number in range(2):
        desk.open(event(file_id=f"f{number}", actor=Person(id="a1", name="Alice")))
    let_time_pass(desk)
    remove_all(desk)

    with desk.engine.connect() as connection:
        one, other = connection.execute(sa.select(past_events.c.meaning)).scalars()
    parts = [(one[at : at + 4], other[at : at + 4]) for at in range(0, len(one), 4)]
    assert all(a != b or a == "...." for a, b in parts)


@pytest.mark.usefixtures("old")
def test_a_list_of_events_says_up_to_where_they_were_removed(database_url: str) -> None:
    done = run_command(["events", "list"], DATABASE_URL=database_url)
    as_json = run_command(["events", "list", "--json"], DATABASE_URL=database_url)

    assert "Settled events up to number 1 were removed after KEEP_EVENTS; their keys are kept." in done.out
    assert [each["file_id"] for each in json.loads(as_json.out)] == [LATEST]
