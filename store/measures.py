"""Figures for a monitor: the stored counters, and a few indexed queries for waiting work."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.kinds import CardState, EventState, ReviewState
from store.clock import read_database_time
from store.completeness_measures import CompletenessMeasures, measure_completeness
from store.engine import read_only
from store.figures import count_lapsed
from store.ledger_tree import find_fault
from store.schema import cards, comparisons, events, last_checkpoint, ledger_head, reviews, workers
from store.schema.states import DEAD_CARD, DEAD_EVENT, OPEN, PENDING, WAITING
from store.tallies import Tally, load_tallies
from store.webhook_watch import WebhookCheck, find_last_check
from store.workers import SILENCE_TIMEOUT

if TYPE_CHECKING:
    from datetime import datetime

_WAITING_CARD = sa.and_(cards.c.drawn < cards.c.wanted, cards.c.state != DEAD_CARD)
# As the index has them: those that no worker is making now.
_WAITING_COMPARISON = sa.and_(comparisons.c.state == WAITING, comparisons.c.claimed_by.is_(None))

_COUNT_COMPARISONS = sa.select(sa.func.count()).select_from(comparisons).where(_WAITING_COMPARISON)


@dataclass(frozen=True, kw_only=True)
class LedgerMeasures:
    """How many entries the ledger has, how many the last checkpoint covers, and whether one is held up."""

    entries: int
    covered: int
    has_fault: bool


@dataclass(frozen=True, kw_only=True)
class Measures:
    """The state of the installation at one moment, the same from each of its processes.

    `oldest` holds ages by kind and state of waiting work, as in ("event", "received"), where there is any.
    `overdue` and `lapsed` count open reviews by route. `heartbeat` is the time since any worker's last
    heartbeat. `overdue_rounds` names the workers' overdue rounds, once for each worker.
    """

    tallies: list[Tally]
    oldest: dict[tuple[str, str], timedelta]
    cards_waiting: int
    comparisons_waiting: int
    overdue: dict[str, int]
    lapsed: dict[str, int]
    workers: int
    heartbeat: timedelta | None = field(default=None)
    overdue_rounds: list[str] = field(default_factory=list)
    completeness: CompletenessMeasures
    ledger: LedgerMeasures
    webhook: WebhookCheck | None


def measure(engine: sa.Engine) -> Measures:
    """Read everything in one transaction, by the database's clock."""
    with read_only(engine).connect() as connection, connection.begin():
        at = read_database_time(connection)
        waiting, since = connection.execute(
            sa.select(sa.func.count(), sa.func.min(cards.c.due_since)).where(_WAITING_CARD)
        ).one()
        oldest_times = {**_find_oldest(connection), ("card", "waiting"): since}
        last = connection.execute(sa.select(sa.func.max(workers.c.seen_at))).scalar_one()
        recent = sa.select(workers.c.overdue).where(workers.c.seen_at >= at - SILENCE_TIMEOUT)
        living = connection.execute(recent).scalars().all()
        return Measures(
            tallies=load_tallies(connection),
            oldest={
                kind: max(at - time, timedelta()) for kind, time in oldest_times.items() if time is not None
            },
            cards_waiting=waiting,
            comparisons_waiting=connection.execute(_COUNT_COMPARISONS).scalar_one(),
            overdue=_count_overdue(connection, at),
            lapsed=count_lapsed(connection),
            workers=len(living),
            overdue_rounds=[name for names in living for name in names],
            heartbeat=max(at - last, timedelta()) if last else None,
            completeness=measure_completeness(connection, at),
            ledger=_measure_ledger(connection),
            webhook=find_last_check(connection, at),
        )


def _measure_ledger(connection: sa.Connection) -> LedgerMeasures:
    entries = connection.execute(sa.select(ledger_head.c.seq)).scalar_one_or_none()
    covered = connection.execute(sa.select(last_checkpoint.c.size)).scalar_one_or_none()
    has_fault = find_fault(connection) is not None
    return LedgerMeasures(entries=entries or 0, covered=covered or 0, has_fault=has_fault)


def _find_oldest(connection: sa.Connection) -> dict[tuple[str, str], datetime | None]:
    """Return the time of the first of each kind: the one with the lowest number, found by index."""
    oldest: dict[tuple[str, str], datetime | None] = {}
    for state, condition in ((EventState.RECEIVED, PENDING), (EventState.DEAD, DEAD_EVENT)):
        # For the plain id SQLite would search the table itself for the lowest, from the beginning.
        lowest = sa.select(sa.func.min(events.c.id + 0)).where(events.c.state == condition).scalar_subquery()
        query = sa.select(events.c.received_at).where(events.c.id == lowest)
        oldest["event", str(state)] = connection.execute(query).scalar_one_or_none()
    dead = sa.select(sa.func.min(cards.c.due_since)).where(cards.c.state == DEAD_CARD)
    oldest["card", str(CardState.DEAD)] = connection.execute(dead).scalar_one()
    first = sa.select(sa.func.min(reviews.c.seq)).where(reviews.c.state == OPEN).scalar_subquery()
    opened = sa.select(reviews.c.opened_at).where(reviews.c.seq == first)
    oldest["review", str(ReviewState.OPEN)] = connection.execute(opened).scalar_one_or_none()
    return oldest


def _count_overdue(connection: sa.Connection, at: datetime) -> dict[str, int]:
    conditions = (reviews.c.state == OPEN, reviews.c.due_at < at)
    query = sa.select(reviews.c.route, sa.func.count()).where(*conditions).group_by(reviews.c.route)
    return {row.route: row[1] for row in connection.execute(query)}
