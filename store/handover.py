"""What the engine has not been told of yet: received events and cards that are due.

Marked as handed over only after the engine has written it down, so that a crash in between hands over twice
and never not at all; the engine starts the same name once, also where two workers hand it over at a time. A
worker takes only what it has room for; the rest stays here, for whichever has.
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
    """An event to hand over: its run (the first one, or a replay), and whether another job does its work."""

    id: int
    run: int
    led: bool


@dataclass(frozen=True, kw_only=True)
class DueWork:
    """What is to be handed over: cards as (id, wanted drawing), and events. A redrawn card stands already."""

    redraws: list[tuple[int, int]]
    posts: list[tuple[int, int]]
    events: list[DueEvent]


MAX_EVENTS = 50
"""How many events are looked at, of which most may need no job of their own."""

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


def _of_kind(kind: str, query: sa.Select[Any]) -> sa.Select[Any]:
    """Return the first rows of a query, as many as the parameter of this name says, with their kind."""
    some = query.limit(sa.bindparam(kind, type_=sa.Integer)).subquery()
    return sa.select(sa.literal(kind, literal_execute=True).label("kind"), *some.c)


def _cards_due(kind: str, stands: sa.ColumnElement[bool], *order: sa.ColumnElement[Any]) -> sa.Select[Any]:
    columns = (
        *(cards.c.id, cards.c.wanted, sa.null().label("file_id")),
        *(sa.false().label("led"), sa.false().label("of_many")),
    )
    due = sa.select(*columns).where(cards.c.handed_over < cards.c.wanted, stands)
    return _of_kind(kind, due.order_by(*order))


# Each worker asks this several times a second, day and night: one statement, which is built once.
_DUE = sa.union_all(
    _cards_due(_REDRAWS, cards.c.message_id.is_not(None), cards.c.may_wait, cards.c.due_since, cards.c.id),
    _cards_due(_POSTS, cards.c.message_id.is_(None), cards.c.id),
    _of_kind(
        _EVENTS,
        sa.select(
            events.c.id, events.c.wanted, events.c.file_id, _HAS_EARLIER_JOB.label("led"), events.c.of_many
        )
        .where(events.c.state == EventState.RECEIVED, events.c.handed_over < events.c.wanted)
        .order_by(events.c.of_many, events.c.id),
    ),
)


def _count_of_kind(
    kind: str, oldest: sa.ColumnElement[Any], *conditions: sa.ColumnElement[bool]
) -> sa.Select[str, int, datetime]:
    """Return the query for their kind, how many there are, and since when the oldest is there."""
    label = sa.literal(kind, literal_execute=True).label("kind")
    return sa.select(label, sa.func.count().label("many"), oldest.label("oldest")).where(*conditions)


_BACKLOG = sa.union_all(
    _count_of_kind(_EVENTS, sa.func.min(events.c.received_at), events.c.state == EventState.RECEIVED),
    _count_of_kind(
        *(_CARDS, sa.func.min(cards.c.due_since)),
        *(cards.c.drawn < cards.c.wanted, cards.c.state != CardState.DEAD),
    ),
    # What was given up may be very much: the index counts it, and says nothing of times.
    _count_of_kind(_DEAD_EVENTS, sa.null(), events.c.state == EventState.DEAD),
    _count_of_kind(_DEAD_CARDS, sa.null(), cards.c.state == CardState.DEAD),
)


def find_due(engine: sa.Engine, room: FreeSlots) -> DueWork:
    """Return what the engine has not been told of, as far as there is room, what came first before the rest.

    One job handles all that is pending of a file, also what arrives while it runs. So an event needs none of
    its own where an earlier one of the same file has been handed over and is still pending; unless that one
    has failed, and its job may wait for half an hour before it tries again. Those need no room. What waits
    among many of one cause comes last.
    """
    most = {_REDRAWS: room.redraws, _POSTS: room.posts, _EVENTS: MAX_EVENTS if room.events else 0}
    found: dict[str, list[sa.Row[Any]]] = {kind: [] for kind in most}
    with read_only(engine).connect() as connection:
        for row in connection.execute(_DUE, most):
            found[row.kind].append(row)
    first = {row.file_id: row.id for row in sorted(found[_EVENTS], key=lambda row: row.id, reverse=True)}
    pending = sorted(found[_EVENTS], key=lambda row: (row.of_many, row.id))
    to_process = (
        DueEvent(id=row.id, run=row.wanted, led=bool(row.led) or first[row.file_id] != row.id)
        for row in pending
    )
    return DueWork(
        redraws=[(row.id, row.wanted) for row in found[_REDRAWS]],
        posts=[(row.id, row.wanted) for row in found[_POSTS]],
        events=list(_up_to(to_process, room.events)),
    )


def _up_to(found: Iterable[DueEvent], room: int) -> Iterator[DueEvent]:
    """Yield events until there is no room for the next one that needs a job of its own."""
    for event in found:
        room -= not event.led
        if room < 0:
            return
        yield event


def mark_events_handed_over(engine: sa.Engine, handed: list[tuple[int, int]]) -> int:
    """Mark events as handed over; return how many were, without those that others hold or have marked."""
    return _mark_handed_over(engine, events, handed)


def mark_cards_handed_over(engine: sa.Engine, handed: list[tuple[int, int]]) -> int:
    """Mark cards as handed over; return how many were, without those that others hold or have marked."""
    return _mark_handed_over(engine, cards, handed)


def _mark_handed_over(engine: sa.Engine, table: sa.Table, handed: list[tuple[int, int]]) -> int:
    if not handed:
        return 0
    # Clicks, deliveries and jobs lock the same rows in orders of their own. So this waits for none of them:
    # what they hold is handed over once more.
    free = sa.select(table.c.id).where(
        table.c.id == sa.bindparam("row"), table.c.handed_over < sa.bindparam("run")
    )
    update = sa.update(table).where(table.c.id.in_(free.with_for_update(key_share=True, skip_locked=True)))
    with engine.begin() as connection:
        return connection.execute(
            update.values(handed_over=sa.bindparam("run")), [{"row": row, "run": run} for row, run in handed]
        ).rowcount


def request_event_rerun(engine: sa.Engine, event_id: int) -> bool:
    """Ask for another run of what is pending of an event's file; `False` if nothing is."""
    file_id = sa.select(events.c.file_id).where(events.c.id == event_id).scalar_subquery()
    first = sa.select(sa.func.min(events.c.id)).where(
        events.c.file_id == file_id, events.c.state == EventState.RECEIVED
    )
    update = sa.update(events).where(events.c.id == first.scalar_subquery())
    with engine.begin() as connection:
        return connection.execute(update.values(wanted=events.c.wanted + 1)).rowcount == 1


