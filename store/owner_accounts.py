"""The repository `OwnerStateRepository` on one connection."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.ports.owner_accounts import LossReason, OwnerPresence, OwnerState
from reviews.stored_enums import read_enum
from store.engine import find_rows, insert_into
from store.expiry import BATCH_SIZE
from store.schema import owner_states, reviews
from store.schema.states import OPEN

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime


class SqlOwnerStateRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find(self, addresses: Sequence[str]) -> dict[str, OwnerState]:
        rows = find_rows(self._connection, owner_states.c.address, [each.casefold() for each in addresses])
        return {address: _build_state(row) for address, row in rows.items()}

    def save(self, state: OwnerState) -> bool:
        if state.lookups == 1:
            insert = insert_into(self._connection, owner_states).values(asdict(state))
            inserted = insert.on_conflict_do_nothing().returning(owner_states.c.address)
            return self._connection.execute(inserted).scalar_one_or_none() is not None
        follows = (owner_states.c.address == state.address, owner_states.c.lookups == state.lookups - 1)
        update = sa.update(owner_states).where(*follows).values(asdict(state))
        return self._connection.execute(update).rowcount == 1

    def list_reassigned(self, limit: int) -> list[tuple[str, str]]:
        was_reassigned = sa.and_(reviews.c.state == OPEN, reviews.c.handed_over.is_not(None))
        query = sa.select(reviews.c.owners, reviews.c.route).where(was_reassigned)
        rows = self._connection.execute(query.order_by(reviews.c.seq).limit(limit))
        return list(dict.fromkeys((owner, row.route) for row in rows for owner in row.owners))

    def list_gone(self, limit: int) -> list[OwnerState]:
        query = sa.select(owner_states).where(owner_states.c.presence == OwnerPresence.GONE)
        query = query.order_by(owner_states.c.address).limit(limit)
        return [_build_state(row) for row in self._connection.execute(query).mappings()]

    def forget(self, *, before: datetime, kept_addresses: Collection[str]) -> int:
        is_old = owner_states.c.asked_at < before
        old = self._connection.execute(sa.select(owner_states.c.address).where(is_old)).scalars()
        forgotten = [each for each in old if each not in kept_addresses][:BATCH_SIZE]
        free = sa.select(owner_states.c.address).where(owner_states.c.address.in_(forgotten), is_old)
        # Two workers may forget in different orders: rows that one deletes are skipped by the other.
        delete = sa.delete(owner_states).where(
            owner_states.c.address.in_(free.with_for_update(skip_locked=True))
        )
        return self._connection.execute(delete).rowcount if forgotten else 0


def _build_state(row: sa.RowMapping) -> OwnerState:
    values: dict[str, Any] = dict(row)
    for name in ("reason", "unconfirmed_reason"):
        values[name] = read_enum(LossReason, values[name]) if values[name] else None
    return OwnerState(**{**values, "presence": read_enum(OwnerPresence, values["presence"])})
