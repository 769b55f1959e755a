"""What the engine has not been told of yet: received events and cards that are due.

Marked as handed over only after the engine has written it down, so that a crash in between hands over twice
and never not at all; the engine starts the same name once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.model import CardState, EventState
from store.engine import reading
from store.schema import cards, events

if TYPE_CHECKING:
    from datetime import datetime


def events_due(engine: sa.Engine, limit: int) -> list[tuple[int, int]]:
    """Return events as (id, wanted run): the first one, or a replay."""
    query = (
        sa.select(events.c.id, events.c.wanted)
        .where(events.c.state == EventState.RECEIVED, events.c.handed_over < events.c.wanted)
        .order_by(events.c.id)
        .limit(limit)
    )
    with reading(engine).connect() as connection:
        return [(row.id, row.wanted) for row in connection.execute(query)]


def cards_due(engine: sa.Engine, limit: int) -> list[tuple[int, int]]:
    """Return cards as (id, wanted drawing)."""
    query = (
        sa.select(cards.c.id, cards.c.wanted)
        .where(cards.c.handed_over < cards.c.wanted)
        .order_by(cards.c.id)
        .limit(limit)
    )
    with reading(engine).connect() as connection:
        return [(row.id, row.wanted) for row in connection.execute(query)]


def events_handed_over(engine: sa.Engine, handed: list[tuple[int, int]]) -> None:
    _handed_over(engine, events, handed)


def cards_handed_over(engine: sa.Engine, handed: list[tuple[int, int]]) -> None:
    _handed_over(engine, cards, handed)


def _handed_over(engine: sa.Engine, table: sa.Table, handed: list[tuple[int, int]]) -> None:
    if not handed:
        return
    update = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("row"), table.c.handed_over < sa.bindparam("run"))
        .values(handed_over=sa.bindparam("run"))
    )
    with engine.begin() as connection:
        connection.execute(update, [{"row": row, "run": run} for row, run in handed])


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What has been accepted and is not done: events, cards, and when the oldest event arrived."""

    events: int
    cards: int
    oldest: datetime | None


def waiting(engine: sa.Engine) -> Waiting:
    received = sa.select(sa.func.count(), sa.func.min(events.c.received_at)).where(
        events.c.state == EventState.RECEIVED
    )
    due = sa.select(sa.func.count()).where(cards.c.drawn < cards.c.wanted, cards.c.state != CardState.DEAD)
    with reading(engine).connect() as connection:
        count, oldest = connection.execute(received).one()
        return Waiting(events=count, cards=connection.execute(due).scalar_one(), oldest=oldest)


def dead_letters(engine: sa.Engine) -> tuple[int, int]:
    """Return how many events and cards were given up."""
    with reading(engine).connect() as connection:
        dead_events = sa.select(sa.func.count()).where(events.c.state == EventState.DEAD)
        dead_cards = sa.select(sa.func.count()).where(cards.c.state == CardState.DEAD)
        return connection.execute(dead_events).scalar_one(), connection.execute(dead_cards).scalar_one()
