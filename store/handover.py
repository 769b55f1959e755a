"""What the engine has not been told of yet: received events and cards that are due.

Marked as handed over only after the engine has written it down, so that a crash in between hands over twice
and never not at all; the engine starts the same name once.
"""

from __future__ import annotations

import sqlalchemy as sa

from reviews.model import EventState
from store.engine import reading
from store.schema import cards, events


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
