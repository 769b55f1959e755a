"""A worker owes the checkpoint of the day before to the channels that want it."""

from __future__ import annotations

from datetime import UTC, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from reviews.monitoring.checkpoint_posts import CheckpointPosts
from reviews.routes.route import CheckpointFrequency, Operators, Routes, Target
from runtime.evidence.ledger_key import LedgerKeys
from runtime.worker.checkpoint_posting import MAX_AGE, CheckpointPosting
from store.schema import cards, daily_checkpoints
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import Clock, routes
from tests.runtime.signed_ledger import SignedLedger

DAY = timedelta(days=1)
OPERATORS = Target(notifier="paper", address="C-OPS")
ROUTES = Routes(routes().all, operators=Operators(notify=(OPERATORS,), checkpoint=CheckpointFrequency.DAILY))


class PostedLedger(SignedLedger):
    """A ledger whose checkpoints are owed to the console of the operators."""

    def start_worker(self) -> CheckpointPosting:
        """Return what owes the posts in another process."""
        posts = CheckpointPosts(transactions=partial(SqlUnitOfWork, self.engine), routes=ROUTES)
        return CheckpointPosting(self.engine, posts, clock=self.clock)

    def list_owed(self) -> list[tuple[str, str]]:
        """Return the day and the checkpoint of each post."""
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(cards.c.cause, cards.c.notice).order_by(cards.c.id)).all()
        return [(row.cause, row.notice["note"]) for row in rows]

    def cover_on(self, days: int) -> str:
        """Append an entry so many days later, and return its checkpoint."""
        self.clock.now += days * DAY
        self.append()
        self.cover()
        return self.read_stored().note


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def posted(engine: sa.Engine, clock: Clock) -> PostedLedger:
    return PostedLedger(engine, clock=clock)


def test_the_last_checkpoint_of_a_day_is_owed_when_it_is_over(posted: PostedLedger, clock: Clock) -> None:
    day = clock.now.astimezone(UTC).date()
    posted.cover_on(0)
    note = posted.cover_on(0)
    worker = posted.start_worker()
    owed = [worker.owe_due()]
    clock.now += DAY
    owed += [worker.owe_due(), worker.owe_due(), posted.start_worker().owe_due()]

    assert owed == [False, True, False, False]
    assert posted.list_owed() == [(f"checkpoint:{day.isoformat()}", note)]


def test_what_was_not_written_to_is_not_posted_again(posted: PostedLedger, clock: Clock) -> None:
    first = posted.cover_on(0)
    worker = posted.start_worker()
    for _ in range(4):
        clock.now += DAY
        worker.owe_due()
    second = posted.cover_on(0)
    clock.now += 3 * DAY  # no worker ran meanwhile

    assert worker.owe_due()

    assert [note for _, note in posted.list_owed()] == [first, second]


def test_what_is_older_than_a_week_is_not_posted(posted: PostedLedger, clock: Clock) -> None:
    posted.cover_on(0)
    clock.now += MAX_AGE + DAY

    assert posted.start_worker().owe_due() is False
    assert posted.list_owed() == []


def test_only_what_is_signed_is_posted(posted: PostedLedger, clock: Clock) -> None:
    posted.append()
    posted.with_keys(LedgerKeys()).maker.make()
    clock.now += DAY
    unsigned = posted.start_worker().owe_due()
    posted.cover_on(0)
    posted.change(sa.update(daily_checkpoints).values(note="forged\n1\n\n\N{EM DASH} forged AAAA\n"))
    clock.now += DAY

    assert (unsigned, posted.start_worker().owe_due(), posted.list_owed()) == (False, False, [])
