"""What was there before there were sums is counted by a migration, while an older release writes on."""

from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.kinds import ReviewState
from store.engine import create_engine
from store.migrate import migrate
from store.sums import sum_up_increments
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, answer, review
from tests.store.counted_reviews import DAY, HOUR, add, read_open, record, rename_route, withdraw
from tests.store.earlier_schemas import add_written_columns, bring_to
from tests.store.recount import assert_sums_agree, recount
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from collections.abc import Iterator

BEFORE = "0035"


@pytest.fixture(params=["sqlite", "postgresql"])
def old_engine(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """Yield a database as the release before the sums has left it."""
    databases: Any = request.getfixturevalue(
        "postgres_databases" if request.param == "postgresql" else "sqlite_databases"
    )
    address = databases.empty()
    engine = create_engine(address)
    bring_to(engine, BEFORE)
    add_written_columns(engine)
    yield engine
    engine.dispose()
    if request.param == "postgresql":
        databases.give_back(address)


def live(engine: sa.Engine, keys: range) -> None:
    """Open reviews; all but each third are answered, and one in seven answers is withdrawn."""
    for key in keys:
        add(engine, key, opened_at=START + key * HOUR, route="legal" if key % 5 == 0 else "compliance")
        if key % 3:
            given_answer = answer(at=START + key * HOUR + key * DAY / 7, late=key % 4 == 0)
            record(engine, key, given_answer)
            if key % 7 == 0:
                withdraw(engine, key, given_answer, START + 90 * DAY)


def test_what_was_counted_on_a_route_s_former_name_is_corrected(old_engine: sa.Engine) -> None:
    add(old_engine, 1)
    add(old_engine, 2)
    rename_route(old_engine)
    record(old_engine, 1, answer(at=START + HOUR))
    assert read_open(old_engine) == {"compliance": 2, "legal": -1}

    migrate(old_engine)

    assert read_open(old_engine) == {"legal": 1}


def test_what_was_there_before_there_were_sums_is_counted(old_engine: sa.Engine) -> None:
    live(old_engine, range(30))

    migrate(old_engine)

    assert_sums_agree(old_engine)
    live(old_engine, range(30, 40))
    sum_up_increments(old_engine, min_rows=0)
    assert_sums_agree(old_engine)


@pytest.mark.parametrize("old_engine", ["postgresql"], indirect=True)
def test_what_is_written_around_the_count_is_counted_once(old_engine: sa.Engine) -> None:
    """Before it, by a transaction that is open meanwhile, and after it."""
    live(old_engine, range(20))
    migrating = create_engine(old_engine.url.render_as_string(hide_password=False))
    across = SqlUnitOfWork(old_engine)

    @sa.event.listens_for(migrating, "before_cursor_execute")
    def write_before(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if is_count(statement):
            record(old_engine, 3, answer(at=START + DAY))
            live(old_engine, range(20, 40))
            across.__enter__()
            across.reviews.add(review(id="r100", file_id="f100"))
            assert across.reviews.record_answer("r6", answer(at=START + DAY), ReviewState.ACKNOWLEDGED)

    @sa.event.listens_for(migrating, "after_cursor_execute")
    def write_after(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if is_count(statement):
            across.commit()
            across.__exit__(None, None, None)
            record(old_engine, 9, answer(at=START + DAY))

    migrate(migrating)
    migrating.dispose()

    assert len(recount(old_engine)) > 40
    assert_sums_agree(old_engine)


def is_count(statement: str) -> bool:
    return "DELETE FROM route_increments" in statement


@pytest.mark.parametrize("old_engine", ["postgresql"], indirect=True)
def test_an_older_release_writes_on_while_all_is_counted(old_engine: sa.Engine) -> None:
    migrated = threading.Event()

    def write(thread: int) -> None:
        rounds = itertools.count(thread * 1000)
        while not migrated.is_set():
            live(old_engine, range(first := 8 * next(rounds), first + 8))

    def migrate_meanwhile() -> None:
        try:
            migrate(old_engine)
        finally:
            migrated.set()

    run_in_threads(3, lambda thread: write(thread) if thread else migrate_meanwhile())

    assert_sums_agree(old_engine)
    sum_up_increments(old_engine, min_rows=0)
    assert_sums_agree(old_engine)
