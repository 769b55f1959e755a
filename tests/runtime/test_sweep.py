"""`sweep --baseline`: every watched folder is looked at once, and what can't be is said in a sentence."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from demo import ALICE, COMPLIANCE, DEEP, OTHER, DemoPortal, RequestLimits, run_portal
from store.engine import create_engine
from tests.runtime.sweep_house import WatchedPortal, route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import SqliteDatabases

NOWHERE = 404404
AGAIN = "run docspace-review sweep --baseline again to continue"


@pytest.fixture
def house(sqlite_databases: SqliteDatabases) -> Iterator[WatchedPortal]:
    portal = DemoPortal(lambda: datetime.now(UTC))
    with run_portal(portal) as address:
        yield WatchedPortal(portal, address, sqlite_databases.new())


def test_it_looks_at_every_watched_folder_and_says_how_many_files_it_knows(house: WatchedPortal) -> None:
    house.fill(150, DEEP)
    house.fill(3, OTHER)

    done = house.sweep()

    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "Compliance: 150 of 150 files",
        "Other: 3 of 3 files",
        "All watched folders have a baseline: 153 files are known.",
    ]


def test_a_program_reads_what_was_looked_at(house: WatchedPortal) -> None:
    house.fill(2, OTHER)

    done = house.sweep("--json")

    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == [
        {"folder_id": str(COMPLIANCE), "title": "Compliance", "files": 0, "finished": True},
        {"folder_id": str(OTHER), "title": "Other", "files": 2, "finished": True},
    ]


def test_what_is_not_there_is_named_with_its_route_and_the_others_are_done(house: WatchedPortal) -> None:
    house.settings["ROUTES"] = route("mistaken", NOWHERE) + route("other", OTHER)
    house.fill(2, OTHER)

    done = house.sweep("--json")

    assert done.code == 1
    [line] = done.err.splitlines()
    assert f"Folder {NOWHERE}, watched by the route mistaken, does not exist" in line
    assert [(look["files"], look["finished"]) for look in json.loads(done.out)] == [(0, False), (2, True)]


def test_what_the_key_may_not_see_is_named_with_its_route_and_the_others_are_done(
    house: WatchedPortal,
) -> None:
    house.portal.trash_folder(DEEP, by=ALICE.id)
    house.settings["ROUTES"] = route("forbidden", DEEP) + route("other", OTHER)

    done = house.sweep()

    assert done.code == 1
    assert f"Folder {DEEP}, watched by the route forbidden, is not visible to the API key's user" in done.err
    assert "Other: 0 of 0 files" in done.out


def test_an_outage_is_waited_out(house: WatchedPortal) -> None:
    house.fill(150, DEEP)
    house.portal.faults.answer(503, path="startIndex=100")

    done = house.sweep()

    assert done.code == 0
    assert "Compliance: waiting 2 s: DocSpace answered 503" in done.err
    assert house.pages() == [f"{COMPLIANCE} 0", f"{COMPLIANCE} 100", f"{COMPLIANCE} 100", f"{OTHER} 0"]


def test_an_outage_that_lasts_ends_it_and_the_next_run_goes_on(house: WatchedPortal) -> None:
    house.fill(250, DEEP)
    house.portal.faults.answer(503, path="startIndex=200", count=None)

    given_up = house.sweep("--json", "--patience", "0")
    house.portal.faults.clear()
    house.portal.faults.forget_calls()
    done = house.sweep()

    assert given_up.code == 1
    assert "DocSpace answered 503" in given_up.err
    assert AGAIN in given_up.err
    assert [(look["files"], look["finished"]) for look in json.loads(given_up.out)] == [
        (200, False),
        (0, False),
    ]
    assert (done.code, house.pages()) == (0, [f"{COMPLIANCE} 200", f"{OTHER} 0"])
    assert "250 files are known" in done.out


def test_what_was_interrupted_is_looked_at_and_what_was_finished_is_not_again(house: WatchedPortal) -> None:
    house.portal.faults.answer(503, path=f"/files/{OTHER}?", count=None)
    house.sweep("--patience", "0")
    house.portal.faults.clear()
    house.portal.faults.forget_calls()

    house.sweep()

    assert house.pages() == [f"{OTHER} 0"]


def test_it_keeps_within_what_the_portal_allows(sqlite_databases: SqliteDatabases) -> None:
    portal = DemoPortal(lambda: datetime.now(UTC), limits=RequestLimits())
    with run_portal(portal) as address:
        house = WatchedPortal(portal, address, sqlite_databases.new())
        for number in range(320):
            folder = portal.add_folder(f"Folder {number}", COMPLIANCE, folder_id=800_000 + number)
            portal.add_file("Paper.docx", folder.id, by=ALICE.id)

        done = house.sweep()

    assert (done.code, done.err, portal.meter.refused) == (0, "", 0)
    assert "320 files are known" in done.out


def test_a_busy_database_is_waited_for(house: WatchedPortal) -> None:
    engine = create_engine(house.settings["DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT 1"))
        busy = house.sweep("--patience", "0")
    done = house.sweep()
    engine.dispose()

    assert (busy.code, done.code) == (1, 0)
    assert "the database can't be used (database is locked)" in busy.err
