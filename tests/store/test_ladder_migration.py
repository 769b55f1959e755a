"""Migration 0051: the clock of today looks at what the release before left, and only at what is open."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.kinds import ReviewState
from reviews.ladder.reminders import Reminders
from store.engine import create_engine
from store.migrate import migrate
from store.schema import queued_reminders, reviews
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, Clock, review, routes
from tests.store.earlier_schemas import bring_to

if TYPE_CHECKING:
    from collections.abc import Iterator

BEFORE = "0050"
LATER = START + timedelta(days=9)
STATES = {
    "open": ReviewState.OPEN,
    "acknowledged": ReviewState.ACKNOWLEDGED,
    "sent-back": ReviewState.CHANGES_REQUESTED,
    "replaced": ReviewState.REPLACED,
}


@pytest.fixture(params=["sqlite", "postgresql"])
def old_engine(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """Yield a database with a review in each state, each of which was to be reminded of."""
    databases: Any = request.getfixturevalue(
        "postgres_databases" if request.param == "postgresql" else "sqlite_databases"
    )
    address = databases.empty()
    engine = create_engine(address)
    bring_to(engine, BEFORE)
    fill(engine)
    yield engine
    engine.dispose()
    if request.param == "postgresql":
        databases.give_back(address)


def fill(engine: sa.Engine) -> None:
    """Add the reviews, by the columns that there were then."""
    with engine.begin() as connection:
        for number, (review_id, state) in enumerate(STATES.items(), start=1):
            connection.execute(sa.insert(reviews), build_row(number, review_id, state))


def build_row(number: int, review_id: str, state: ReviewState) -> dict[str, Any]:
    basic = review(id=review_id, file_id=review_id, state=state, remind_at=START, lapsed_at=START)
    names = ("id", "route", "state", "revision", "kind", "file_id", "title", "path", "owners", "remind_at")
    times = ("opened_at", "changed_at", "lapsed_at")
    return {
        **{name: getattr(basic, name) for name in (*names, *times)},
        "seq": number,
        "owners": list(basic.owners),
        "contributors": [],
        "folders": [],
    }


def test_an_answered_review_is_not_looked_at_any_more(old_engine: sa.Engine) -> None:
    migrate(old_engine)

    with SqlUnitOfWork(old_engine, reading=True) as work:
        assert work.reviews.list_due_ids(LATER, 10) == ["open"]
        loaded = [work.reviews.get(review_id) for review_id in STATES]
    assert [each and each.remind_at for each in loaded] == [START, None, None, None]
    assert {(each.steps_taken, each.last_step, each.follow_ups) for each in loaded if each} == {(0, None, 0)}


@pytest.mark.parametrize("old_engine", ["postgresql"], indirect=True)
def test_a_migration_that_was_interrupted_is_done_by_the_next(old_engine: sa.Engine) -> None:
    """On SQLite it is one transaction."""
    with old_engine.begin() as connection:
        connection.execute(sa.schema.CreateTable(queued_reminders))
        connection.exec_driver_sql("ALTER TABLE reviews ADD COLUMN steps_taken INTEGER NOT NULL DEFAULT 0")

    migrate(old_engine)

    with SqlUnitOfWork(old_engine, reading=True) as work:
        assert work.reviews.list_due_ids(LATER, 10) == ["open"]
        assert work.queued_reminders.list_oldest(1) == {}


def test_an_older_release_that_answers_beside_leaves_nothing_that_is_reminded_of(
    old_engine: sa.Engine,
) -> None:
    """It does not clear the time of the next reminder: the clock of today finds the review and does."""
    migrate(old_engine)
    with old_engine.begin() as connection:
        answered = sa.update(reviews).where(reviews.c.id == "open").values(state=ReviewState.ACKNOWLEDGED)
        connection.execute(answered)

    transactions = partial(SqlUnitOfWork, old_engine)
    assert (
        Reminders(transactions=transactions, routes=routes(), clock=Clock(LATER)).process_due_reviews() == 1
    )

    with SqlUnitOfWork(old_engine, reading=True) as work:
        assert work.reviews.list_due_ids(LATER, 10) == []
        assert work.ledger.list_entries("open") == []
