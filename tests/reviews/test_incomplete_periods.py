"""Watched folders that no sweep has covered for a day: when that began, and when it was made up for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from reviews.errors import Permanent
from reviews.ports.incomplete_periods import IncompletePeriod
from reviews.routes.route import Routes
from reviews.sweep.completeness import Completeness, check_all_folders
from reviews.sweep.incomplete_periods import NO_SWEEPS, PENDING_CHANGE
from reviews.sweep.route_progress import ProgressLimits, RouteProgress
from reviews.tree import Place
from tests.databases import ON_SQLITE
from tests.reviews.incomplete_folders import (
    DAY,
    HOUR,
    REASON,
    build_periods,
    look,
    outline,
    show,
    stop,
    sweep,
)
from tests.reviews.samples import START, WATCHED, event, route
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

BEGINNING = ("sweep:incomplete", "compliance", WATCHED)
ENDED = ("sweep:complete", "compliance", WATCHED)


def test_a_day_without_a_sweep_is_recorded_once_and_its_end_too(desk: Desk) -> None:
    sweep(desk)
    with desk.transactions() as work:
        work.folders.put(Place(folders=(("1", "Rooms"), (WATCHED, "Compliance"))), at=START)
        work.commit()
    stop(desk)
    look(desk, after=DAY)
    assert desk.entries() == []

    for _ in range(3):
        look(desk, after=HOUR)
    sweep(desk)
    swept_to = desk.clock()
    for _ in range(2):
        look(desk)

    first, ended = desk.entries()
    assert (first["type"], first["review_id"], first["title"]) == ("sweep:incomplete", None, "Compliance")
    assert (first["up_to"], first["since"], first["reason"]) == (show(START), show(START), REASON)
    assert (ended["type"], ended["from"], ended["to"]) == ("sweep:complete", show(START), show(swept_to))
    assert desk.verdict().problem is None


def test_each_period_has_its_own_two_entries(desk: Desk) -> None:
    for _ in range(2):
        sweep(desk)
        look(desk, after=DAY + HOUR)
        sweep(desk)
        look(desk)

    assert outline(desk) == [BEGINNING, ENDED] * 2


@ON_SQLITE
def test_a_folder_that_is_still_an_hour_behind_has_not_caught_up(desk: Desk) -> None:
    sweep(desk)
    look(desk, after=DAY + HOUR)
    sweep(desk)
    look(desk, after=2 * HOUR)
    assert outline(desk) == [BEGINNING]

    sweep(desk)
    look(desk, after=HOUR / 2)

    assert outline(desk) == [BEGINNING, ENDED]


@ON_SQLITE
def test_a_first_look_that_takes_longer_than_a_day_is_recorded(desk: Desk) -> None:
    sweep(desk, finished=False)
    look(desk, after=DAY + HOUR)

    [entry] = desk.entries()
    assert (entry["up_to"], entry["since"]) == (None, show(START))


@ON_SQLITE
def test_a_folder_that_was_never_looked_at_is_recorded_a_day_after_that_was_noticed(desk: Desk) -> None:
    for _ in range(24):
        look(desk, after=HOUR)
    assert desk.entries() == []

    look(desk, after=2 * HOUR)
    look(desk, after=HOUR)

    [entry] = desk.entries()
    assert (entry["up_to"], entry["since"]) == (None, show(START + HOUR))


@ON_SQLITE
def test_a_new_folder_that_is_soon_looked_at_leaves_no_entry(desk: Desk) -> None:
    look(desk)
    sweep(desk)
    look(desk, after=HOUR / 2)
    look(desk, after=DAY / 2)

    assert desk.entries() == []
    with desk.transactions(reading=True) as work:
        assert work.incomplete_periods.list_all() == []


@ON_SQLITE
def test_with_sweeps_switched_off_the_entry_says_so(desk: Desk) -> None:
    sweep(desk)
    look(desk, after=DAY + HOUR, interval=timedelta())

    [entry] = desk.entries()
    assert entry["reason"] == NO_SWEEPS


@ON_SQLITE
def test_a_change_that_was_given_up_keeps_all_folders_from_being_complete(desk: Desk) -> None:
    number = desk.receive(event(occurred_at=START))
    desk.intake.count_failure(number, Permanent("no answer"))
    desk.clock.now += DAY + HOUR
    sweep(desk)
    look(desk)

    [entry] = desk.entries()
    with desk.transactions(reading=True) as work:
        [shown] = check_all_folders(work, desk.routes)
    assert (entry["up_to"], entry["reason"]) == (show(START), shown.stopped_by)
    assert entry["reason"].startswith(f"event {number} was given up")


@ON_SQLITE
def test_what_stops_the_sweep_is_the_reason_though_a_change_was_given_up_before(desk: Desk) -> None:
    number = desk.receive(event(occurred_at=START))
    desk.intake.count_failure(number, Permanent("no answer"))
    desk.clock.now += HOUR
    sweep(desk)
    stop(desk)
    look(desk, after=DAY + HOUR)

    [entry] = desk.entries()
    assert entry["reason"] == REASON


@ON_SQLITE
def test_a_change_that_waits_for_a_day_is_the_reason(desk: Desk) -> None:
    desk.receive(event(occurred_at=START))
    desk.clock.now += DAY + HOUR
    sweep(desk)
    look(desk)

    [entry] = desk.entries()
    assert (entry["up_to"], entry["reason"]) == (show(START), PENDING_CHANGE)


def test_more_folders_make_another_progress() -> None:
    limits = ProgressLimits(late_before=START - DAY, complete_from=START)
    before = RouteProgress(route="compliance")
    folder = Completeness(folder_id="1", title="", route="compliance", up_to=START, stopped_by=None)

    after = before.add_folders([folder], limits)

    assert (before.complete_to, after.complete_to) == (None, START)


@ON_SQLITE
def test_a_hostile_reason_is_one_short_line(desk: Desk) -> None:
    sweep(desk)
    stop(desk, reason="no\nanswer \u202e" + "x" * 5000)
    look(desk, after=DAY + HOUR)

    [entry] = desk.entries()
    assert entry["reason"].startswith("no answer x")
    assert len(entry["reason"]) == 300


@ON_SQLITE
def test_a_folder_that_is_not_watched_any_more_gets_no_second_entry(desk: Desk) -> None:
    sweep(desk)
    look(desk, after=DAY + HOUR)
    desk.follow(Routes([route(watch=("another",))]))
    sweep(desk, ["another"])
    look(desk)

    assert outline(desk) == [BEGINNING]


@ON_SQLITE
def test_what_was_noticed_of_a_folder_is_dropped_with_it(desk: Desk) -> None:
    look(desk)
    desk.follow(Routes([route(watch=("another",))]))
    sweep(desk, ["another"])
    look(desk)

    with desk.transactions(reading=True) as work:
        assert work.incomplete_periods.list_all() == []


def test_of_workers_that_look_at_once_one_records(desk: Desk) -> None:
    sweep(desk)
    desk.clock.now += DAY + HOUR
    run_in_threads(4, lambda _: build_periods(desk).record_changes())
    assert outline(desk) == [BEGINNING]

    sweep(desk)
    run_in_threads(4, lambda _: build_periods(desk).record_changes())

    assert outline(desk) == [BEGINNING, ENDED]
    assert desk.verdict().problem is None


@ON_SQLITE
def test_sweeps_once_a_day_are_no_periods_without_completeness(desk: Desk) -> None:
    sweep(desk)
    for _ in range(2):
        look(desk, after=DAY + timedelta(minutes=5), interval=DAY)
        sweep(desk)
        look(desk, interval=DAY)
    assert desk.entries() == []

    for _ in range(2):
        look(desk, after=DAY, interval=DAY)
    sweep(desk)
    look(desk, interval=DAY)
    assert outline(desk) == [BEGINNING, ENDED]


@ON_SQLITE
@pytest.mark.parametrize("is_swept", [True, False])
def test_a_beginning_that_a_wrong_clock_has_stored_is_moved_back(desk: Desk, *, is_swept: bool) -> None:
    if is_swept:
        sweep(desk)
    period = IncompletePeriod(route="compliance", folder_id=WATCHED, since=START, is_recorded=False)
    with desk.transactions() as work:
        work.incomplete_periods.begin(replace(period, since=START + 365 * DAY))
        work.commit()
    for _ in range(3):
        look(desk, after=DAY + HOUR)

    [entry] = desk.entries()
    assert entry["since"] == show(START if is_swept else START + DAY + HOUR)
