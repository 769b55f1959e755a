"""Removal of expired events: first the data to recognize them is stored, then their rows go.

These are different steps. A receiver that looked for an event's keys before they were stored would not find
its row either, if that went in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.changes.classification import COMPARED_TRIGGERS
from reviews.intake.event_keys import condense_event
from reviews.kinds import EventState, SweepSource
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
"""So many events stay, however old: the last arrivals are queried, and SQLite reuses the number of a row that
was the last one.
"""
_SETTLED = (EventState.DONE, EventState.IGNORED)
_AMONG = sa.select(events).where(events.c.id.in_(sa.bindparam("ids", expanding=True))).order_by(events.c.id)


@dataclass(frozen=True, kw_only=True)
class CondensedEvents:
    """The events that a step condensed, and the number after which the next step goes on."""

    ids: Sequence[int]
    after: int | None


def condense_events(
    engine: sa.Engine, after: int, *, before: datetime, now: datetime, min_kept: int = MIN_KEPT_EVENTS
) -> CondensedEvents:
    """Condense some settled events that arrived before then, except the newest `min_kept`.

    An event that waits or is dead stays whole. So does one that this version can't read.
    """
    last = sa.select(sa.func.max(events.c.id)).scalar_subquery() - min_kept
    query = sa.select(events.c.id, events.c.state, *compare_age(events.c.received_at, before=before, now=now))
    query = query.where(events.c.id > after, events.c.id <= last).order_by(events.c.id).limit(BATCH_SIZE)
    with read_only(engine).connect() as connection:
        batch = connection.execute(query).all()
        expired = _load_events(connection, [row.id for row in batch if row.is_old and row.state in _SETTLED])
    recurring = [(stored, past) for stored, past in expired if not _is_of_answer(stored)]
    if recurring:
        with engine.begin() as connection:
            _save_condensed(connection, recurring)
    return CondensedEvents(
        ids=[stored.id for stored, _ in expired], after=batch[-1].id if has_more_old_rows(batch) else None
    )


def remove_events(engine: sa.Engine, ids: Sequence[int]) -> int:
    """Remove the rows of events that a step before has condensed; return how many went."""
    if not ids:
        return 0
    is_condensed = sa.exists().where(past_events.c.id == events.c.id)
    is_of_answer = events.c.said["found_in"].as_string() == SweepSource.ANSWER
    with engine.begin() as connection:
        return connection.execute(
            sa.delete(events).where(events.c.id.in_(ids), is_condensed | is_of_answer)
        ).rowcount


def _is_of_answer(stored: StoredEvent) -> bool:
    """Return whether an event is that of an answer, which never comes again: nothing of it is stored."""
    return stored.event.found_in is SweepSource.ANSWER


def _load_events(connection: sa.Connection, ids: Sequence[int]) -> list[tuple[StoredEvent, PastEvent]]:
    """Return the readable events, each with its condensed form; unreadable ones are found by halves."""
    try:
        stored_events = [
            rows.build_stored_event(row) for row in connection.execute(_AMONG, {"ids": ids}).mappings()
        ]
        return [(stored, condense_event(stored)) for stored in stored_events]
    except UNREADABLE_ERRORS:
        middle = len(ids) // 2
        return (
            [*_load_events(connection, ids[:middle]), *_load_events(connection, ids[middle:])]
            if middle
            else []
        )


def _save_condensed(connection: sa.Connection, expired: Sequence[tuple[StoredEvent, PastEvent]]) -> None:
    condensed = [vars(past) for _, past in expired]
    connection.execute(insert_into(connection, past_events).on_conflict_do_nothing(), condensed)
    insert = insert_into(connection, past_files)
    newest = {name: _choose_later(name, insert.excluded[name]) for name in ("compared_to", "reviewed_by")}
    upsert = insert.on_conflict_do_update(index_elements=["file_id"], set_=newest)
    # In one order, so that two processes that do the same can't deadlock.
    by_file = sorted(_summarize_files([stored for stored, _ in expired]).items())
    connection.execute(upsert, [{"file_id": file_id, **columns} for file_id, columns in by_file])


def _choose_later(name: str, new: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    before = past_files.c[name]
    return sa.case((sa.or_(before.is_(None), before < new), new), else_=before)


def _summarize_files(expired: Sequence[StoredEvent]) -> dict[str, dict[str, Any]]:
    """Return by file what later queries need of events: see `EventRepository.find_last_reviewed`."""
    files: dict[str, dict[str, Any]] = {}
    for stored in expired:
        newest = files.setdefault(stored.event.file_id, {"compared_to": None, "reviewed_by": None})
        at = stored.event.occurred_at if stored.event.trigger in COMPARED_TRIGGERS else None
        if at is not None and (newest["compared_to"] is None or newest["compared_to"] < at):
            newest["compared_to"] = at
        if stored.state is EventState.DONE:
            newest["reviewed_by"] = stored.id
    return files
