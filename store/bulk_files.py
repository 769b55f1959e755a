"""The repository `BulkFiles` on one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.bulk import FIRST_FILES, BulkSummary
from reviews.model import ChangeKind
from store import rows
from store.schema import bulk_reviews, review_files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviews.bulk import BulkFile

_GATHERED = sa.select(bulk_reviews).where(bulk_reviews.c.review_id.in_(sa.bindparam("ids", expanding=True)))
_FIRST = (
    sa.select(review_files)
    .where(review_files.c.review_id == sa.bindparam("review_id"), review_files.c.apart.is_(None))
    .order_by(review_files.c.place, review_files.c.position)
    .limit(FIRST_FILES)
)


class BulkFiles:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def of(self, review_id: str, *, after: int = 0, limit: int = 100) -> list[BulkFile]:
        here = (review_files.c.review_id == review_id, review_files.c.position > after)
        query = sa.select(review_files).where(*here).order_by(review_files.c.position).limit(limit)
        return [rows.bulk_file(row) for row in self._connection.execute(query).mappings()]

    def count(self, review_id: str) -> int:
        query = sa.select(bulk_reviews.c.count).where(bulk_reviews.c.review_id == review_id)
        return self._connection.execute(query).scalar_one_or_none() or 0

    def search(self, review_id: str, *, title: str, skip: int, limit: int) -> list[BulkFile]:
        # Only the numbers are sorted: the rows of a page alone are read whole.
        found = (
            sa.select(review_files.c.position)
            .where(*_matching(review_id, title))
            .order_by(review_files.c.place, review_files.c.position)
            .offset(skip)
            .limit(limit)
        )
        positions = list(self._connection.execute(found).scalars())
        query = sa.select(review_files).where(review_files.c.position.in_(positions))
        by_position = {row["position"]: row for row in self._connection.execute(query).mappings()}
        return [rows.bulk_file(by_position[position]) for position in positions]

    def count_found(self, review_id: str, *, title: str) -> int:
        query = sa.select(sa.func.count()).select_from(review_files).where(*_matching(review_id, title))
        return self._connection.execute(query).scalar_one()

    def get(self, review_id: str, file_id: str) -> BulkFile | None:
        same = (review_files.c.review_id == review_id, review_files.c.file_id == file_id)
        row = self._connection.execute(sa.select(review_files).where(*same)).mappings().first()
        return rows.bulk_file(row) if row else None


def _matching(review_id: str, title: str) -> list[sa.ColumnElement[bool]]:
    """Return what finds files of a review; `place` has path and title in small letters, cut at the end."""
    here = [review_files.c.review_id == review_id]
    if title:
        place, whole = review_files.c.place, review_files.c.title
        here.append(
            sa.or_(place.contains(title.casefold(), autoescape=True), whole.icontains(title, autoescape=True))
        )
    return here


def load_summaries(connection: sa.Connection, review_ids: Sequence[str]) -> dict[str, BulkSummary]:
    """Return what the cards of these bulk reviews show of their files: the numbers are kept, not counted."""
    if not review_ids:
        return {}
    found = connection.execute(_GATHERED, {"ids": list(review_ids)}).mappings().all()
    return {row["review_id"]: _summary(connection, row) for row in found}


def _summary(connection: sa.Connection, row: Mapping[str, Any]) -> BulkSummary:
    first = connection.execute(_FIRST, {"review_id": row["review_id"]}).mappings()
    kinds = [(ChangeKind(kind), number) for kind, number in row["kinds"].items() if number]
    return BulkSummary(
        count=row["count"],
        kinds=tuple(sorted(kinds, key=lambda each: (-each[1], each[0]))),
        first=tuple(map(rows.bulk_file, first)),
        joined_at=row["joined_at"],
    )
