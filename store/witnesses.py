"""The rows of the witnesses: what each has cosigned or refused, who asks them, and what a quorum cosigned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from store.engine import build_by_dialect, insert_into, read_only
from store.round_claims import RoundClaim
from store.schema import witness_round, witness_states, witnessed_checkpoint

if TYPE_CHECKING:
    from datetime import datetime

ROUND = RoundClaim(witness_round)
_ROW = 1
_PUT_WITNESSED = build_by_dialect(
    witnessed_checkpoint,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["only"], set_={name: insert.excluded[name] for name in ("size", "note", "at")}
    ),
)
_WITNESSED = sa.select(*(witnessed_checkpoint.c[name] for name in ("size", "note", "at")))


@dataclass(frozen=True, kw_only=True)
class WitnessState:
    """What a witness has cosigned last, and what became of asking it since.

    `note` is the checkpoint with its cosignature, empty before the first, and `at` when it came. A `refusal`
    stays until the witness cosigns again. `failing_since` is when it first gave no answer that counts.
    """

    key: str
    size: int
    note: str
    at: datetime | None
    asked_at: datetime
    refusal: str | None
    failure: str | None
    failing_since: datetime | None


@dataclass(frozen=True, kw_only=True)
class WitnessedCheckpoint:
    """A checkpoint with a quorum of cosignatures, and when the last of them came."""

    size: int
    note: str
    at: datetime


def read_states(engine: sa.Engine) -> dict[str, WitnessState]:
    """Return the states of witnesses that were asked at least once, by their verifier keys."""
    with read_only(engine).connect() as connection:
        rows = connection.execute(sa.select(witness_states)).mappings().all()
    return {row["key"]: WitnessState(**row) for row in rows}


def record_cosignature(engine: sa.Engine, key: str, checkpoint: WitnessedCheckpoint) -> None:
    """Store a checkpoint with the cosignature of a witness, which ends refusals and failures."""
    cosigned = {"size": checkpoint.size, "note": checkpoint.note, "at": checkpoint.at}
    ended = {"refusal": None, "failure": None, "failing_since": None}
    _write_state(engine, key, {**cosigned, **ended, "asked_at": checkpoint.at})


def record_refusal(engine: sa.Engine, key: str, reason: str, at: datetime) -> None:
    """Store why a witness refuses, which is an answer that counts."""
    values = {"refusal": reason, "failure": None, "failing_since": None, "asked_at": at}
    _write_state(engine, key, values)


def record_failure(engine: sa.Engine, key: str, reason: str, at: datetime) -> None:
    """Store why a witness gave no answer that counts, and since when that is so."""
    since = sa.func.coalesce(witness_states.c.failing_since, sa.literal(at, witness_states.c.at.type))
    _write_state(engine, key, {"failure": reason, "failing_since": at, "asked_at": at}, failing_since=since)


def read_witnessed_checkpoint(engine: sa.Engine) -> WitnessedCheckpoint | None:
    """Return the last checkpoint with a quorum of cosignatures."""
    with read_only(engine).connect() as connection:
        row = connection.execute(_WITNESSED).mappings().first()
    return WitnessedCheckpoint(**row) if row else None


def write_witnessed_checkpoint(engine: sa.Engine, checkpoint: WitnessedCheckpoint) -> None:
    with engine.begin() as connection:
        connection.execute(_PUT_WITNESSED[connection.dialect.name], {"only": _ROW, **vars(checkpoint)})


def _write_state(engine: sa.Engine, key: str, values: dict[str, Any], **updates: Any) -> None:
    """Write values into the row of a witness; `updates` hold instead where the row is there already."""
    with engine.begin() as connection:
        insert = insert_into(connection, witness_states).values(key=key, **{"size": 0, "note": "", **values})
        upsert = insert.on_conflict_do_update(index_elements=["key"], set_={**values, **updates})
        connection.execute(upsert)
