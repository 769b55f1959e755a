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
from reviews import completeness
from reviews.completeness import MOST_COUNTED, MOST_NAMED
from reviews.errors import Permanent
from reviews.places import MOST_ASKED, PATIENCE, Places
from reviews.publicity import watched_folder
from reviews.routing import Routes
from reviews.tree import Place
from store.engine import create_engine
from store.unit_of_work import UnitOfWork
from tests.databases import ON_SQLITE
from tests.reviews.desk import Desk
from tests.reviews.portal_desk import both_folders, portal_desk
from tests.reviews.samples import START, route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import SqliteDatabases
    from tests.reviews.portal_desk import PortalDesk

MANY = 3000


def others(count: int = MANY) -> tuple[str, ...]:
    return tuple(str(700_000_000 + number) for number in range(count))


class Counted(str):
    """A folder's id that counts how often it is looked at."""

    __slots__ = ()

    looks = 0

    def __hash__(self) -> int:
        Counted.looks += 1
        return super().__hash__()

    __eq__ = str.__eq__


def test_matching_looks_at_the_folders_above_and_at_no_other_watched_ones() -> None:
    watched = [tuple(Counted(f"{number}-{folder}") for folder in range(10)) for number in range(300)]
    routes = Routes(route(name=str(number), watch=each) for number, each in enumerate(watched))
    place = Place(folders=(("1", "Rooms"), ("299-9", "Legal"), ("5", "Here")))
    Counted.looks = 0

    found = routes.match(place)
    assert found is not None
    assert (found.name, {found: "found"}[routes.all[299]]) == ("299", "found")
    assert Counted.looks == 0


def test_a_folder_s_event_asks_no_more_where_very_many_are_watched(
    sqlite_databases: SqliteDatabases,
) -> None:
    asked = [
        questions_of_a_folder_move(sqlite_databases.new(), watched) for watched in ((), others(50), others())
    ]

    assert asked[0] == asked[1] == asked[2]


def questions_of_a_folder_move(database: str, more: tuple[str, ...]) -> int:
    engine = create_engine(database)
    desk = Desk(engine, partial(UnitOfWork, engine))
    rules = replace(both_folders(), watch=(str(COMPLIANCE), *more))
    with portal_desk(desk, rules) as office:
        office.baseline.take(str(COMPLIANCE), told=lambda _done, _total: None)
        folder = office.portal.create_folder("Contracts", COMPLIANCE, by=BOB.id)
        office.let_happen()
        with counted(engine) as statements:
            [review] = office.reviews_of(lambda: office.portal.move_folder(folder.id, OTHER, by=BOB.id))
    engine.dispose()
    assert review.kind == "moved_out"
    return len(statements)


@contextmanager
def counted(engine: sa.Engine) -> Iterator[list[str]]:
    """Yield the statements that are sent to the database meanwhile."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(engine, "before_cursor_execute", note)


@ON_SQLITE
def test_a_hidden_folder_has_only_some_of_very_many_watched_ones_asked_for(office: PortalDesk) -> None:
    rules = Routes([replace(both_folders(), watch=(*others(), str(COMPLIANCE)))])
    with office.desk.transactions() as work:
        work.baselines.watch(rules.watched)
        work.baselines.stopped(str(COMPLIANCE), "the API key's user may not see the folder")
        work.commit()
    places = Places(
        transactions=office.desk.transactions,
        portal=office.sweep.portal,
        routes=rules,
        clock=office.desk.clock,
    )
    office.desk.clock.advance(seconds=3600)
    office.portal.faults.add(Fault(path=f"/folder/{COMPLIANCE}/path", status=403), times=None)
    office.portal.faults.forget_calls()

    with pytest.raises(Permanent, match=str(COMPLIANCE)):
        places.find("404404", attempts=PATIENCE)

    assert len(office.portal.faults.calls("/path")) <= MOST_ASKED + 1


def test_the_folder_of_a_private_route_that_watches_very_many_is_found_by_its_id(desk: Desk) -> None:
    private = route(watch=(*others(), "7"), private=True)
    with desk.transactions() as work:
        work.folders.put(Place(folders=(("1", "Rooms"), ("7", "Legal"), ("8", "Deep"))), at=START)

        assert watched_folder(work, private, "Legal / Deep", ("1", "7", "8")) == "Legal"
        assert watched_folder(work, private, "Legal / Deep") == private.name


def test_of_very_many_folders_only_those_furthest_behind_are_named(desk: Desk) -> None:
    folders = others()
    routes = Routes([route(watch=folders)])
    with desk.transactions() as work:
        work.baselines.watch(folders)
        for number, each in enumerate(folders[1:]):
            work.baselines.reached(each, 0, finished_at=START)
            work.baselines.swept(each, to=START + timedelta(seconds=number))
        work.baselines.stopped(folders[9], "the API key's user may not see the folder")

        found = completeness.of_some(work, routes)
        outline = completeness.outline(work, routes, before=START + timedelta(seconds=5))
        all_late = completeness.outline(work, routes, before=START + timedelta(days=1))

    assert len(found) == MOST_NAMED
    assert [each.folder_id for each in found[:4]] == [folders[9], folders[0], folders[1], folders[2]]
    assert (outline.watched, outline.unfinished, outline.stopped, outline.late) == (MANY, 1, 1, 5)
    assert outline.earliest == START
    assert all_late.late == MOST_COUNTED


def test_very_many_folders_may_be_further_behind_before_that_is_worth_a_word() -> None:
    few, many = Routes([route(watch=("1",))]), Routes([route(watch=others(90_000))])
    quarter = timedelta(minutes=15)

    assert completeness.patience(few, quarter) == timedelta(minutes=60)
    assert completeness.patience(many, quarter) == timedelta(minutes=45, seconds=10_000)
