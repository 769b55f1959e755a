"""`sweep`: finds what no delivery told of, and says up to when nothing is missing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from demo import ALICE, COMPLIANCE, OTHER, DemoPortal, run_portal
from demo.faults import Fault
from runtime.cli import cli
from store.engine import create_engine
from store.schema import baselines, files
from store.unit_of_work import SqlUnitOfWork
from tests.journeys.processes import eventually
from tests.runtime.command import CommandResult, run_command, run_command_beside
from tests.runtime.sweep_house import WatchedPortal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.databases import SqliteDatabases

HOUR = timedelta(hours=1)


@pytest.fixture
def house(sqlite_databases: SqliteDatabases) -> Iterator[WatchedPortal]:
    """An installation whose first look was an hour ago, on a portal where all happens ten minutes ago."""
    portal = DemoPortal(lambda: datetime.now(UTC) - HOUR / 6)
    with run_portal(portal) as address:
        made = WatchedPortal(portal, address, sqlite_databases.new())
        made.fill(3, COMPLIANCE)
        assert made.sweep().code == 0
        engine = create_engine(made.settings["DATABASE_URL"])
        with engine.begin() as connection:
            connection.execute(sa.update(files).values(listed_at=datetime.now(UTC) - HOUR))
            connection.execute(sa.update(baselines).values(swept_to=datetime.now(UTC) - HOUR))
        engine.dispose()
        yield made


def sweep(house: WatchedPortal, *more: str) -> CommandResult:
    return run_command(["sweep", *more], cli, **house.settings)


def test_what_is_missing_is_found_counted_and_handed_to_the_worker(house: WatchedPortal) -> None:
    house.fill(2, COMPLIANCE)

    done = sweep(house)

    assert (done.code, done.err) == (0, "")
    assert "2 changes were found that no delivery had reported." in done.out
    assert "Compliance: complete up to " in done.out
    listed = json.loads(run_command(["events", "list", "--json"], cli, **house.settings).out)
    assert {(each["state"], each["found_in"]) for each in listed} == {("received", "listing")}
    assert "Nothing was missing." in sweep(house).out


def test_a_program_reads_what_was_found(house: WatchedPortal) -> None:
    house.portal.add_file("New.docx", COMPLIANCE, by=ALICE.id)

    done = sweep(house, "--json")

    folders = {each["folder_id"]: each for each in json.loads(done.out)}
    assert {folder: each["found"] for folder, each in folders.items()} == {str(COMPLIANCE): 1, str(OTHER): 0}
    # What was found is not handled yet.
    assert datetime.fromisoformat(folders[str(COMPLIANCE)]["complete_up_to"]) < datetime.now(UTC) - HOUR / 6


def test_a_folder_that_can_not_be_swept_is_said_with_the_reason(house: WatchedPortal) -> None:
    house.portal.faults.add(Fault(path=f"/files/{OTHER}", status=403), count=None)

    done = sweep(house)

    assert done.code == 1
    assert done.err == (
        f"Folder {OTHER}: stopped: the API key's user may not see the folder: give it access.\n"
    )
    assert "Compliance: complete up to " in done.out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [(["--since", "yesterday"], "is not a time"), (["--since", "2026-03-09", "--baseline"], "reads none")],
)
def test_what_makes_no_sense_is_refused_in_a_line(
    house: WatchedPortal, arguments: list[str], problem: str
) -> None:
    done = sweep(house, *arguments)

    assert (done.code, done.out) == (2, "")
    assert problem in done.err
    assert done.err.count("\n") == 1


def test_a_folder_that_another_process_sweeps_is_waited_for_and_that_is_said(house: WatchedPortal) -> None:
    engine = create_engine(house.settings["DATABASE_URL"])
    with SqlUnitOfWork(engine) as work:
        at, lasts = datetime.now(UTC), timedelta(minutes=1)
        assert work.baselines.lease(str(COMPLIANCE), "another", duration=lasts, at=at, started_at=None)
        work.commit()

    def finish_once_it_is_said(errors: Callable[[], str]) -> None:
        eventually(errors)
        with SqlUnitOfWork(engine) as work:
            work.baselines.release(str(COMPLIANCE), "another", due_at=at)
            work.commit()

    done = run_command_beside(finish_once_it_is_said, ["sweep"], cli, **house.settings)
    engine.dispose()

    assert done.code == 0
    assert done.err == "Compliance: waiting 300 s: at most, since another process is sweeping it\n"
    assert "Compliance: complete up to " in done.out
