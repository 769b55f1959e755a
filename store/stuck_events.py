"""Events that were handed over to the engine long ago and are still received."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from reviews.kinds import EventState
from store.clock import read_database_time
from store.engine import MAX_PARAMETERS, read_only
from store.schema import events

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

STUCK_AFTER = timedelta(minutes=15)
"""How long an event stays received before a check whether a job works on it."""
PAGE_SIZE = 500  # events

_RECEIVED = events.c.state == EventState.RECEIVED
_WAITING = (
    sa.select(events.c.id, events.c.file_id, events.c.wanted, events.c.handed_over, events.c.received_at)
    .where(_RECEIVED, events.c.file_id > sa.bindparam("after"))
    .order_by(events.c.file_id, events.c.id)
    .limit(PAGE_SIZE)
)


class HandedOverEvent(NamedTuple):
    """The first waiting event of a file, and which of its runs was handed over."""

    id: int
    file_id: str
    run: int


def find_handed_over(engine: sa.Engine, *, after: str) -> tuple[list[HandedOverEvent], str]:
    """Return events handed over long ago, of the files after `after`, and where to continue.

    One job handles all waiting events of a file, so its first event stands for it. The place to continue is
    empty after the last file.
    """
    with read_only(engine).connect() as connection:
        long_ago = read_database_time(connection) - STUCK_AFTER
        rows = connection.execute(_WAITING, {"after": after}).all()
    firsts = [next(of_file) for _, of_file in groupby(rows, key=lambda row: row.file_id)]
    handed_over = [
        HandedOverEvent(row.id, row.file_id, row.wanted)
        for row in firsts
        if row.handed_over >= row.wanted and row.received_at < long_ago
    ]
    return handed_over, rows[-1].file_id if len(rows) == PAGE_SIZE else ""


def find_files(engine: sa.Engine, event_ids: Collection[int]) -> set[str]:
    """Return the files of these events."""
    ids, files = sorted(event_ids), set[str]()
    with read_only(engine).connect() as connection:
        for start in range(0, len(ids), MAX_PARAMETERS):
            query = sa.select(events.c.file_id).where(events.c.id.in_(ids[start : start + MAX_PARAMETERS]))
            files.update(connection.execute(query).scalars())
    return files


def hand_over_again(engine: sa.Engine, stuck: Iterable[HandedOverEvent]) -> list[int]:
    """Request another run of these events; return those not settled or run again meanwhile."""
    requested_ids = []
    with engine.begin() as connection:
        for each in sorted(stuck):
            conditions = (events.c.id == each.id, events.c.wanted == each.run, _RECEIVED)
            update = sa.update(events).where(*conditions, events.c.handed_over >= each.run)
            if connection.execute(update.values(wanted=each.run + 1)).rowcount == 1:
                requested_ids.append(each.id)
    return requested_ids
