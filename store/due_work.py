"""Work that is due, in the rows of events, cards and comparisons: found, taken by one worker, and put off.

A row is due from its `due_at` on while something is left to do. A worker takes it by writing its name into
`claimed_by`, and no other worker takes it before that is empty again. What a dead worker had is released
(`store.claims`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from reviews.campaign import CampaignState
from store.clock import Utc
from store.engine import execute_alone
from store.schema import campaigns, cards, comparisons, events
from store.schema.states import DEAD_CARD, PENDING, WAITING

if TYPE_CHECKING:
    from collections.abc import Iterable


class DueKind(StrEnum):
    """A kind of due work. A card to redraw is already posted; a flood is many events of one cause."""

    REDRAWS = "redraws"
    POSTS = "posts"
    EVENTS = "events"
    FLOODS = "floods"
    COMPARISONS = "comparisons"


class Taken(NamedTuple):
    """An event or a comparison that was taken, and how many workers have died over it."""

    id: int
    deaths: int


class TakenCard(NamedTuple):
    """A card that was taken: where it is shown, whether it is posted, and the drawing that is due."""

    id: int
    deaths: int
    notifier: str
    target: str
    is_posted: bool
    drawing: int


SOON_SECONDS = 5
"""Work that is due later is not looked for."""
FOLLOWER_SECONDS = 30
"""How long an event that another one's job handles is passed over."""
MAX_FOLLOWERS = 500
"""How many of them one statement passes over."""

_NOW, _SOON, _UNTIL, _LIMIT, _OWNER = (
    sa.bindparam("now", type_=Utc),
    sa.bindparam("soon", type_=Utc),
    sa.bindparam("until", type_=Utc),
    sa.bindparam("most", type_=sa.Integer),
    sa.bindparam("owner", type_=sa.Text),
)

# The conditions are those of the indexes in `store.schema`.
_UNDRAWN = sa.and_(cards.c.drawn < cards.c.wanted, cards.c.state != DEAD_CARD, cards.c.claimed_by.is_(None))
_RECEIVED = sa.and_(events.c.state == PENDING, events.c.claimed_by.is_(None))
_CARD_CONDITIONS = {
    DueKind.REDRAWS: (_UNDRAWN, cards.c.message_id.is_not(None)),
    DueKind.POSTS: (_UNDRAWN, cards.c.message_id.is_(None)),
}
_EVENT_CONDITIONS = {
    DueKind.EVENTS: (_RECEIVED, events.c.of_many == sa.false()),
    DueKind.FLOODS: (_RECEIVED, events.c.of_many == sa.true()),
}
_UNCOMPARED = sa.and_(comparisons.c.state == WAITING, comparisons.c.claimed_by.is_(None))
_CARD_ORDER = {
    DueKind.REDRAWS: (cards.c.may_wait, cards.c.due_at, cards.c.id),
    DueKind.POSTS: (cards.c.due_at, cards.c.id),
}

# One job handles all pending events of a file, also those that arrive while it runs: the job of the first one
# that has not failed, or of any that runs. The job of one that failed may wait for half an hour.
_OTHER = events.alias("other")
_HAS_OTHER_JOB = sa.exists().where(
    _OTHER.c.file_id == events.c.file_id,
    _OTHER.c.state == PENDING,
    _OTHER.c.id != events.c.id,
    sa.or_(
        _OTHER.c.claimed_by.is_not(None),
        sa.and_(_OTHER.c.id < events.c.id, sa.or_(_OTHER.c.attempts == 0, _OTHER.c.due_at <= _NOW)),
    ),
)


def _select_first(
    kind: DueKind, due_at: sa.Column[datetime], *conditions: sa.ColumnElement[bool]
) -> sa.Select[Any]:
    """Return the query for when the first work of a kind is due."""
    soon = sa.select(due_at.label("due_at")).where(*conditions, due_at <= _SOON)
    first = soon.order_by(due_at).limit(1).subquery()
    return sa.select(sa.literal_column(f"'{kind}'").label("kind"), first.c.due_at)


# Each worker asks this several times a second, day and night: one statement, six entries of indexes.
_FIRST_DUE = sa.union_all(
    *(
        _select_first(DueKind.REDRAWS, cards.c.due_at, *_CARD_CONDITIONS[DueKind.REDRAWS], may_wait)
        for may_wait in (cards.c.may_wait == sa.false(), cards.c.may_wait == sa.true())
    ),
    _select_first(DueKind.POSTS, cards.c.due_at, *_CARD_CONDITIONS[DueKind.POSTS]),
    *(_select_first(kind, events.c.due_at, *conditions) for kind, conditions in _EVENT_CONDITIONS.items()),
    _select_first(DueKind.COMPARISONS, comparisons.c.due_at, _UNCOMPARED),
)


def _build_take(
    table: sa.Table,
    conditions: Iterable[sa.ColumnElement[bool]],
    order: Iterable[sa.ColumnElement[Any]],
    *columns: sa.ColumnElement[Any],
) -> Any:
    """Return the statement that takes due rows in their order; it waits for none that are locked.

    Clicks and deliveries lock the same rows in other orders. Only plain columns are read: a row that can't be
    read fails in its own job, and not here, where it would hide the others.
    """
    due = sa.select(table.c.id).where(*conditions, table.c.due_at <= _NOW).order_by(*order)
    due_ids = due.limit(_LIMIT).with_for_update(key_share=True, skip_locked=True).cte("due")
    update = sa.update(table).where(table.c.id.in_(sa.select(due_ids.c.id)))
    return update.values(claimed_by=_OWNER).returning(table.c.id, table.c.deaths, *columns)


