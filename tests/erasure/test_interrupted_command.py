"""What the command says when something stops it: what was erased until then, and what to do."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from reviews.identity import Reviewer
from store.schema import alarms, subscriptions
from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.erasure.command import ROUTE, erase
from tests.erasure.erasing import list_traces
from tests.erasure.interrupted import answer_for
from tests.erasure.people import insert, make_desk
from tests.reviews.samples import OWNER, START

if TYPE_CHECKING:
    import sqlalchemy as sa

    from tests.reviews.desk import Desk

ZORA = Reviewer(name="Zora Quint", email="zora@example.com")
MEGABYTE = 2**20
SUBSCRIPTION = {"notifier": "mail", "folder": "9", "title": "t", "kinds": [], "digest": False}


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    """An installation where two closed reviews, an alarm and a subscription name a person."""
    desk = make_desk(engine, owners=(OWNER, str(ZORA.email)))
    answer_for(desk, "f1", reviewer=ZORA)
    answer_for(desk, "f2")
    alarm = {"key": f"owner:{OWNER}", "sentence": "", "since": START, "seen_at": START}
    insert(engine, alarms, {**alarm, "told": False, "flaps": False})
    insert(engine, subscriptions, {**SUBSCRIPTION, "target": OWNER, "made_by": "", "made_at": START})
    return desk


def test_damage_that_comes_meanwhile_stops_the_command(desk: Desk) -> None:
    damage = f"UPDATE ledger_people SET disclosures = '[\"{OWNER}\"]'"  # noqa: S608 - our own words
    add_trigger(desk.engine, "AFTER INSERT ON ledger", damage)

    done = erase(desk, OWNER, "--yes")

    assert done.code == 1
    assert any(line.startswith("Erased from 1 review") for line in done.out.splitlines())
    assert done.err.startswith("Not everything is erased: what stands beside entry 1 ")
    assert done.err.endswith(": docspace-review ledger verify says more.\n")


@ON_POSTGRESQL
def test_a_disk_that_is_full_meanwhile_stops_the_command(desk: Desk) -> None:
    full = "RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'"
    add_trigger(desk.engine, "BEFORE DELETE ON subscriptions", full)

    with capture_logs() as log:
        done = erase(desk, OWNER, "--yes", "--json")

    assert {line["event"] for line in log} == {"disk_full"}
    assert done.code == 1
    assert done.err == (
        "Not everything is erased: DATABASE_URL: the database can't be used (could not extend file). "
        "Run the command again with the same address.\n"
    )
    printed = json.loads(done.out)
    assert (printed["complete"], printed["free_pages_cleaned"]) == (False, False)
    assert (printed["erased"]["reviews"], printed["erased"]["other_rows"]) == (1, 1)
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER meanwhile ON subscriptions")
    assert erase(desk, OWNER, "--yes").code == 0
    assert list_traces(desk.engine, OWNER) == []


@ON_SQLITE
def test_a_disk_without_room_for_the_file_once_more_leaves_the_free_pages(desk: Desk) -> None:
    address = desk.engine.url.render_as_string(hide_password=False)
    limit = 4 * MEGABYTE
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE room AS SELECT zeroblob(?)", (MEGABYTE,))
        connection.exec_driver_sql("CREATE TABLE much AS SELECT zeroblob(?)", (2 * limit,))
        connection.exec_driver_sql("DROP TABLE room")
    desk.engine.dispose()

    done = subprocess.run(
        [sys.executable, "-m", "runtime", "people", "erase", OWNER, "--yes"],
        env={"DATABASE_URL": address, "ROUTES": ROUTE, "PYTHONPATH": os.pathsep.join(sys.path)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "Erased from 2 reviews" in done.stdout
    assert done.stderr == (
        "The free pages of the database are not cleaned: the database can't be used (disk I/O error). "
        "Run the command again with the same address.\n"
    )
    assert erase(desk, OWNER, "--yes").code == 0
    assert list_traces(desk.engine, OWNER) == []


def add_trigger(engine: sa.Engine, when: str, statement: str) -> None:
    """Have a database do something too when a table is written to."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(f"CREATE TRIGGER meanwhile {when} BEGIN {statement}; END")
            return
        body = f"LANGUAGE plpgsql AS $$ BEGIN {statement}; RETURN NULL; END $$"
        connection.exec_driver_sql(f"CREATE FUNCTION meanwhile() RETURNS trigger {body}")
        connection.exec_driver_sql(
            f"CREATE TRIGGER meanwhile {when} FOR EACH ROW EXECUTE FUNCTION meanwhile()"
        )
