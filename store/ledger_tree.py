"""The rows of the ledger's tree, its checkpoints, and why none can be made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.evidence.tiles import TileId
from store.engine import build_by_dialect, read_only
from store.schema import checkpoint_fault, ledger_checkpoints, ledger_tiles, ledger_verifier_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

MAX_TILES_AT_ONCE = 200  # tiles of one query

# What SQLite holds is taken as it is: of a number in a column of bytes, so many zeros would be made.
_HASHES = sa.type_coerce(ledger_tiles.c.hashes, sa.types.NULLTYPE).label("hashes")
_TILES = sa.select(ledger_tiles.c.level, ledger_tiles.c.number, _HASHES)
_LAST = sa.select(ledger_checkpoints).order_by(ledger_checkpoints.c.number.desc()).limit(1)
_ADD_CHECKPOINT = build_by_dialect(ledger_checkpoints, lambda insert: insert.on_conflict_do_nothing())
_PUT_TILE = build_by_dialect(
    ledger_tiles,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["level", "number"], set_={"hashes": insert.excluded.hashes}
    ),
)
_ADD_KEY = build_by_dialect(ledger_verifier_keys, lambda insert: insert.on_conflict_do_nothing())
_PUT_FAULT = build_by_dialect(
    checkpoint_fault,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["only"],
        set_={name: insert.excluded[name] for name in ("entry", "reason", "since")},
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


@dataclass(frozen=True, kw_only=True)
class UsedKey:
    """A verifier key that has signed checkpoints, an entry after which it began, and when it first signed."""

    key: str
    since: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CheckpointFault:
    """Why no checkpoint covers the entries from `entry` on, and since when."""

    entry: int
    reason: str
    since: datetime


def read_last_checkpoint(engine: sa.Engine) -> StoredCheckpoint | None:
    """Return the checkpoint that was made last."""
    with read_only(engine).connect() as connection:
        row = connection.execute(_LAST).mappings().one_or_none()
    return StoredCheckpoint(**row) if row else None


def read_tiles(engine: sa.Engine, ids: Collection[TileId]) -> dict[TileId, bytes]:
    """Return the tiles with these ids, without those that are not there."""
    if not ids:
        return {}
    query = _TILES.where(sa.tuple_(ledger_tiles.c.level, ledger_tiles.c.number).in_(list(ids)))
    with read_only(engine).connect() as connection:
        return dict(_build_tiles(connection.execute(query).all()))


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


def add_checkpoint(
    engine: sa.Engine,
    checkpoint: StoredCheckpoint,
    tiles: Mapping[TileId, bytes],
    *,
    used_key: UsedKey | None,
) -> bool:
    """Store a checkpoint with the tiles that changed; return `False` where another process was first.

    Earlier checkpoints of the same day go: a proof leads from any size to a later one. Storing it also ends
    the fault.
    """
    with engine.begin() as connection:
        dialect = connection.dialect.name
        insert = _ADD_CHECKPOINT[dialect].returning(ledger_checkpoints.c.number)
        if connection.execute(insert, vars(checkpoint)).scalar_one_or_none() is None:
            return False
        rows = [
            {"level": level, "number": number, "hashes": hashes} for (level, number), hashes in tiles.items()
        ]
        if rows:
            connection.execute(_PUT_TILE[dialect], rows)
        if used_key:
            connection.execute(_ADD_KEY[dialect], vars(used_key))
        day = checkpoint.at.replace(hour=0, minute=0, second=0, microsecond=0)
        earlier = (ledger_checkpoints.c.at >= day, ledger_checkpoints.c.number < checkpoint.number)
        connection.execute(sa.delete(ledger_checkpoints).where(*earlier))
    return True


def list_used_keys(engine: sa.Engine) -> list[UsedKey]:
    """Return the keys that have signed checkpoints, the newest first."""
    columns = ledger_verifier_keys.c
    query = sa.select(ledger_verifier_keys).order_by(columns.at.desc(), columns.key, columns.since)
    with read_only(engine).connect() as connection:
        return [UsedKey(**row) for row in connection.execute(query).mappings()]


def read_fault(engine: sa.Engine) -> CheckpointFault | None:
    """Return why entries are not covered; `None` if there is no reason."""
    columns = [checkpoint_fault.c[name] for name in CheckpointFault.__dataclass_fields__]
    with read_only(engine).connect() as connection:
        row = connection.execute(sa.select(*columns)).mappings().first()
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
