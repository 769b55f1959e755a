"""Work to hand over to the engine: received events and due cards.

It is marked as handed over only after the engine has written it down. So a crash in between hands it over
twice rather than never; the engine starts the same name once, also if two workers hand it over together. A
worker takes only what it has slots for; the rest stays here for any worker with free slots.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.kinds import CardState, EventState
from store.engine import read_only
from store.schema import cards, events

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class FreeSlots:
    """How many of each kind a worker may take now."""

    redraws: int
    posts: int
    events: int


@dataclass(frozen=True, kw_only=True)
class DueEvent:
    """An event to hand over: its run (the first, or a replay), and whether another job does its work."""

    id: int
    run: int
    has_earlier_job: bool


@dataclass(frozen=True, kw_only=True)
class DueWork:
    """Work to hand over: cards as (id, wanted drawing), and events. A card to redraw is already posted."""

    redraws: list[tuple[int, int]]
    posts: list[tuple[int, int]]
    events: list[DueEvent]


MAX_EVENTS = 50
"""How many events are read; most of them may need no job of their own."""

_REDRAWS, _POSTS, _EVENTS = "redraws", "posts", "events"
_CARDS, _DEAD_EVENTS, _DEAD_CARDS = "cards", "dead events", "dead cards"
_EARLIER = events.alias("earlier")
_HAS_EARLIER_JOB = sa.exists().where(
    _EARLIER.c.file_id == events.c.file_id,
    _EARLIER.c.state == EventState.RECEIVED,
    _EARLIER.c.id < events.c.id,
    _EARLIER.c.handed_over >= _EARLIER.c.wanted,
    _EARLIER.c.attempts == 0,
)


def _limit_kind(kind: str, query: sa.Select[Any]) -> sa.Select[Any]:
    """Return the first rows of a query with their kind; the parameter named `kind` is the limit."""
    limited = query.limit(sa.bindparam(kind, type_=sa.Integer)).subquery()
    return sa.select(sa.literal(kind, literal_execute=True).label("kind"), *limited.c)


def _select_due_cards(
    kind: str, is_posted: sa.ColumnElement[bool], *order: sa.ColumnElement[Any]
) -> sa.Select[Any]:
    columns = (
        *(cards.c.id, cards.c.wanted, sa.null().label("file_id")),
        *(sa.false().label("led"), sa.false().label("of_many")),
    )
    due = sa.select(*columns).where(cards.c.handed_over < cards.c.wanted, is_posted)
    return _limit_kind(kind, due.order_by(*order))


# Each worker runs this several times a second, day and night: one statement, built once.
_DUE = sa.union_all(
    _select_due_cards(
        _REDRAWS, cards.c.message_id.is_not(None), cards.c.may_wait, cards.c.due_since, cards.c.id
    ),
    _select_due_cards(_POSTS, cards.c.message_id.is_(None), cards.c.id),
    _limit_kind(
        _EVENTS,
        sa.select(
            events.c.id, events.c.wanted, events.c.file_id, _HAS_EARLIER_JOB.label("led"), events.c.of_many
        )
        .where(events.c.state == EventState.RECEIVED, events.c.handed_over < events.c.wanted)
        .order_by(events.c.of_many, events.c.id),
    ),
)


def _select_count(
    kind: str, oldest: sa.ColumnElement[Any], *conditions: sa.ColumnElement[bool]
) -> sa.Select[str, int, datetime]:
    """Return the query for the kind, the count, and the time of the oldest."""
    label = sa.literal(kind, literal_execute=True).label("kind")
    return sa.select(label, sa.func.count().label("many"), oldest.label("oldest")).where(*conditions)


_BACKLOG = sa.union_all(
    _select_count(_EVENTS, sa.func.min(events.c.received_at), events.c.state == EventState.RECEIVED),
    _select_count(
        *(_CARDS, sa.func.min(cards.c.due_since)),
        *(cards.c.drawn < cards.c.wanted, cards.c.state != CardState.DEAD),
    ),
    # Dead rows may be very many: the index counts them, and has no times.
    _select_count(_DEAD_EVENTS, sa.null(), events.c.state == EventState.DEAD),
    _select_count(_DEAD_CARDS, sa.null(), cards.c.state == CardState.DEAD),
)


def find_due(engine: sa.Engine, free_slots: FreeSlots) -> DueWork:
    """Return the work not handed over yet, oldest first, as far as there are free slots.

    One job handles all pending events of a file, also those that arrive while it runs. So an event needs no
    job if an earlier one of the same file has been handed over and is still pending. The exception is an
    earlier one that failed, whose job may wait half an hour before its retry. Events without a job need no
    slot. Events that wait among many of one cause come last.
    """
    limits = {
        _REDRAWS: free_slots.redraws,
        _POSTS: free_slots.posts,
        _EVENTS: MAX_EVENTS if free_slots.events else 0,
    }
    rows_by_kind: dict[str, list[sa.Row[Any]]] = {kind: [] for kind in limits}
    with read_only(engine).connect() as connection:
        for row in connection.execute(_DUE, limits):
            rows_by_kind[row.kind].append(row)
    first_ids = {
        row.file_id: row.id for row in sorted(rows_by_kind[_EVENTS], key=lambda row: row.id, reverse=True)
    }
    pending = sorted(rows_by_kind[_EVENTS], key=lambda row: (row.of_many, row.id))
    to_process = (
        DueEvent(id=row.id, run=row.wanted, has_earlier_job=bool(row.led) or first_ids[row.file_id] != row.id)
        for row in pending
    )
    return DueWork(
        redraws=[(row.id, row.wanted) for row in rows_by_kind[_REDRAWS]],
        posts=[(row.id, row.wanted) for row in rows_by_kind[_POSTS]],
        events=list(_take_until_full(to_process, free_slots.events)),
    )


def _take_until_full(due_events: Iterable[DueEvent], free_slots: int) -> Iterator[DueEvent]:
    """Yield events until there is no slot for the next one that needs a job of its own."""
    for event in due_events:
        free_slots -= not event.has_earlier_job
        if free_slots < 0:
            return
        yield event


def mark_events_handed_over(engine: sa.Engine, runs: list[tuple[int, int]]) -> int:
    """Mark events as handed over; return how many, without those that others have locked or marked."""
    return _mark_handed_over(engine, events, runs)


def mark_cards_handed_over(engine: sa.Engine, runs: list[tuple[int, int]]) -> int:
    """Mark cards as handed over; return how many, without those that others have locked or marked."""
    return _mark_handed_over(engine, cards, runs)


def _mark_handed_over(engine: sa.Engine, table: sa.Table, runs: list[tuple[int, int]]) -> int:
    if not runs:
        return 0
    # Clicks, deliveries and jobs lock the same rows in other orders. So this waits for none of them: locked
    # rows are handed over once more.
    free_ids = sa.select(table.c.id).where(
        table.c.id == sa.bindparam("row"), table.c.handed_over < sa.bindparam("run")
    )
    update = sa.update(table).where(
        table.c.id.in_(free_ids.with_for_update(key_share=True, skip_locked=True))
    )
    with engine.begin() as connection:
        return connection.execute(
            update.values(handed_over=sa.bindparam("run")), [{"row": row, "run": run} for row, run in runs]
        ).rowcount


def request_event_rerun(engine: sa.Engine, event_id: int) -> bool:
    """Request another run for the pending events of an event's file; `False` if there are none."""
    file_id = sa.select(events.c.file_id).where(events.c.id == event_id).scalar_subquery()
    first_ids = sa.select(sa.func.min(events.c.id)).where(
        events.c.file_id == file_id, events.c.state == EventState.RECEIVED
    )
    update = sa.update(events).where(events.c.id == first_ids.scalar_subquery())
    with engine.begin() as connection:
        return connection.execute(update.values(wanted=events.c.wanted + 1)).rowcount == 1


def request_card_redraw(engine: sa.Engine, card_id: int, drawing: int, *, job: str) -> bool:
    """Request another drawing of a card whose drawing broke off; `False` if that was not the last one.

    `job` is the name under which the broken job had claimed the card: the claim is released.
    """
    release_claims(engine, job)
    unfinished = sa.and_(cards.c.drawn < cards.c.wanted, cards.c.state != CardState.DEAD)
    update = sa.update(cards).where(cards.c.id == card_id, cards.c.wanted == drawing, unfinished)
    with engine.begin() as connection:
        return connection.execute(update.values(wanted=cards.c.wanted + 1)).rowcount == 1


def release_claims(engine: sa.Engine, job: str) -> None:
    """Release the card that a job had claimed under a name that it will not use again."""
    update = sa.update(cards).where(cards.c.claimed_by == job).values(claimed_by=None)
    with engine.begin() as connection:
        connection.execute(update)


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
