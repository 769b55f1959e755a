"""The review under any order of changes, deliveries, clicks and outages, with any event delivered twice.

At most one answer a revision, exactly one entry for every change of state, nothing left pending, and in the
end every file's newest content under a review, whatever arrived when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.reviews.life import ReviewLife

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.databases import PostgresDatabases, SqliteDatabases

QUICK = settings(deadline=None, suppress_health_check=list(HealthCheck))


def run(new: Callable[[], str], *, examples: int, steps: int, required: int = 1) -> None:
    limits = settings(QUICK, max_examples=examples, stateful_step_count=steps)

    class Machine(ReviewLife):
        def __init__(self) -> None:
            super().__init__(new(), required=required)

    run_state_machine_as_test(Machine, settings=limits)


def test_a_life_of_reviews_on_sqlite(sqlite_databases: SqliteDatabases) -> None:
    run(sqlite_databases.new, examples=25, steps=30)


def test_a_shorter_life_of_reviews_on_postgresql(postgres_databases: PostgresDatabases) -> None:
    run(postgres_databases.new, examples=3, steps=15)


def test_a_life_of_reviews_that_two_people_answer(sqlite_databases: SqliteDatabases) -> None:
    run(sqlite_databases.new, examples=5, steps=20, required=2)
