"""What is asked of each change does not grow with the number of watched folders."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from demo import BOB, COMPLIANCE, OTHER
from demo.faults import Fault
from reviews.changes.folder_places import MAX_FOLDERS_CHECKED, MAX_REFUSED_ATTEMPTS, FolderPlaces
from reviews.digest_notices import DigestLine
from reviews.errors import Permanent
from reviews.identity import Reviewer
from reviews.kinds import ChangeKind
from reviews.privacy.channel_visibility import name_watched_folder
from reviews.routes.route import Routes
from reviews.subscriptions.digests import Digests
from reviews.sweep import completeness
from reviews.sweep.completeness import MAX_COUNTED_FOLDERS, MAX_LISTED_FOLDERS
from reviews.tree import Place
from store.engine import create_engine
from store.schema import baselines
from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_SQLITE
from tests.reviews.desk import Desk
from tests.reviews.portal_desk import both_folders, open_portal_desk
from tests.reviews.samples import START, route
from tests.reviews.subscribed import subscribe
from tests.store.reads import count_reads

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from tests.databases import SqliteDatabases
    from tests.reviews.portal_desk import PortalDesk

MANY = 3000


def others(count: int = MANY) -> tuple[str, ...]:
    return tuple(str(700_000_000 + number) for number in range(count))


class CountedFolderId(str):
    """A folder's id that counts how often it is looked at."""

    __slots__ = ()

    looks = 0

    def __hash__(self) -> int:
        CountedFolderId.looks += 1
        return super().__hash__()

    __eq__ = str.__eq__


def test_matching_looks_at_the_folders_above_and_at_no_other_watched_ones() -> None:
    watched = [tuple(CountedFolderId(f"{number}-{folder}") for folder in range(10)) for number in range(300)]
    routes = Routes(route(name=str(number), watch=each) for number, each in enumerate(watched))
    place = Place(folders=(("1", "Rooms"), ("299-9", "Legal"), ("5", "Here")))
    CountedFolderId.looks = 0

    matched = routes.match(place)
    assert matched is not None
    assert (matched.name, {matched: "found"}[routes.all[299]]) == ("299", "found")
    assert CountedFolderId.looks == 0


def test_a_folder_s_event_asks_no_more_where_very_many_are_watched(
    sqlite_databases: SqliteDatabases,
) -> None:
    asked = [
        questions_of_a_folder_move(sqlite_databases.new(), watched) for watched in ((), others(50), others())
    ]

    assert asked[0] == asked[1] == asked[2]


def questions_of_a_folder_move(database: str, more: tuple[str, ...]) -> int:
    engine = create_engine(database)
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    rules = replace(both_folders(), watch=(str(COMPLIANCE), *more))
    with open_portal_desk(desk, rules) as portal_desk:
        portal_desk.baseline.take(str(COMPLIANCE), progress=lambda _done, _total: None)
        folder = portal_desk.portal.create_folder("Contracts", COMPLIANCE, by=BOB.id)
        portal_desk.let_happen()
        with counted(engine) as statements:
            [review] = portal_desk.reviews_of(
                lambda: portal_desk.portal.move_folder(folder.id, OTHER, by=BOB.id)
            )
    engine.dispose()
    assert review.kind == "moved_out"
    return len(statements)


@contextmanager
def counted(
    engine: sa.Engine, statements: list[tuple[str, Any]] | None = None
) -> Iterator[list[tuple[str, Any]]]:
    """Yield the statements that are sent to the database meanwhile, with their parameters."""
    statements = [] if statements is None else statements

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(engine, "before_cursor_execute", note)


@ON_SQLITE
def test_a_hidden_folder_has_only_some_of_very_many_watched_ones_asked_for(portal_desk: PortalDesk) -> None:
    rules = Routes([replace(both_folders(), watch=(*others(), str(COMPLIANCE)))])
    with portal_desk.desk.transactions() as work:
        work.baselines.watch(rules.watched)
        work.baselines.mark_stopped(str(COMPLIANCE), "the API key's user may not see the folder")
        work.commit()
    places = FolderPlaces(
        transactions=portal_desk.desk.transactions,
        portal=portal_desk.sweep.portal,
        routes=rules,
        clock=portal_desk.desk.clock,
    )
    portal_desk.desk.clock.advance(seconds=3600)
    portal_desk.portal.faults.add(Fault(path=f"/folder/{COMPLIANCE}/path", status=403), count=None)
    portal_desk.portal.faults.forget_calls()

    with pytest.raises(Permanent, match=str(COMPLIANCE)):
        places.find("404404", attempts=MAX_REFUSED_ATTEMPTS)

    assert len(portal_desk.portal.faults.calls("/path")) <= MAX_FOLDERS_CHECKED + 1


def test_the_folder_of_a_private_route_that_watches_very_many_is_found_by_its_id(desk: Desk) -> None:
    private = route(watch=(*others(), "7"), private=True)
    with desk.transactions() as work:
        work.folders.put(Place(folders=(("1", "Rooms"), ("7", "Legal"), ("8", "Deep"))), at=START)

        assert name_watched_folder(work, private, "Legal / Deep", ("1", "7", "8")) == "Legal"
        assert name_watched_folder(work, private, "Legal / Deep") == private.name


