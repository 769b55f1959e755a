"""The review under any order of changes, deliveries, clicks and outages, with any event delivered twice.

At most one answer a revision, exactly one entry for every change of state, nothing left pending, and in the
end every file's newest content under a review, whatever arrived when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from reviews.errors import TryLater
from tests.reviews.life import ReviewLife
from tests.reviews.samples import ALICE, BOB

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


def test_the_author_of_an_edit_that_is_delivered_last_is_named(sqlite_databases: SqliteDatabases) -> None:
    """An example that was found by chance: later edits of the file by someone else were handled before."""
    life = ReviewLife(sqlite_databases.new())
    for file, actor in (("f1", ALICE.id), ("f1", BOB.id), ("f2", ALICE.id)):
        life.edit(file, actor)
    life.receive(life.on_their_way.pop(1))
    life.receive(life.on_their_way.pop(1))
    of_second_file, of_first_file = life.desk.events()
    life.desk.clock.advance(seconds=30)
    life.desk.intake.process(of_second_file.id)
    life.edit("f1", BOB.id)
    life.desk.clock.advance(seconds=30)
    life.desk.portal.trouble["place"] = [TryLater("down")]
    life.desk.intake.process(of_first_file.id)
    life.desk.portal.trouble.clear()

    life.teardown()
