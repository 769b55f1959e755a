"""How far the watched folders have been looked through: the repository `Baselines` on one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.tree import Watermark
from store.engine import insert_into
from store.schema import baselines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class Baselines:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def start_of(self, folder_id: str) -> int:
        query = sa.select(baselines.c.start).where(baselines.c.folder_id == folder_id)
        start: int | None = self._connection.execute(query).scalar_one_or_none()
        return start or 0

    def reached(self, folder_id: str, start: int, *, finished_at: datetime | None) -> None:
        self._put(folder_id, {"start": start, "finished_at": finished_at})

    def marks(self, folder_ids: Sequence[str]) -> dict[str, Watermark]:
        columns = (baselines.c.swept_to, baselines.c.tried_at, baselines.c.stopped_by)
        query = sa.select(baselines.c.folder_id, *columns).where(baselines.c.folder_id.in_(folder_ids))
        marks = {folder_id: Watermark() for folder_id in folder_ids}
        for row in self._connection.execute(query):
            mark = Watermark(swept_to=row.swept_to, tried_at=row.tried_at, stopped_by=row.stopped_by)
            marks[row.folder_id] = mark
        return marks

    def begun(self, folder_id: str, *, at: datetime) -> None:
        self._put(folder_id, {"swept_to": at}, where=baselines.c.swept_to.is_(None))

    def tried(self, folder_id: str, *, at: datetime) -> None:
        self._put(folder_id, {"tried_at": at})

    def swept(self, folder_id: str, *, to: datetime) -> None:
        self._put(folder_id, {"swept_to": to, "stopped_by": None})

    def stopped(self, folder_id: str, reason: str) -> None:
        self._put(folder_id, {"stopped_by": reason})

    def _put(
        self, folder_id: str, values: dict[str, Any], *, where: sa.ColumnElement[bool] | None = None
    ) -> None:
        insert = insert_into(self._connection, baselines).values(
            {"folder_id": folder_id, "start": 0, **values}
        )
        row = insert.on_conflict_do_update(index_elements=["folder_id"], set_=values, where=where)
        self._connection.execute(row)

    def unfinished(self, folder_ids: Sequence[str]) -> list[str]:
        finished = sa.select(baselines.c.folder_id).where(
            baselines.c.folder_id.in_(folder_ids), baselines.c.finished_at.is_not(None)
        )
        known = set(self._connection.execute(finished).scalars())
        return [folder_id for folder_id in folder_ids if folder_id not in known]