_TAKE_CARDS = {
    kind: _build_take(
        *(cards, conditions, _CARD_ORDER[kind]),
        *(cards.c.notifier, cards.c.target, cards.c.message_id.is_not(None).label("is_posted")),
        cards.c.wanted.label("drawing"),
    )
    for kind, conditions in _CARD_CONDITIONS.items()
}
_TAKE_EVENTS = {
    kind: _build_take(events, (*conditions, ~_HAS_OTHER_JOB), (events.c.due_at, events.c.id))
    for kind, conditions in _EVENT_CONDITIONS.items()
}


_TAKE_COMPARISONS = _build_take(comparisons, [_UNCOMPARED], (comparisons.c.due_at, comparisons.c.id))


def _build_pass_over(conditions: Iterable[sa.ColumnElement[bool]]) -> sa.Update:
    followers = (
        sa.select(events.c.id)
        .where(*conditions, events.c.due_at <= _NOW, _HAS_OTHER_JOB)
        .order_by(events.c.due_at, events.c.id)
        .limit(MAX_FOLLOWERS)
        .with_for_update(key_share=True, skip_locked=True)
        .cte("followers")
    )
    return (
        sa.update(events)
        .where(events.c.id.in_(sa.select(followers.c.id)))
        .values(due_at=_UNTIL)
        .returning(events.c.id)
    )


_PASS_OVER = {kind: _build_pass_over(conditions) for kind, conditions in _EVENT_CONDITIONS.items()}


def find_first_due(engine: sa.Engine, *, now: datetime) -> dict[DueKind, datetime]:
    """Return when the first work of each kind is due, of those kinds that have some within seconds."""
    first: dict[DueKind, datetime] = {}
    soon = now + timedelta(seconds=SOON_SECONDS)
    for row in execute_alone(engine, _FIRST_DUE, {"soon": soon}, reading=True):
        kind = DueKind(row.kind)
        first[kind] = min(row.due_at, first.get(kind, row.due_at))
    return first


def take_cards(engine: sa.Engine, kind: DueKind, *, owner: str, now: datetime, most: int) -> list[TakenCard]:
    """Take due cards of one kind for `owner`, at most so many; those that a person waits for come first."""
    parameters = {"owner": owner, "now": now, "most": most}
    taken = execute_alone(engine, _TAKE_CARDS[kind], parameters)
    return sorted(TakenCard(*row) for row in taken)


def take_events(engine: sa.Engine, kind: DueKind, *, owner: str, now: datetime, most: int) -> list[Taken]:
    """Take due events of one kind for `owner`, at most so many, but none that another event's job handles."""
    parameters = {"owner": owner, "now": now, "most": most}
    taken = execute_alone(engine, _TAKE_EVENTS[kind], parameters)
    return sorted(Taken(*row) for row in taken)


def take_comparisons(engine: sa.Engine, *, owner: str, now: datetime, most: int) -> list[Taken]:
    """Take due comparisons for `owner`, at most so many."""
    taken = execute_alone(engine, _TAKE_COMPARISONS, {"owner": owner, "now": now, "most": most})
    return sorted(Taken(*row) for row in taken)


def pass_over_followers(engine: sa.Engine, kind: DueKind, *, now: datetime) -> int:
    """Pass over due events that another event's job handles, for a while; return how many.

    They are looked at again after that, in case the job was lost.
    """
    until = now + timedelta(seconds=FOLLOWER_SECONDS)
    return len(execute_alone(engine, _PASS_OVER[kind], {"now": now, "until": until}))


def request_event_rerun(engine: sa.Engine, event_id: int, *, now: datetime) -> bool:
    """Make the pending events of an event's file due now; `False` if there are none."""
    file_id = sa.select(events.c.file_id).where(events.c.id == event_id).scalar_subquery()
    first_ids = sa.select(sa.func.min(events.c.id)).where(
        events.c.file_id == file_id, events.c.state == PENDING
    )
    update = sa.update(events).where(events.c.id == first_ids.scalar_subquery())
    with engine.begin() as connection:
        return connection.execute(update.values(due_at=now)).rowcount == 1


def correct_due_times(engine: sa.Engine, *, now: datetime, beyond: timedelta) -> int:
    """Make work due now that is due later than `beyond` from now; return how much that is.

    A clock that was ahead has written such a time. What really waits for so long is put off again.
    """
    count = 0
    for table, free in ((events, _RECEIVED), (cards, _UNDRAWN), (comparisons, _UNCOMPARED)):
        late = sa.select(table.c.id).where(free, table.c.due_at > now + beyond)
        late_ids = late.with_for_update(key_share=True, skip_locked=True).cte("late")
        update = sa.update(table).where(table.c.id.in_(sa.select(late_ids.c.id))).values(due_at=now)
        with engine.begin() as connection:
            count += len(connection.execute(update.returning(table.c.id)).all())
    return count + _correct_campaigns(engine, now=now, beyond=beyond)


def _correct_campaigns(engine: sa.Engine, *, now: datetime, beyond: timedelta) -> int:
    """Do so for campaigns that begin or have ended; a running one waits for its deadline."""
    is_late = sa.and_(campaigns.c.state != CampaignState.RUNNING, campaigns.c.next_at > now + beyond)
    with engine.begin() as connection:
        return connection.execute(sa.update(campaigns).where(is_late).values(next_at=now)).rowcount
