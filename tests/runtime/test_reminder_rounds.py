"""A review at which the clock can't look holds up no reminder of the others, and the round says so."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from reviews.ladder.reminders import MAX_REVIEWS_AT_ONCE
from runtime.worker.rounds import ItemsFailed
from runtime.worker.skipping_rounds import SkippingRounds
from store.schema import reviews
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.desk import Desk
from tests.reviews.samples import review, routes


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    desk.follow(routes(remind=timedelta(hours=4)))
    return desk


def add_due(desk: Desk, *, broken: int, sound: int) -> None:
    """Add reviews that are due, those that can't be read for longer than the others."""
    with desk.transactions() as work:
        for number in range(broken + sound):
            due = desk.clock() - timedelta(minutes=broken + sound - number)
            work.reviews.add(review(id=f"r{number:02}", file_id=f"f{number:02}", remind_at=due))
        work.commit()
    unreadable = sa.update(reviews).where(reviews.c.id < f"r{broken:02}").values(contributors=7)
    with desk.engine.begin() as connection:
        connection.execute(unreadable)


def make_rounds(desk: Desk) -> SkippingRounds:
    return SkippingRounds("reminders", desk.reminders.process_due_reviews)


def reminded(desk: Desk) -> list[str]:
    return [entry["review_id"] for entry in desk.entries() if entry["type"] == "review:reminded"]


def has_queued(desk: Desk) -> bool:
    with desk.transactions(reading=True) as work:
        return work.queued_reminders.has_any()


@pytest.mark.parametrize("broken", [1, MAX_REVIEWS_AT_ONCE, 2 * MAX_REVIEWS_AT_ONCE + 3])
def test_reviews_that_can_not_be_looked_at_hold_up_none_behind_them(desk: Desk, broken: int) -> None:
    add_due(desk, broken=broken, sound=3)
    rounds = make_rounds(desk)

    with pytest.raises(ItemsFailed):
        rounds.process_some()
    for _ in range(1 + broken // MAX_REVIEWS_AT_ONCE):
        with suppress(ItemsFailed):
            rounds.process_some()

    assert sorted(reminded(desk)) == [f"r{number:02}" for number in range(broken, broken + 3)]


def test_the_rounds_fail_until_the_review_is_well_and_then_it_is_reminded_of(desk: Desk) -> None:
    add_due(desk, broken=MAX_REVIEWS_AT_ONCE, sound=0)
    rounds = make_rounds(desk)
    with capture_logs() as logs:
        for _ in range(6):
            with pytest.raises(ItemsFailed):
                rounds.process_some()
    assert [line["event"] for line in logs] == ["item_failed"] * MAX_REVIEWS_AT_ONCE

    with desk.engine.begin() as connection:
        connection.execute(sa.update(reviews).values(contributors=[]))

    assert rounds.process_some()
    assert not rounds.process_some()
    assert len(reminded(desk)) == MAX_REVIEWS_AT_ONCE


def test_what_is_more_than_can_be_looked_at_at_once_is_looked_at_in_the_next_rounds(desk: Desk) -> None:
    add_due(desk, broken=0, sound=MAX_REVIEWS_AT_ONCE + 1)
    rounds = make_rounds(desk)

    assert rounds.process_some()
    assert rounds.process_some()
    assert len(reminded(desk)) == MAX_REVIEWS_AT_ONCE + 1
    assert has_queued(desk)

    assert not rounds.process_some()
    assert not has_queued(desk)
