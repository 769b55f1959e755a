"""Failing channels: targets whose cards are dead or keep failing, with the last error."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from store.schema import cards
from store.schema.states import DEAD_CARD

if TYPE_CHECKING:
    from collections.abc import Sequence

BATCH_SIZE = 1000  # parameters of one statement
_DEAD = cards.c.state == DEAD_CARD
_FAILING = sa.and_(cards.c.drawn < cards.c.wanted, cards.c.state != DEAD_CARD, cards.c.error.is_not(None))


@dataclass(frozen=True, kw_only=True)
class FailingTarget:
    """A target: how many of its cards are dead, how many are retried, and the newest error."""

    notifier: str
    target: str
    dead: int
    retrying: int
    error: str


def find_failing_targets(
    connection: sa.Connection, limit: int, *, exclude: Sequence[str] = ()
) -> tuple[list[FailingTarget], int]:
    """Return the targets with the most such cards, and how many such targets there are in all.

    `exclude` are beginnings of causes: cards with such a cause are left out.
    """
    rows = connection.execute(_build_query(tuple(exclude)), {"most": limit}).all()
    # With a join PostgreSQL would read all cards: it estimates that a third of them fail.
    errors = _load_errors(connection, [row.newest for row in rows])
    return [_build_target(row, errors[row.newest]) for row in rows], rows[0].targets if rows else 0


@cache
def _build_query(exclude: tuple[str, ...]) -> sa.Select[Any]:
    """Return the query for failing targets; monitors run it all the time, so it is built once."""
    condition = exclude_causes(exclude)
    failed = sa.union_all(*(_select_cards(sa.and_(each, condition)) for each in (_DEAD, _FAILING))).subquery()
    return (
        sa.select(
            failed.c.notifier,
            failed.c.target,
            sa.func.count().label("failed"),
            sa.func.sum(sa.case((failed.c.state == DEAD_CARD, 1), else_=0)).label("dead"),
            sa.func.max(failed.c.id).label("newest"),
            sa.func.count().over().label("targets"),
        )
        .group_by(failed.c.notifier, failed.c.target)
        .order_by(sa.desc("failed"), sa.desc("newest"))
        .limit(sa.bindparam("most", type_=sa.Integer))
    )


def exclude_causes(causes: Sequence[str]) -> sa.ColumnElement[bool]:
    """Return the condition that a card's cause begins with none of these."""
    return sa.and_(sa.true(), *(~cards.c.cause.startswith(cause, autoescape=True) for cause in causes))


def _select_cards(condition: sa.ColumnElement[bool]) -> sa.Select[tuple[int, str, str, str]]:
    return sa.select(cards.c.id, cards.c.notifier, cards.c.target, cards.c.state).where(condition)


def _load_errors(connection: sa.Connection, ids: Sequence[int]) -> dict[int, str]:
    """Return the error of each of these cards."""
    errors: dict[int, str] = {}
    for start in range(0, len(ids), BATCH_SIZE):
        query = sa.select(cards.c.id, cards.c.error).where(cards.c.id.in_(ids[start : start + BATCH_SIZE]))
        errors.update((row.id, row.error or "") for row in connection.execute(query))
    return errors


def _build_target(row: sa.Row[Any], error: str) -> FailingTarget:
    return FailingTarget(
        notifier=row.notifier,
        target=row.target,
        dead=row.dead,
        retrying=row.failed - row.dead,
        error=error,
    )
