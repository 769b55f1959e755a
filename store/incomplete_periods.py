"""The repository `IncompletePeriodRepository` on one connection."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from reviews.ports.incomplete_periods import IncompletePeriod
from store.engine import insert_into
from store.schema import incomplete_periods


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
        began_later = incomplete_periods.c.since > insert.excluded.since
        upsert = insert.on_conflict_do_update(
            index_elements=["route", "folder_id"],
            set_={"since": insert.excluded.since},
            where=sa.and_(~incomplete_periods.c.is_recorded, began_later),
        )
        changed = upsert.returning(incomplete_periods.c.route)
        return self._connection.execute(changed).scalar_one_or_none() is not None

    def mark_recorded(self, period: IncompletePeriod) -> bool:
        update = sa.update(incomplete_periods).where(*_is_period(period), ~incomplete_periods.c.is_recorded)
        return self._connection.execute(update.values(is_recorded=True)).rowcount == 1

    def end(self, period: IncompletePeriod) -> bool:
        as_read = incomplete_periods.c.is_recorded == period.is_recorded
        delete = sa.delete(incomplete_periods).where(*_is_period(period), as_read)
        return self._connection.execute(delete).rowcount == 1


def _list_values(period: IncompletePeriod) -> dict[str, Any]:
    return {name: getattr(period, name) for name in incomplete_periods.c.keys()}  # noqa: SIM118 - no dict


def _is_period(period: IncompletePeriod) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        incomplete_periods.c.route == period.route,
        incomplete_periods.c.folder_id == period.folder_id,
        incomplete_periods.c.since == period.since,
    )
