"""Work that operators must see because it does not get done: dead, or waiting for too long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from store.clock import read_database_time
from store.engine import read_only
from store.failing_targets import exclude_causes
from store.schema import cards, events
from store.schema.states import DEAD_CARD, DEAD_EVENT, PENDING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class PendingWork:
    """How much work waits, the age of the oldest, and the reason of its last failure."""

    count: int
    age: timedelta
    reason: str


def count_dead_events(engine: sa.Engine) -> tuple[int, str]:
    """Return how many events are dead, and the reason of the first of them."""
    dead = events.c.state == DEAD_EVENT
    first = sa.select(events.c.reason).where(dead).order_by(events.c.id).limit(1)
    with read_only(engine).connect() as connection:
        count = connection.execute(sa.select(sa.func.count()).where(dead)).scalar_one()
        return count, connection.execute(first).scalar() or ""


def find_oldest_event(engine: sa.Engine, at: datetime) -> PendingWork:
    """Return the received events that are not done."""
    condition = events.c.state == PENDING
    query = sa.select(events.c.received_at, events.c.reason, sa.func.count().over().label("waits"))
    with read_only(engine).connect() as connection:
        row = connection.execute(query.where(condition).order_by(events.c.received_at).limit(1)).first()
    if row is None:
        return PendingWork(count=0, age=timedelta(), reason="")
    return PendingWork(count=row.waits, age=at - row.received_at, reason=row.reason or "")


def find_oldest_card(engine: sa.Engine, *, exclude: Sequence[str]) -> PendingWork:
    """Return the owed messages that are not posted; `exclude` are beginnings of causes to leave out."""
    due = sa.and_(cards.c.drawn < cards.c.wanted, cards.c.state != DEAD_CARD, exclude_causes(exclude))
    query = sa.select(cards.c.due_since, cards.c.error, sa.func.count().over().label("waits"))
    with read_only(engine).connect() as connection:
        row = connection.execute(query.where(due).order_by(cards.c.due_since).limit(1)).first()
        if row is None or row.due_since is None:
            return PendingWork(count=0, age=timedelta(), reason="")
        return PendingWork(
            count=row.waits, age=read_database_time(connection) - row.due_since, reason=row.error or ""
        )


def count_refused_events(engine: sa.Engine, prefix: str) -> int:
    """Return how many waiting events failed last with a reason that begins with these words."""
    condition = (events.c.state == PENDING, events.c.reason.startswith(prefix, autoescape=True))
    with read_only(engine).connect() as connection:
        return connection.execute(sa.select(sa.func.count()).where(*condition)).scalar_one()
