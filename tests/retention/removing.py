"""Runs retention on a test's database until nothing is left to do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from runtime.worker.retention_rounds import PASS_INTERVAL, Retention, build_rules
from tests.reviews.samples import event

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

YEAR = timedelta(days=365)
LATEST = "the-latest"
KEEP_PERIOD = timedelta(days=90)
MOST_STEPS = 500


def retention(desk: Desk, **more: Any) -> Retention:
    """Return retention that keeps all but the last event for ninety days, and reviews as `more` says."""
    values: dict[str, Any] = {"keep_events": KEEP_PERIOD, "keep_reviews": None, "min_kept": 1, **more}
    return Retention(build_rules(desk.engine, routes=desk.routes, **values), started_at=desk.clock())


def remove_all(desk: Desk, **more: Any) -> None:
    """Make one pass over all tables, by the desk's clock."""
    steps = retention(desk, **more)
    for _ in range(MOST_STEPS):
        if not steps.remove_expired(now=desk.clock()):
            return
    raise AssertionError("retention came to no end")


def pass_days(desk: Desk, days: int) -> None:
    desk.clock.advance(days=days)
    assert timedelta(days=days) > PASS_INTERVAL


def count_rows(desk: Desk, table: sa.Table) -> int:
    with desk.engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def let_years_pass(desk: Desk, days: int = 366) -> None:
    """Let time pass, and one more review open, which is the newest and stays."""
    pass_days(desk, days)
    desk.open(event(file_id=LATEST))
    desk.deliver_all()


def remove(desk: Desk) -> list[str]:
    """Remove what was closed more than a year ago; return the files of what is left, the oldest first."""
    remove_all(desk, keep_reviews=YEAR)
    return [review.file_id for review in reversed(desk.reviews())]
