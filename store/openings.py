"""The repository `OpeningRepository` on one connection."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.kinds import ReviewState
from reviews.opening import OpenedItem, Opening
from store.engine import build_by_dialect
from store.schema import openings, reviews

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

_FIRST = (
    sa.select(openings.c.item, sa.func.min(openings.c.at).label("first_at"))
    .where(
        openings.c.review_id == sa.bindparam("of_review"),
        openings.c.revision == sa.bindparam("of_revision"),
        openings.c.person.in_(sa.bindparam("digests", expanding=True)),
        openings.c.at <= sa.bindparam("until", type_=openings.c.at.type),
        openings.c.item.in_(list(OpenedItem)),  # no other that a newer release may have stored
    )
    .group_by(openings.c.item)
)
_OPEN_REVIEW = sa.select(
    reviews.c.id,
    reviews.c.revision,
    sa.bindparam("digest", type_=openings.c.person.type),
    sa.bindparam("item", type_=openings.c.item.type),
    sa.bindparam("at", type_=openings.c.at.type),
).where(
    reviews.c.id == sa.bindparam("of_review"),
    reviews.c.revision == sa.bindparam("of_revision"),
    reviews.c.state == ReviewState.OPEN,
)
_ADD = build_by_dialect(
    openings,
    lambda insert: insert.from_select(
        ["review_id", "revision", "person", "item", "at"], _OPEN_REVIEW
    ).on_conflict_do_nothing(),
)


class SqlOpeningRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def list_first(
        self, review_id: str, revision: int, digests: Collection[str], *, until: datetime
    ) -> list[Opening]:
        values = {"of_review": review_id, "of_revision": revision, "digests": list(digests), "until": until}
        rows = self._connection.execute(_FIRST, values)
        return [Opening(item=OpenedItem(row.item), at=row.first_at) for row in rows]

    def add(
        self, review_id: str, revision: int, digests: Collection[str], openings: Iterable[Opening]
    ) -> None:
        values = [
            {
                "of_review": review_id,
                "of_revision": revision,
                "digest": digest,
                "item": each.item,
                "at": each.at,
            }
            # In one order: otherwise two that add the same at once could wait for each other.
            for each in sorted(openings, key=attrgetter("item"))
            for digest in sorted(digests)
        ]
        if values:
            self._connection.execute(_ADD[self._connection.dialect.name], values)
