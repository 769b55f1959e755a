"""The rows of the ledger's tree, its checkpoints, and why none can be made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.evidence.tiles import TileId
from store import chain
from store.engine import build_by_dialect, is_undecodable, read_only
from store.schema import (
    checkpoint_fault,
    daily_checkpoints,
    last_checkpoint,
    ledger_tiles,
    ledger_verifier_keys,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date

MAX_TILES_AT_ONCE = 200  # tiles of one query
MAX_DAYS_AT_ONCE = 200  # checkpoints of one query

# What SQLite holds is taken as it is: of a number in a column of bytes, so many zeros would be made.
_HASHES = sa.type_coerce(ledger_tiles.c.hashes, sa.types.NULLTYPE).label("hashes")
_TILES = sa.select(ledger_tiles.c.level, ledger_tiles.c.number, _HASHES)
_PUT_FIRST = build_by_dialect(last_checkpoint, lambda insert: insert.on_conflict_do_nothing())
_REPLACE = sa.update(last_checkpoint).where(last_checkpoint.c.number == sa.bindparam("number_before"))
_PUT_DAILY = build_by_dialect(
    daily_checkpoints,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["day"], set_={name: insert.excluded[name] for name in ("size", "note", "at")}
    ),
)
# What SQLite holds is taken as it is, and looked at.
_RAW = (last_checkpoint.c.number, last_checkpoint.c.size, last_checkpoint.c.note)
_LAST = sa.select(
    *(sa.type_coerce(column, sa.types.NULLTYPE).label(column.name) for column in _RAW), last_checkpoint.c.at
)
_PUT_TILE = build_by_dialect(
    ledger_tiles,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["level", "number"], set_={"hashes": insert.excluded.hashes}
    ),
)
_FAULT = sa.select(checkpoint_fault.c.entry, checkpoint_fault.c.reason, checkpoint_fault.c.seen_at)
_PUT_FAULT = build_by_dialect(
    checkpoint_fault,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["only"],
        set_={name: insert.excluded[name] for name in ("entry", "reason", "seen_at")},
    ),
)


@dataclass(frozen=True, kw_only=True)
class StoredCheckpoint:
    """A checkpoint: its place among all of them, the number of entries that it covers, and its text.

    `note` is a signed note, or without a key its text alone.
    """

    number: int
    size: int
    note: str
    at: datetime

    @property
    def is_readable(self) -> bool:
        """Whether the row holds what was written there."""
        return self.number > 0

    @property
    def is_signed(self) -> bool:
        """Whether there is the empty line before signatures; what they are worth is another question."""
        return "\n\n" in self.note


@dataclass(frozen=True, kw_only=True)
class DailyCheckpoint:
    """The last checkpoint of a day in UTC."""

    day: date
    note: str


_UNREADABLE_ERRORS = (ValueError, TypeError, sa.exc.OperationalError)
"""SQLite stores any value in any column: one that is no time, or no text in UTF-8."""
_LONG_AGO = datetime.fromtimestamp(0, UTC)
_UNREADABLE = StoredCheckpoint(number=0, size=0, note="", at=_LONG_AGO)


@dataclass(frozen=True, kw_only=True)
class UsedKey:
    """A verifier key that has signed checkpoints, an entry after which it began, and when it first signed."""

    key: str
    since: int
    at: datetime
    mac: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class CheckpointFault:
    """Why no checkpoint covers the entries from `entry` on, and when that was seen last."""

    entry: int
    reason: str
    seen_at: datetime


def read_last_checkpoint(engine: sa.Engine) -> StoredCheckpoint | None:
    """Return the checkpoint that was made last; an unreadable row is one without a number and a text."""
    with read_only(engine).connect() as connection:
        return _find_last(connection)


def read_last_with_fault(engine: sa.Engine) -> tuple[StoredCheckpoint | None, CheckpointFault | None]:
    """Return the checkpoint that was made last, and why there is no later one."""
    with read_only(engine).connect() as connection:
        return _find_last(connection), find_fault(connection)


def find_daily_note(engine: sa.Engine, day: date) -> str | None:
    """Return the last checkpoint of a day in UTC."""
    query = sa.select(daily_checkpoints.c.note).where(daily_checkpoints.c.day == day)
    with read_only(engine).connect() as connection:
        return connection.execute(query).scalar_one_or_none()


def find_last_daily(engine: sa.Engine, *, since: date, before: date) -> DailyCheckpoint | None:
    """Return the last checkpoint of the last day that has one, of the days from `since` on."""
    columns = daily_checkpoints.c
    query = sa.select(columns.day, columns.note).where(columns.day >= since, columns.day < before)
    with read_only(engine).connect() as connection:
        row = connection.execute(query.order_by(columns.day.desc()).limit(1)).mappings().first()
    return DailyCheckpoint(**row) if row else None


def iterate_daily(engine: sa.Engine, *, since: date, until: date) -> Iterator[DailyCheckpoint]:
    """Yield the last checkpoint of each day from `since` to `until` that has one."""
    columns = daily_checkpoints.c
    query = sa.select(columns.day, columns.note).where(columns.day <= until)
    query, remaining = query.order_by(columns.day).limit(MAX_DAYS_AT_ONCE), columns.day >= since
    while True:
        with read_only(engine).connect() as connection:
            page = connection.execute(query.where(remaining)).mappings().all()
        yield from (DailyCheckpoint(**row) for row in page)
        if len(page) < MAX_DAYS_AT_ONCE:
            return
        remaining = columns.day > page[-1]["day"]


def read_tiles(engine: sa.Engine, ids: Collection[TileId]) -> dict[TileId, bytes]:
    """Return the tiles with these ids, without those that are not there; so many at a time."""
    all_ids, tiles = list(ids), dict[TileId, bytes]()
    for start in range(0, len(all_ids), MAX_TILES_AT_ONCE):
        some = all_ids[start : start + MAX_TILES_AT_ONCE]
        query = _TILES.where(sa.tuple_(ledger_tiles.c.level, ledger_tiles.c.number).in_(some))
        with read_only(engine).connect() as connection:
            tiles.update(_build_tiles(connection.execute(query).all()))
    return tiles


def iterate_tiles(engine: sa.Engine, level: int) -> Iterator[tuple[TileId, bytes]]:
    """Yield all tiles of a level, in their order, page by page."""
    query = _TILES.where(ledger_tiles.c.level == level)
    query = query.order_by(ledger_tiles.c.number).limit(MAX_TILES_AT_ONCE)
    after = -1
    while True:
        with read_only(engine).connect() as connection:
            page = dict(_build_tiles(connection.execute(query.where(ledger_tiles.c.number > after)).all()))
        yield from page.items()
        if len(page) < MAX_TILES_AT_ONCE:
            return
        after = max(page).number


def write_tiles(engine: sa.Engine, tiles: Mapping[TileId, bytes]) -> None:
    """Write rows of the tree in the place of those that are there."""
    with engine.begin() as connection:
        _put_tiles(connection, tiles)


def drop_unreadable(engine: sa.Engine) -> None:
    """Delete the row of the last checkpoint, which holds what was never written there."""
    with engine.begin() as connection:
        connection.execute(sa.delete(last_checkpoint))


def add_checkpoint(engine: sa.Engine, checkpoint: StoredCheckpoint, tiles: Mapping[TileId, bytes]) -> bool:
    """Store the checkpoint after the one with the number before, with the tiles that changed.

    Return `False` and store nothing where another process was first.
    """
    with engine.begin() as connection:
        if not _replace_last(connection, checkpoint):
            return False
        _put_tiles(connection, tiles)
        dialect = connection.dialect.name
        daily = {"size": checkpoint.size, "note": checkpoint.note, "at": checkpoint.at}
        connection.execute(_PUT_DAILY[dialect], {"day": checkpoint.at.astimezone(UTC).date(), **daily})
    return True


def _put_tiles(connection: sa.Connection, tiles: Mapping[TileId, bytes]) -> None:
    rows = [{"level": id_.level, "number": id_.number, "hashes": hashes} for id_, hashes in tiles.items()]
    if rows:
        connection.execute(_PUT_TILE[connection.dialect.name], rows)


def _find_last(connection: sa.Connection) -> StoredCheckpoint | None:
    try:
        row = connection.execute(_LAST).mappings().first()
    except _UNREADABLE_ERRORS as error:
        _require_unreadable(error)
        return _UNREADABLE
    if row is None:
        return None
    are_numbers = _is_count(row["number"]) and _is_count(row["size"])
    return StoredCheckpoint(**row) if are_numbers and isinstance(row["note"], str) else _UNREADABLE


def _require_unreadable(error: Exception) -> None:
    """Raise the error again unless it is about a value that was never written there."""
    if isinstance(error, sa.exc.OperationalError) and not is_undecodable(error):
        raise error


def _is_count(value: object) -> bool:
    return type(value) is int and 0 < value < chain.MAX_ENTRY_NUMBER


def _replace_last(connection: sa.Connection, checkpoint: StoredCheckpoint) -> bool:
    """Put a checkpoint in the place of the one before; others wait for the row until the transaction ends."""
    if checkpoint.number == 1:
        insert = _PUT_FIRST[connection.dialect.name].returning(last_checkpoint.c.number)
        return connection.execute(insert, {"only": 1, **vars(checkpoint)}).scalar_one_or_none() is not None
    values = {"number_before": checkpoint.number - 1, **vars(checkpoint)}
    return connection.execute(_REPLACE, values).rowcount == 1


def replace_used_keys(engine: sa.Engine, used_keys: Sequence[UsedKey]) -> None:
    """Write these keys, in the place of all that are there."""
    with engine.begin() as connection:
        connection.execute(sa.delete(ledger_verifier_keys))
        connection.execute(sa.insert(ledger_verifier_keys), [vars(each) for each in used_keys])


def list_used_keys(engine: sa.Engine) -> list[UsedKey]:
    """Return the keys that are said to have signed checkpoints, the newest first; their MACs prove it."""
    columns = ledger_verifier_keys.c
    query = sa.select(ledger_verifier_keys).order_by(columns.at.desc(), columns.key, columns.since)
    try:
        with read_only(engine).connect() as connection:
            return [UsedKey(**row) for row in connection.execute(query).mappings()]
    except _UNREADABLE_ERRORS as error:  # then none of them is proven
        _require_unreadable(error)
        return []


def read_fault(engine: sa.Engine) -> CheckpointFault | None:
    """Return why entries are not covered; `None` if there is no reason."""
    with read_only(engine).connect() as connection:
        return find_fault(connection)


def find_fault(connection: sa.Connection) -> CheckpointFault | None:
    """Return the same within a transaction; a row that can't be read is a fault too."""
    try:
        row = connection.execute(_FAULT).mappings().first()
    except _UNREADABLE_ERRORS as error:
        _require_unreadable(error)
        row = None
        unreadable = True
    else:
        unreadable = row is not None and not (_is_count(row["entry"]) and isinstance(row["reason"], str))
    if unreadable:
        return CheckpointFault(entry=1, reason="why, can't be read any more", seen_at=_LONG_AGO)
    return CheckpointFault(**row) if row else None


def write_fault(engine: sa.Engine, fault: CheckpointFault | None) -> None:
    """Store why entries are not covered, or that there is no such reason any more."""
    with engine.begin() as connection:
        if fault is None:
            connection.execute(sa.delete(checkpoint_fault))
        else:
            connection.execute(_PUT_FAULT[connection.dialect.name], {"only": 1, **vars(fault)})


def _build_tiles(rows: Collection[sa.Row[Any]]) -> Iterator[tuple[TileId, bytes]]:
    """Yield tiles from their rows; one that holds no bytes is as good as missing."""
    for row in rows:
        yield TileId(row.level, row.number), row.hashes if isinstance(row.hashes, bytes) else b""
