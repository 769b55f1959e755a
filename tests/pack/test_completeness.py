"""What a pack says of the folders of its route, and of what has no review."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from reviews.ledger import entries_without_review
from reviews.pack.completeness import MANY_FOLDERS, CompletenessCollector, read_folders
from reviews.pack.report import IncompletePart
from reviews.routes.route import Routes
from reviews.tree import Place
from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_SQLITE
from tests.pack.ledgers import OTHER_ROUTE, ROUTE, SINCE, TITLES_BY_FOLDER, make_entries, make_period
from tests.pack.requests import build_request
from tests.reviews.desk import Desk
from tests.reviews.incomplete_folders import DAY, HOUR, REASON, look, stop, sweep
from tests.reviews.samples import START, WATCHED, event, route

if TYPE_CHECKING:
    from datetime import datetime

    import sqlalchemy as sa

    from reviews.pack.report import FolderCompleteness
    from reviews.sweep.completeness import Completeness

FOLDERS = ("901", "902", "903")


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    return Desk(engine, partial(SqlUnitOfWork, engine))


def read(desk: Desk, name: str = ROUTE) -> list[Completeness]:
    with desk.transactions(reading=True) as work:
        return read_folders(work, desk.routes, name)


def collect(
    desk: Desk, *, since: datetime = START - DAY, until: datetime = START + 30 * DAY, route: str = ROUTE
) -> tuple[FolderCompleteness, ...]:
    collector = CompletenessCollector(build_request(route=route, since=since, until=until))
    folders = read(desk, route)
    for entry in desk.entries():
        collector.add_entry(entry)
    return collector.build_completeness(folders)


def collect_made_up(route: str = ROUTE) -> CompletenessCollector:
    collector = CompletenessCollector(build_request(route=route))
    for entry in make_entries(5):
        collector.add_entry(entry)
    return collector


def test_a_folder_is_complete_up_to_its_watermark_and_has_its_title_also_on_a_private_route(
    desk: Desk,
) -> None:
    desk.follow(Routes([route(private=True)]))
    sweep(desk)
    with desk.transactions() as work:
        work.folders.put(Place(folders=(("1", "Rooms"), (WATCHED, "Compliance"))), at=START)
        work.commit()

    [folder] = collect(desk)

    assert (folder.folder_id, folder.title, folder.up_to) == (WATCHED, "Compliance", START)
    assert (folder.incomplete, folder.is_watched) == ((), True)


@ON_SQLITE
def test_a_change_that_is_pending_holds_the_watermark_back(desk: Desk) -> None:
    desk.receive(event(occurred_at=START - HOUR))
    sweep(desk)

    [folder] = collect(desk)

    assert folder.up_to is not None
    assert folder.up_to < START


@ON_SQLITE
def test_a_folder_that_was_never_looked_at_is_complete_up_to_no_time(desk: Desk) -> None:
    sweep(desk, finished=False)

    assert [folder.up_to for folder in collect(desk)] == [None]


def test_a_folder_is_complete_from_the_end_of_the_first_look_at_it(desk: Desk) -> None:
    sweep(desk)
    finished = desk.clock()
    with desk.transactions() as work:
        work.baselines.mark_swept(WATCHED, swept_to=finished + DAY)
        work.commit()

    [folder] = collect(desk)

    assert (folder.since, folder.up_to) == (finished, finished + DAY)


def test_a_time_without_sweeps_is_a_part_that_is_not_complete(desk: Desk) -> None:
    sweep(desk)
    stop(desk)
    look(desk, after=DAY + HOUR)
    [still] = collect(desk)
    sweep(desk)
    swept_to = desk.clock()
    look(desk)
    [ended] = collect(desk)

    assert still.incomplete == (IncompletePart(since=START, to=None, reason=REASON),)
    assert ended.incomplete == (IncompletePart(since=START, to=swept_to, reason=REASON),)
    assert ended.up_to == swept_to


@ON_SQLITE
def test_only_parts_that_touch_the_period_are_there(desk: Desk) -> None:
    sweep(desk)
    look(desk, after=DAY + HOUR)
    sweep(desk)
    look(desk)
    end = START + DAY + HOUR

    assert collect(desk, since=end, until=end + DAY)[0].incomplete == ()
    assert collect(desk, since=START - DAY, until=START)[0].incomplete == ()
    assert len(collect(desk, since=end - HOUR, until=end + DAY)[0].incomplete) == 1
    assert len(collect(desk, since=START - DAY, until=START + HOUR)[0].incomplete) == 1


@ON_SQLITE
def test_many_folders_that_are_not_complete_at_once_are_one_part(desk: Desk) -> None:
    folders = tuple(str(number) for number in range(900, 925))
    desk.follow(Routes([route(watch=folders)]))
    sweep(desk, folders)
    look(desk, after=DAY + HOUR)

    *single, many = collect(desk)

    assert [each.folder_id for each in single] == list(folders)
    assert {each.incomplete for each in single} == {()}
    assert (many.folder_id, many.since, many.up_to) == (MANY_FOLDERS, START, START)
    assert [part.since for part in many.incomplete] == [START]


@ON_SQLITE
def test_many_folders_are_complete_up_to_the_earliest_of_them_and_to_no_time_if_one_is_unknown(
    desk: Desk,
) -> None:
    folders = tuple(str(number) for number in range(900, 925))
    desk.follow(Routes([route(watch=folders)]))
    sweep(desk, folders[1:])
    look(desk, after=DAY + HOUR)

    assert (collect(desk)[-1].since, collect(desk)[-1].up_to) == (None, None)


@ON_SQLITE
def test_a_folder_that_is_not_watched_any_more_is_there_for_what_it_missed(desk: Desk) -> None:
    sweep(desk)
    look(desk, after=DAY + HOUR)
    desk.follow(Routes([route(watch=FOLDERS)]))

    *watched, former = collect(desk)

    assert [each.folder_id for each in watched] == list(FOLDERS)
    assert (former.folder_id, former.is_watched) == (WATCHED, False)
    assert (former.since, former.up_to) == (None, None)
    assert len(former.incomplete) == 1


def test_a_part_that_begins_again_before_it_ended_is_one_since_its_first_beginning() -> None:
    collector = CompletenessCollector(build_request())
    for days in (1, 5):
        period = make_period(folder_id="901", since=SINCE + days * DAY, reason=REASON)
        collector.add_entry(entries_without_review.build_incomplete(period, at=SINCE + days * DAY))
    end = SINCE + 9 * DAY
    collector.add_entry(entries_without_review.build_complete(period, up_to=end, at=end))

    [folder] = collector.build_completeness([])

    assert folder.incomplete == (IncompletePart(since=SINCE + DAY, to=end, reason=REASON),)


@ON_SQLITE
def test_folders_and_periods_are_those_of_the_route(desk: Desk) -> None:
    desk.follow(Routes([route(watch=("901",)), route(name="legal", watch=("902", "901"))]))
    sweep(desk, ("901", "902"))
    look(desk, after=DAY + HOUR)

    assert [each.folder_id for each in read(desk)] == ["901"]
    assert [each.folder_id for each in read(desk, "legal")] == ["902"]
    assert read(desk, "gone") == []
    for name, folder_id in ((ROUTE, "901"), ("legal", "902")):
        [folder] = collect(desk, route=name)
        assert (folder.folder_id, len(folder.incomplete)) == (folder_id, 1)


def test_each_kind_of_entry_without_a_review_is_counted_on_its_route() -> None:
    figures = collect_made_up().build_figures()
    other = collect_made_up(OTHER_ROUTE).build_figures()

    assert (figures.unrouted_changes, figures.folders_gone, figures.owners_gone) == (3, 1, 1)
    assert (other.unrouted_changes, other.folders_gone, other.owners_gone) == (1, 0, 1)


def test_entries_outside_the_period_are_not_counted() -> None:
    collector = CompletenessCollector(build_request(until=SINCE + DAY))
    for entry in make_entries(5):
        collector.add_entry(entry)

    assert collector.build_figures().unrouted_changes == 0


def test_the_title_of_a_folder_is_that_of_its_entries_where_none_is_stored() -> None:
    named = {each.folder_id: each.title for each in collect_made_up().build_completeness([])}

    assert named == {
        MANY_FOLDERS: "Many folders of the route at the same time",
        **{folder: title for folder, title in TITLES_BY_FOLDER.items() if folder != WATCHED},
    }