def test_of_very_many_folders_only_those_furthest_behind_are_named(desk: Desk) -> None:
    folders = others()
    routes = Routes([route(watch=folders)])
    with desk.transactions() as work:
        work.baselines.watch(folders)
        for number, each in enumerate(folders[1:]):
            work.baselines.save_start(each, 0, finished_at=START)
            work.baselines.mark_swept(each, swept_to=START + timedelta(seconds=number))
        work.baselines.mark_stopped(folders[9], "the API key's user may not see the folder")

        behind = completeness.check_furthest_behind(work, routes)
        outline = completeness.summarize_folders(work, routes, before=START + timedelta(seconds=5))
        all_late = completeness.summarize_folders(work, routes, before=START + timedelta(days=1))

    assert len(behind) == MAX_LISTED_FOLDERS
    assert [each.folder_id for each in behind[:4]] == [folders[9], folders[0], folders[1], folders[2]]
    assert (outline.watched, outline.unfinished, outline.stopped, outline.late) == (MANY, 1, 1, 5)
    assert outline.earliest == START
    assert all_late.late == MAX_COUNTED_FOLDERS


def test_a_digest_asks_no_more_where_very_many_are_watched_and_asks_before_it_writes(desk: Desk) -> None:
    few, many = others(2 * MAX_COUNTED_FOLDERS), others(8 * MAX_COUNTED_FOLDERS)
    asked = [statements_of_a_digest(desk, folders, day=day) for day, folders in ((10, few), (11, many))]

    assert len(asked[0]) == len(asked[1])
    short, long = (count_reads(desk.engine, [each for each in one if each[0] != WRITES]) for one in asked)
    assert long <= 1.5 * short
    for statements in asked:
        written = [statement for statement, _ in statements]
        before = " ".join(written[: written.index(WRITES)])
        after = " ".join(written[written.index(WRITES) :])
        assert ("FROM baselines" in before, "FROM baselines" in after) == (True, False)
        assert "DELETE FROM digest_lines" in after


WRITES = "a transaction that writes"


def statements_of_a_digest(desk: Desk, folders: tuple[str, ...], *, day: int) -> list[tuple[str, Any]]:
    """Return by which statements a digest was owed to the only channel, and before which it may write."""
    desk.follow(Routes([route(watch=folders)]))
    look_through(desk, folders)
    subscription = subscribe(desk, int(folders[0]), digest=True)
    line = DigestLine(
        title="Policy.docx",
        path="",
        link=None,
        kind=ChangeKind.CONTENT,
        who=(Reviewer(name="Bob"),),
        at=START,
    )
    with desk.transactions() as work:
        work.folders.put(Place(folders=(("1", "Rooms"), (folders[0], "Legal"))), at=START)
        work.subscriptions.add_line(subscription, "7", line, at=START)
        work.commit()
    statements: list[tuple[str, Any]] = []

    def open_work(*, reading: bool = False) -> Any:
        if not reading:
            statements.append((WRITES, None))
        return desk.transactions(reading=reading)

    digests = Digests(transactions=open_work, routes=desk.routes)
    with counted(desk.engine, statements):
        assert digests.owe_due_digests(START.replace(day=day, hour=12)) == 1
    return statements


def look_through(desk: Desk, folders: Sequence[str], *, to: datetime = START) -> None:
    """Have all these folders complete up to then."""
    with desk.transactions() as work:
        work.baselines.watch(folders)
        work.commit()
    with desk.engine.begin() as connection:
        among = baselines.c.folder_id.between(min(folders), max(folders))
        connection.execute(sa.update(baselines).where(among).values(finished_at=to, swept_to=to))


def test_routes_are_complete_up_to_when_the_furthest_behind_of_their_folders_is(desk: Desk) -> None:
    wide, other = route(watch=others()), route(name="other", watch=("100", "101"))
    routes = Routes([wide, other])
    hour = timedelta(hours=1)
    look_through(desk, wide.watch, to=START + hour)
    look_through(desk, other.watch, to=START)
    with desk.transactions() as work:
        work.baselines.mark_swept(wide.watch[2], swept_to=START + hour / 2)

        assert completeness.find_earliest(work, routes, {wide}) == START + hour / 2
        assert completeness.find_earliest(work, routes, {other}) == START
        assert completeness.find_earliest(work, routes, {wide, other}) == START
        assert completeness.find_earliest(work, routes, set()) is None

        work.baselines.save_start(wide.watch[7], 0, finished_at=None)
        assert completeness.find_earliest(work, routes, {wide}) is None
        assert completeness.find_earliest(work, routes, {other}) == START


def test_routes_behind_which_very_many_others_are_are_complete_at_least_as_far(desk: Desk) -> None:
    wide, behind = route(watch=others()), route(name="behind", watch=others(2 * MANY)[MANY:])
    routes = Routes([wide, behind])
    look_through(desk, wide.watch, to=START + timedelta(hours=1))
    look_through(desk, behind.watch)
    with desk.transactions() as work:
        assert completeness.find_earliest(work, routes, {wide}) == START

        for folder in behind.watch[: MAX_COUNTED_FOLDERS + 1]:
            work.baselines.save_start(folder, 0, finished_at=None)
        assert completeness.find_earliest(work, routes, {wide}) is None


def test_routes_of_which_no_folder_was_noted_yet_are_not_known_to_be_complete(desk: Desk) -> None:
    wide, other = route(watch=others()), route(name="other", watch=("100",))
    look_through(desk, other.watch)
    with desk.transactions(reading=True) as work:
        assert completeness.find_earliest(work, Routes([wide, other]), {wide}) is None


def test_very_many_folders_may_be_further_behind_before_that_is_worth_a_word() -> None:
    few, many = Routes([route(watch=("1",))]), Routes([route(watch=others(90_000))])
    quarter = timedelta(minutes=15)

    assert completeness.find_allowed_age(few, quarter) == timedelta(minutes=60)
    assert completeness.find_allowed_age(many, quarter) == timedelta(minutes=45, seconds=10_000)
