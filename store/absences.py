"""The repository `AbsenceRepository` on one connection."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.ports.absences import Absence, AbsenceSource
from reviews.stored_enums import read_enum
from store.connections import plan_by_values
from store.schema import absences

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from store.rows import Row

_MEMBERS = tuple(each.name for each in fields(Absence) if each.name != "id")
_DECLARATIONS_LOCK = 0x6177_6179
"""The key of the advisory lock; any number that no other lock has."""
_END = sa.func.coalesce(absences.c.ended_at, absences.c.ends_at)


class SqlAbsenceRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, absence: Absence) -> Absence:
        query = sa.insert(absences).returning(absences.c.id)
        number = self._connection.execute(query, _build_values(absence)).scalar_one()
        return replace(absence, id=number)

    def update(self, absence: Absence) -> None:
        query = sa.update(absences).where(absences.c.id == absence.id)
        self._connection.execute(query, _build_values(absence))

    def get(self, absence_id: int, *, lock: bool = False) -> Absence | None:
        query = sa.select(absences).where(absences.c.id == absence_id)
        row = self._connection.execute(query.with_for_update() if lock else query).mappings().first()
        return _build_absence(row) if row else None

    def list_of_people(self, people: Iterable[str], *, not_ended_by: datetime) -> list[Absence]:
        addresses = sorted({each.casefold() for each in people})
        if not addresses:
            return []
        query = sa.select(absences).where(absences.c.person.in_(addresses), not_ended_by < _END)
        selected = [_build_absence(row) for row in self._connection.execute(query).mappings()]
        return sorted(selected, key=lambda each: (each.starts_at, each.id))

    def list_naming(self, stand_ins: Iterable[str], *, not_ended_by: datetime) -> list[Absence]:
        plan_by_values(self._connection)
        addresses = sorted({each.casefold() for each in stand_ins})
        is_named = sa.func.lower(absences.c.stand_in).in_(addresses)
        query = _select_not_ended(not_ended_by).where(is_named, not_ended_by < _END)
        rows = self._connection.execute(query.order_by(absences.c.id)).mappings()
        return [_build_absence(row) for row in rows]

    def lock_declarations(self) -> None:
        # On SQLite each transaction that may write is alone from its start.
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_DECLARATIONS_LOCK)))

    def list_of_source(self, source: AbsenceSource, *, not_ended_by: datetime) -> list[Absence]:
        plan_by_values(self._connection)
        query = sa.select(absences).where(absences.c.source == source, absences.c.ends_at > not_ended_by)
        rows = self._connection.execute(query.order_by(absences.c.id)).mappings()
        return [_build_absence(row) for row in rows]

    def list_due_ids(self, now: datetime, limit: int) -> list[int]:
        query = sa.select(absences.c.id).where(absences.c.check_at <= now)
        return list(self._connection.execute(query.order_by(absences.c.check_at).limit(limit)).scalars())

    def has_any_due(self, *, since: datetime, until: datetime) -> bool:
        query = sa.select(absences.c.id).where(absences.c.check_at.between(since, until)).limit(1)
        return self._connection.execute(query).first() is not None

    def plan_missing_checks(self, now: datetime) -> int:
        plan_by_values(self._connection)
        following = sa.case((absences.c.starts_at > now, absences.c.starts_at), else_=_END)
        is_missing = sa.or_(absences.c.check_at.is_(None), absences.c.check_at > following)
        ids = _select_not_ended(now).with_only_columns(absences.c.id).where(is_missing, now < _END)
        update = sa.update(absences).where(absences.c.id.in_(ids), is_missing)
        return self._connection.execute(update.values(check_at=now, checked_seq=0)).rowcount

    def remove_ended(self, before: datetime, limit: int) -> int:
        """Remove those of one source after the other, each by the index `absences_of_source`."""
        plan_by_values(self._connection)
        removed = 0
        for source in AbsenceSource:
            is_over = (
                absences.c.source == source,
                absences.c.ends_at < before,
                absences.c.check_at.is_(None),
            )
            oldest = sa.select(absences.c.id).where(*is_over).order_by(absences.c.ends_at).limit(limit)
            removed += self._connection.execute(sa.delete(absences).where(absences.c.id.in_(oldest))).rowcount
        return removed


def _select_not_ended(at: datetime) -> sa.Select[Any]:
    """Return the query for absences that end after then, by the index `absences_of_source`."""
    return sa.select(absences).where(absences.c.source.in_(list(AbsenceSource)), absences.c.ends_at > at)


def _build_values(absence: Absence) -> dict[str, Any]:
    values = {name: getattr(absence, name) for name in _MEMBERS}
    stand_in = absence.stand_in.casefold() if absence.stand_in else None
    return {**values, "person": absence.person.casefold(), "stand_in": stand_in}


def _build_absence(row: Row | sa.RowMapping) -> Absence:
    return Absence(**{**row, "source": read_enum(AbsenceSource, row["source"])})
