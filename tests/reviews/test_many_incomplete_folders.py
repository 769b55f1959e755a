"""Many folders of a route that no sweep has covered: one period, and single ones for the last few."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.routes.route import Routes
from reviews.sweep.incomplete_periods import MAX_SINGLE_FOLDERS
from reviews.sweep.route_progress import BATCH_SIZE, MAX_EARLIEST
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
from tests.reviews.samples import START, WATCHED, route
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

FOLDERS = [str(number) for number in range(100, 130)]
MANY_BEGIN = ("sweep:incomplete", "compliance", None)
MANY_END = ("sweep:complete", "compliance", None)


def follow(desk: Desk, folders: list[str]) -> None:
    desk.follow(Routes([route(watch=tuple(folders))]))


def begin_many(desk: Desk) -> None:
    """Follow a route whose folders no sweep has covered since the start, which is recorded."""
    follow(desk, FOLDERS)
    sweep(desk, FOLDERS)
    look(desk, after=DAY + HOUR)
    assert outline(desk) == [MANY_BEGIN]


def test_many_folders_of_a_route_are_one_entry_with_their_number(desk: Desk) -> None:
    folders = [f"{number:05}" for number in range(BATCH_SIZE + 50)]
    desk.follow(Routes([route(watch=tuple(folders)), route(name="other", watch=(WATCHED,))]))
    sweep(desk, [*folders, WATCHED])
    look(desk, after=DAY + HOUR)
    look(desk, after=HOUR)

    first, _other = desk.entries()
    assert outline(desk) == [("sweep:incomplete", "compliance", None), ("sweep:incomplete", "other", WATCHED)]
    assert first["contents"]["count"] == len(folders)
    assert first["contents"]["titles"] == folders[:MAX_EARLIEST]
    assert first["up_to"] == show(START)

    sweep(desk, folders[MAX_SINGLE_FOLDERS + 1 :])
    look(desk)
    assert len(desk.entries()) == 2
    sweep(desk, folders)
    look(desk)

    assert outline(desk)[2:] == [("sweep:complete", "compliance", None)]
    assert desk.verdict().problem is None


@ON_SQLITE
def test_a_folder_added_meanwhile_does_not_shorten_the_period_of_the_others(desk: Desk) -> None:
    follow(desk, FOLDERS[1:])
    sweep(desk, FOLDERS[1:])
    stop(desk, FOLDERS[1])
    follow(desk, FOLDERS)
    look(desk, after=23 * HOUR)
    look(desk, after=HOUR + HOUR / 2)

    [entry] = desk.entries()
    assert (entry["since"], entry["up_to"]) == (show(START), show(START))
    assert (entry["contents"]["count"], entry["reason"]) == (len(FOLDERS), REASON)

    sweep(desk, FOLDERS)
    look(desk)
    assert desk.entries()[-1]["from"] == show(START)


@ON_SQLITE
def test_many_that_were_never_looked_at_are_behind_since_the_first_was_noticed(desk: Desk) -> None:
    follow(desk, FOLDERS[:3])
    look(desk)
    follow(desk, FOLDERS)
    look(desk, after=HOUR)
    look(desk, after=DAY)

    [entry] = desk.entries()
    assert (entry["since"], entry["up_to"]) == (show(START), None)


@ON_SQLITE
def test_the_last_folders_have_periods_of_their_own(desk: Desk) -> None:
    begin_many(desk)
    stop(desk, FOLDERS[0])
    sweep(desk, FOLDERS[1:])
    swept_to = desk.clock()
    for _ in range(2):
        look(desk)

    _, single, ended = desk.entries()
    assert (single["type"], single["folder_id"], single["reason"]) == ("sweep:incomplete", "100", REASON)
    assert (single["since"], single["up_to"]) == (show(START), show(START))
    assert (ended["type"], ended["folder_id"]) == ("sweep:complete", None)
    assert (ended["from"], ended["to"]) == (show(START), show(swept_to))

    sweep(desk, FOLDERS)
    look(desk)
    assert outline(desk)[3:] == [("sweep:complete", "compliance", "100")]


@ON_SQLITE
def test_a_folder_that_stays_behind_does_not_hide_the_next_outage(desk: Desk) -> None:
    begin_many(desk)
    sweep(desk, FOLDERS[1:])
    look(desk)
    desk.clock.now += 20 * DAY
    sweep(desk, FOLDERS[1:])
    outage_from = desk.clock()
    look(desk, after=DAY + HOUR)
    sweep(desk, FOLDERS[1:])
    look(desk)

    began, ended = desk.entries()[3:]
    assert (began["type"], began["since"]) == ("sweep:incomplete", show(outage_from))
    assert (began["contents"]["count"], began["up_to"]) == (len(FOLDERS) - 1, show(outage_from))
    assert (ended["type"], ended["folder_id"], ended["from"]) == ("sweep:complete", None, show(outage_from))


@ON_SQLITE
def test_of_the_last_folders_each_keeps_its_own_time(desk: Desk) -> None:
    follow(desk, FOLDERS)
    sweep(desk, FOLDERS[:29])
    look(desk, after=DAY + HOUR)
    sweep(desk, FOLDERS[:1])
    later = desk.clock()
    desk.clock.now += 2 * HOUR
    sweep(desk, FOLDERS[1:28])
    look(desk)

    singles = {each["folder_id"]: (each["since"], each["up_to"]) for each in desk.entries()[1:-1]}
    assert singles == {
        "100": (show(later), show(later)),
        "128": (show(START), show(START)),
        "129": (show(START), None),  # never looked at: incomplete for as long as any was
    }


@ON_SQLITE
def test_many_that_were_not_recorded_end_without_an_entry(desk: Desk) -> None:
    follow(desk, FOLDERS)
    look(desk)
    sweep(desk, FOLDERS[1:])
    look(desk, after=HOUR / 2)
    assert desk.entries() == []

    desk.clock.now += DAY
    sweep(desk, FOLDERS[1:])
    look(desk)
    [entry] = desk.entries()
    assert (entry["folder_id"], entry["since"]) == (FOLDERS[0], show(START))


@ON_SQLITE
def test_many_of_which_none_has_caught_up_are_not_over(desk: Desk) -> None:
    begin_many(desk)
    follow(desk, FOLDERS[:2])
    look(desk)
    assert outline(desk) == [MANY_BEGIN]


def test_of_workers_that_look_at_once_one_divides_a_period(desk: Desk) -> None:
    begin_many(desk)
    sweep(desk, FOLDERS[3:])

    run_in_threads(4, lambda _: build_periods(desk).record_changes())

    singles = [("sweep:incomplete", "compliance", each) for each in FOLDERS[:3]]
    assert outline(desk) == [MANY_BEGIN, *singles, MANY_END]
    assert desk.verdict().problem is None