def request_card_redraw(engine: sa.Engine, card_id: int, drawing: int, *, owner: str) -> bool:
    """Ask for another drawing of a card whose drawing broke off; `False` where that was not the last one.

    `owner` is the name under which the job that broke off had claimed the card: it lets go of it.
    """
    release_claims(engine, owner)
    unfinished = sa.and_(cards.c.drawn < cards.c.wanted, cards.c.state != CardState.DEAD)
    update = sa.update(cards).where(cards.c.id == card_id, cards.c.wanted == drawing, unfinished)
    with engine.begin() as connection:
        return connection.execute(update.values(wanted=cards.c.wanted + 1)).rowcount == 1


def release_claims(engine: sa.Engine, owner: str) -> None:
    """Free the card that a job had claimed and will not come back for under that name."""
    update = sa.update(cards).where(cards.c.claimed_by == owner).values(claimed_by=None)
    with engine.begin() as connection:
        connection.execute(update)


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """What has been accepted and is not done, since when the oldest of it waits, and what was given up."""

    events: int
    cards: int
    oldest_event: datetime | None
    oldest_card: datetime | None
    dead_events: int
    dead_cards: int


def find_backlog(connection: sa.Connection) -> Backlog:
    found = {row.kind: row for row in connection.execute(_BACKLOG)}
    return Backlog(
        events=found[_EVENTS].many,
        cards=found[_CARDS].many,
        oldest_event=found[_EVENTS].oldest,
        oldest_card=found[_CARDS].oldest,
        dead_events=found[_DEAD_EVENTS].many,
        dead_cards=found[_DEAD_CARDS].many,
    )
