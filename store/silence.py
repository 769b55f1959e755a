"""The repositories of `reviews.ports.silence` on one connection, except that of changes without review."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.ports.silence import AbsenceReason, IncompletePeriod, OwnerState, Presence
from reviews.stored_enums import read_enum
from store.engine import find_rows, insert_into
from store.expiry import BATCH_SIZE
from store.round_claims import claim_row
from store.schema import incomplete_periods, owner_states, turns

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime, timedelta


class SqlOwnerStateRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find(self, addresses: Sequence[str]) -> dict[str, OwnerState]:
        rows = find_rows(self._connection, owner_states.c.address, [each.casefold() for each in addresses])
        return {address: _build_state(row) for address, row in rows.items()}

    def save(self, state: OwnerState) -> bool:
        if state.looks == 1:
            insert = insert_into(self._connection, owner_states).values(asdict(state))
            inserted = insert.on_conflict_do_nothing().returning(owner_states.c.address)
            return self._connection.execute(inserted).scalar_one_or_none() is not None
        follows = (owner_states.c.address == state.address, owner_states.c.looks == state.looks - 1)
        update = sa.update(owner_states).where(*follows).values(asdict(state))
        return self._connection.execute(update).rowcount == 1

    def list_gone(self, limit: int) -> list[OwnerState]:
        query = sa.select(owner_states).where(owner_states.c.presence == Presence.GONE)
        query = query.order_by(owner_states.c.address).limit(limit)
        return [_build_state(row) for row in self._connection.execute(query).mappings()]

    def forget(self, *, before: datetime, kept_addresses: Collection[str]) -> int:
        is_old = owner_states.c.asked_at < before
        old = self._connection.execute(sa.select(owner_states.c.address).where(is_old)).scalars()
        forgotten = [each for each in old if each not in kept_addresses][:BATCH_SIZE]
        delete = sa.delete(owner_states).where(owner_states.c.address.in_(forgotten), is_old)
        return self._connection.execute(delete).rowcount if forgotten else 0


class SqlIncompletePeriodRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def list_all(self) -> list[IncompletePeriod]:
        query = sa.select(incomplete_periods).order_by(
            incomplete_periods.c.route, incomplete_periods.c.folder_id
        )
        return [IncompletePeriod(**row) for row in self._connection.execute(query).mappings()]

    def begin(self, period: IncompletePeriod) -> bool:
        insert = insert_into(self._connection, incomplete_periods).values(_list_values(period))
        inserted = insert.on_conflict_do_nothing().returning(incomplete_periods.c.route)
        return self._connection.execute(inserted).scalar_one_or_none() is not None

    def mark_recorded(self, period: IncompletePeriod) -> bool:
        update = sa.update(incomplete_periods).where(*_is_period(period), ~incomplete_periods.c.is_recorded)
        return self._connection.execute(update.values(is_recorded=True)).rowcount == 1

    def end(self, period: IncompletePeriod) -> bool:
        as_read = incomplete_periods.c.is_recorded == period.is_recorded
        delete = sa.delete(incomplete_periods).where(*_is_period(period), as_read)
        return self._connection.execute(delete).rowcount == 1


class SqlTurnRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def take(self, name: str, *, duration: timedelta) -> bool:
        return claim_row(self._connection, turns, key={"name": name}, lease=duration)


def _build_state(row: sa.RowMapping) -> OwnerState:
    values: dict[str, Any] = dict(row)
    for name in ("reason", "doubt"):
        values[name] = read_enum(AbsenceReason, values[name]) if values[name] else None
    return OwnerState(**{**values, "presence": read_enum(Presence, values["presence"])})


def _list_values(period: IncompletePeriod) -> dict[str, Any]:
    return {name: getattr(period, name) for name in incomplete_periods.c.keys()}  # noqa: SIM118 - no dict


def _is_period(period: IncompletePeriod) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        incomplete_periods.c.route == period.route,
        incomplete_periods.c.folder_id == period.folder_id,
        incomplete_periods.c.since == period.since,
    )
