"""The repository `GroupRepository` on one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from store.engine import insert_into
from store.schema import groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime


class SqlGroupRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def remember(
        self, name: str, members: Iterable[str], *, description: Mapping[str, str], at: datetime
    ) -> None:
        values = {"members": sorted(members), "said": dict(description), "seen_at": at}
        insert = insert_into(self._connection, groups).values(name=name.casefold(), **values)
        self._connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_=values))

    def list_members(self, names: Sequence[str]) -> dict[str, frozenset[str]]:
        if not names:
            return {}
        query = sa.select(groups.c.name, groups.c.members)
        result = self._connection.execute(query.where(groups.c.name.in_([name.casefold() for name in names])))
        return {row.name: frozenset(row.members) for row in result}

    def get_description(self, name: str) -> dict[str, str] | None:
        query = sa.select(groups.c.said).where(groups.c.name == name.casefold())
        description: dict[str, str] | None = self._connection.execute(query).scalar_one_or_none()
        return description
