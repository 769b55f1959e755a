"""What the command says of copies that it can't clean away, or that others make anew."""

from __future__ import annotations

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from runtime.commands.people.people_texts import (
    CLEANING_FAILED,
    FORMER_TABLES,
    NOT_COMPLETE,
    NOT_OWNER,
    STATISTICS_KEPT,
    UNKNOWN,
)
from store.engine import read_only
from store.schema import alarms, ledger, people
from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.erasure.closed_desk import open_closed_desk
from tests.erasure.command import ROUTE, count_entries, erase
from tests.erasure.erasing import list_traces, reopen
from tests.reviews.samples import OWNER, START
from tests.runtime.command import run_command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.reviews.desk import Desk


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    return open_closed_desk(engine)


@ON_SQLITE
def test_a_wait_has_an_end(desk: Desk) -> None:
    assert erase(desk, OWNER, "--yes", "--wait", "nan").code == 2
    assert list_traces(desk.engine, OWNER) == [OWNER]


def test_tables_of_earlier_versions_that_may_name_people_are_named(desk: Desk) -> None:
    is_sqlite = desk.engine.dialect.name == "sqlite"
    table = "workflow_status" if is_sqlite else "dbos.workflow_status"
    with desk.engine.begin() as connection:
        if not is_sqlite:
            connection.exec_driver_sql("CREATE SCHEMA dbos")
        connection.exec_driver_sql(f"CREATE TABLE {table} (error text)")

    for address in (OWNER, "nobody@example.com"):
        assert FORMER_TABLES.format(tables=table) in erase(desk, address, "--yes").out


@ON_SQLITE
def test_free_pages_are_cleaned_by_the_next_run_where_a_process_was_in_the_way(desk: Desk) -> None:
    with reading(desk):
        done = erase(desk, OWNER, "--yes", "--wait", "0")
    assert (done.code, done.err) == (1, f"{CLEANING_FAILED}\n")
    assert "Erased from 1 review" in done.out
    assert list_traces(desk.engine, OWNER) == [OWNER]

    again = erase(desk, OWNER, "--yes")

    assert (again.code, again.out.splitlines()[-1]) == (0, UNKNOWN)
    assert list_traces(desk.engine, OWNER) == []


@ON_SQLITE
def test_the_cleaning_of_free_pages_waits_for_who_is_in_the_way(desk: Desk) -> None:
    address = desk.engine.url.render_as_string(hide_password=False)
    before, other = count_entries(desk), reopen(desk.engine)
    is_over = threading.Event()

    def read_until_erased() -> None:
        with read_only(other).connect() as connection:
            connection.execute(sa.select(ledger)).all()
            while count_entries(desk) == before and not is_over.wait(0.01):
                pass
            is_over.wait(0.5)  # by then the command waits; without waiting it is over

    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(read_until_erased)
        done = run_command(["people", "erase", OWNER, "--yes"], DATABASE_URL=address, ROUTES=ROUTE)
        is_over.set()
        reader.result()
    other.dispose()

    assert done.code == 0
    assert list_traces(desk.engine, OWNER) == []


@ON_POSTGRESQL
def test_statistics_that_a_view_keeps_are_named(desk: Desk) -> None:
    names = [
        {"id": f"g-{number}", "name": "D. Ozola", "email": OWNER, "seen_at": START} for number in range(9)
    ]
    with desk.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.insert(people), names)
        connection.exec_driver_sql("ANALYZE people")
        connection.exec_driver_sql("CREATE VIEW names AS SELECT name FROM people")
        connection.exec_driver_sql("DELETE FROM people WHERE email <> 'owner@example.com'")

    done = erase(desk, OWNER, "--yes")

    assert (done.code, done.err) == (1, f"{STATISTICS_KEPT.format(tables='people')}\n")
    assert "Erased from 1 review" in done.out


@ON_POSTGRESQL
def test_a_role_that_does_not_own_the_tables_is_told_that_they_are_not_vacuumed(desk: Desk) -> None:
    with granted_role(desk.engine) as role:
        address = desk.engine.url.set(username=role, password=role).render_as_string(hide_password=False)

        done = run_command(["people", "erase", OWNER, "--yes"], DATABASE_URL=address, ROUTES=ROUTE)

    assert (done.code, done.err) == (1, f"{NOT_OWNER}\n")
    assert "Erased from 1 review" in done.out


@contextmanager
def granted_role(engine: sa.Engine) -> Iterator[str]:
    """Yield a role that may read and write all tables, and owns none."""
    role = f"granted_{os.getpid()}"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN PASSWORD '{role}'")
        connection.exec_driver_sql(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
        connection.exec_driver_sql(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}")
        yield role
        connection.exec_driver_sql(f"DROP OWNED BY {role}")
        connection.exec_driver_sql(f"DROP ROLE {role}")


@ON_SQLITE
def test_what_others_keep_writing_of_a_person_is_told(desk: Desk) -> None:
    row = {"key": f"owner:{OWNER}", "sentence": "", "since": START, "seen_at": START}
    names = ", ".join(column.name for column in alarms.columns)
    old_values = ", ".join(f"OLD.{column.name}" for column in alarms.columns)
    again = f"INSERT INTO alarms ({names}) VALUES ({old_values});"  # noqa: S608 - our own names
    with desk.engine.begin() as connection:
        connection.execute(sa.insert(alarms), [{**row, "told": False, "flaps": False}])
        connection.exec_driver_sql(f"CREATE TRIGGER again AFTER DELETE ON alarms BEGIN {again} END")

    done = erase(desk, OWNER, "--yes", "--json")

    assert (done.code, done.err.splitlines()[-1]) == (1, NOT_COMPLETE)
    assert json.loads(done.out)["complete"] is False
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER again")
    assert erase(desk, OWNER, "--yes").code == 0
    assert list_traces(desk.engine, OWNER) == []


@contextmanager
def reading(desk: Desk) -> Iterator[None]:
    """Have another process read the database meanwhile."""
    other = reopen(desk.engine)
    with read_only(other).connect() as connection:
        connection.execute(sa.select(ledger)).all()
        yield
    other.dispose()
