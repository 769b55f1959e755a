"""The rows of the timestamps on checkpoints, and of asking for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from store.engine import insert_into, read_only
from store.round_claims import RoundClaim
from store.schema import timestamp_round, timestamps

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

_TIMESTAMPS_AT_ONCE = 50
"""Each may have 64 KiB."""
ROUND = RoundClaim(timestamp_round)
_TIMESTAMPS = sa.select(*(timestamps.c[name] for name in ("day", "size", "note", "response", "time", "at")))
_ATTEMPT = sa.select(*(timestamp_round.c[name] for name in ("asked_at", "failure", "failing_since")))


@dataclass(frozen=True, kw_only=True)
class StoredTimestamp:
    """The checkpoint that was timestamped on a day (UTC), with the whole answer of the authority in DER.

    `time` is what the answer states, and `at` when it came by our clock.
    """

    day: date
    size: int
    note: str
    response: bytes
    time: datetime
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """When the authority was asked last, and since when and why it gives no answer that counts."""

    asked_at: datetime | None
    failure: str | None
    failing_since: datetime | None


def find_timestamp(engine: sa.Engine, day: date) -> StoredTimestamp | None:
    """Return the timestamp of a day."""
    return _find_first(engine, _TIMESTAMPS.where(timestamps.c.day == day))


def find_last_timestamp(engine: sa.Engine, *, until: date) -> StoredTimestamp | None:
    """Return the last timestamp up to a day. One of a later day is by a clock that was ahead."""
    return _find_first(engine, _TIMESTAMPS.where(timestamps.c.day <= until))


def iterate_timestamps(engine: sa.Engine, *, since: date, until: date) -> Iterator[StoredTimestamp]:
    """Yield the timestamps of the days from `since` to `until`, and the first one after those."""
    query = _TIMESTAMPS.order_by(timestamps.c.day).limit(_TIMESTAMPS_AT_ONCE)
    last, remaining = since, timestamps.c.day >= since
    while last <= until:
        with read_only(engine).connect() as connection:
            page = connection.execute(query.where(remaining)).mappings().all()
        for row in page:
            if last <= until:
                yield StoredTimestamp(**row)
            last = row["day"]
        if len(page) < _TIMESTAMPS_AT_ONCE:
            return
        remaining = timestamps.c.day > last


def _find_first(engine: sa.Engine, query: sa.Select[Any]) -> StoredTimestamp | None:
    with read_only(engine).connect() as connection:
        row = connection.execute(query.order_by(timestamps.c.day.desc()).limit(1)).mappings().first()
    return StoredTimestamp(**row) if row else None


def read_attempt(engine: sa.Engine) -> Attempt:
    """Return what became of asking the authority."""
    with read_only(engine).connect() as connection:
        row = connection.execute(_ATTEMPT).mappings().first()
    return Attempt(**row) if row else Attempt(asked_at=None, failure=None, failing_since=None)


def record_timestamp(engine: sa.Engine, timestamp: StoredTimestamp) -> None:
    """Store the timestamp of its day, unless there is one; that ends failures.

    The round has to be claimed.
    """
    ended = {"asked_at": timestamp.at, "failure": None, "failing_since": None}
    with engine.begin() as connection:
        insert = insert_into(connection, timestamps).values(**vars(timestamp))
        connection.execute(insert.on_conflict_do_nothing())
        connection.execute(sa.update(timestamp_round).values(ended))


def record_failure(engine: sa.Engine, reason: str, at: datetime) -> None:
    """Store why the authority gave no answer that counts, and since when. The round has to be claimed."""
    column = timestamp_round.c.failing_since
    since = sa.func.coalesce(column, sa.literal(at, column.type))
    with engine.begin() as connection:
        update = sa.update(timestamp_round).values(asked_at=at, failure=reason, failing_since=since)
        connection.execute(update)
