"""Events whose time is over: what is needed to recognize them is kept, then their rows go.

The two are done by different steps. A receiver that looked for the keys of an event before they were kept
would not find its row either, if that went in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.changes.classification import COMPARED_TRIGGERS
from reviews.intake.event_keys import condense_event
from reviews.kinds import EventState
from store import rows
from store.engine import insert_into, read_only
from store.retention import BATCH_SIZE, compare_age, has_more_old_rows
from store.rows import UNREADABLE_ERRORS
from store.schema import events, past_events, past_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviews.model import StoredEvent
    from reviews.ports.past_events import PastEvent

MIN_KEPT_EVENTS = 1000
"""So many events stay however old they are: what arrived last is asked for, and SQLite gives the number of a
row out again where it was the last one."""
_SETTLED = (EventState.DONE, EventState.IGNORED)
_AMONG = sa.select(events).where(events.c.id.in_(sa.bindparam("ids", expanding=True))).order_by(events.c.id)


@dataclass(frozen=True, kw_only=True)
class CondensedEvents:
    """Of which events a step kept what is needed, and the number after which the next one goes on."""

    ids: Sequence[int]
    after: int | None


def condense_events(
    engine: sa.Engine, after: int, *, before: datetime, now: datetime, newest: int = MIN_KEPT_EVENTS
) -> CondensedEvents:
    """Keep what is needed of some settled events that arrived before then, but for the `newest`.

    An event that waits or was given up stays whole. So does one that this version can't read.
    """
    last = sa.select(sa.func.max(events.c.id)).scalar_subquery() - newest
    query = sa.select(events.c.id, events.c.state, *compare_age(events.c.received_at, before=before, now=now))
    query = query.where(events.c.id > after, events.c.id <= last).order_by(events.c.id).limit(BATCH_SIZE)
    with read_only(engine).connect() as connection:
        found = connection.execute(query).all()
        over = _read(connection, [row.id for row in found if row.is_old and row.state in _SETTLED])
    if over:
        with engine.begin() as connection:
            _keep(connection, over)
    return CondensedEvents(
        ids=[stored.id for stored, _ in over], after=found[-1].id if has_more_old_rows(found) else None
    )


def remove_events(engine: sa.Engine, ids: Sequence[int]) -> int:
    """Remove the rows of events of which a step before has kept what is needed; return how many went."""
    if not ids:
        return 0
    kept = sa.exists().where(past_events.c.id == events.c.id)
    with engine.begin() as connection:
        return connection.execute(sa.delete(events).where(events.c.id.in_(ids), kept)).rowcount


def _read(connection: sa.Connection, ids: Sequence[int]) -> list[tuple[StoredEvent, PastEvent]]:
    """Return the events that this version can read, with what is kept of each; others are found by halves."""
    try:
        found = [rows.build_stored_event(row) for row in connection.execute(_AMONG, {"ids": ids}).mappings()]
        return [(stored, condense_event(stored)) for stored in found]
    except UNREADABLE_ERRORS:
        middle = len(ids) // 2
        return [*_read(connection, ids[:middle]), *_read(connection, ids[middle:])] if middle else []


def _keep(connection: sa.Connection, over: Sequence[tuple[StoredEvent, PastEvent]]) -> None:
    condensed = [vars(past) for _, past in over]
    connection.execute(insert_into(connection, past_events).on_conflict_do_nothing(), condensed)
    insert = insert_into(connection, past_files)
    newest = {name: _choose_later(name, insert.excluded[name]) for name in ("compared_to", "reviewed_by")}
    upsert = insert.on_conflict_do_update(index_elements=["file_id"], set_=newest)
    # In one order, so that two processes that do the same can't wait for each other in a circle.
    by_file = sorted(_sum_up([stored for stored, _ in over]).items())
    connection.execute(upsert, [{"file_id": file_id, **known} for file_id, known in by_file])


def _choose_later(name: str, new: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    before = past_files.c[name]
    return sa.case((sa.or_(before.is_(None), before < new), new), else_=before)


def _sum_up(over: Sequence[StoredEvent]) -> dict[str, dict[str, Any]]:
    """Return by file what later queries ask of events: see `EventRepository.find_last_reviewed`."""
    files: dict[str, dict[str, Any]] = {}
    for stored in over:
        known = files.setdefault(stored.event.file_id, {"compared_to": None, "reviewed_by": None})
        at = stored.event.occurred_at if stored.event.trigger in COMPARED_TRIGGERS else None
        if at is not None and (known["compared_to"] is None or known["compared_to"] < at):
            known["compared_to"] = at
        if stored.state is EventState.DONE:
            known["reviewed_by"] = stored.id
    return files
