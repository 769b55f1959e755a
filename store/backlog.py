"""Accepted work that is not done, and dead letters, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from store.schema import cards, events
from store.schema.states import DEAD_CARD, DEAD_EVENT, PENDING

if TYPE_CHECKING:
    from datetime import datetime

_EVENTS, _CARDS, _DEAD_EVENTS, _DEAD_CARDS = "events", "cards", "dead events", "dead cards"


def _select_count(
    kind: str, oldest: sa.ColumnElement[Any], *conditions: sa.ColumnElement[bool]
) -> sa.Select[str, int, datetime]:
    """Return the query for the kind, the count, and the time of the oldest."""
    label = sa.literal(kind, literal_execute=True).label("kind")
    return sa.select(label, sa.func.count().label("many"), oldest.label("oldest")).where(*conditions)


_BACKLOG = sa.union_all(
    _select_count(_EVENTS, sa.func.min(events.c.received_at), events.c.state == PENDING),
    _select_count(
        *(_CARDS, sa.func.min(cards.c.due_since)),
        *(cards.c.drawn < cards.c.wanted, cards.c.state != DEAD_CARD),
    ),
    # Dead rows may be very many: the index counts them, and has no times.
    _select_count(_DEAD_EVENTS, sa.null(), events.c.state == DEAD_EVENT),
    _select_count(_DEAD_CARDS, sa.null(), cards.c.state == DEAD_CARD),
)


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """Accepted work that is not done, the age of its oldest parts, and what is dead."""

    events: int
    cards: int
    oldest_event: datetime | None
    oldest_card: datetime | None
    dead_events: int
    dead_cards: int


def find_backlog(connection: sa.Connection) -> Backlog:
    rows_by_kind = {row.kind: row for row in connection.execute(_BACKLOG)}
    return Backlog(
        events=rows_by_kind[_EVENTS].many,
        cards=rows_by_kind[_CARDS].many,
        oldest_event=rows_by_kind[_EVENTS].oldest,
        oldest_card=rows_by_kind[_CARDS].oldest,
        dead_events=rows_by_kind[_DEAD_EVENTS].many,
        dead_cards=rows_by_kind[_DEAD_CARDS].many,
    )
