"""The repository `ReviewDigestRepository` on one connection."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.ports.review_digests import StoredDigest
from store.engine import insert_into
from store.schema import review_digests

if TYPE_CHECKING:
    from datetime import datetime

_COLUMNS = review_digests.c
_MAX_CLOCK_DIFFERENCE = timedelta(hours=1)
_KEY = ("notifier", "target", "slot")
# At every round: built once.
_DUE = (
    sa.select(review_digests)
    .where(_COLUMNS.next_at <= sa.bindparam("now", type_=_COLUMNS.next_at.type))
    .order_by(_COLUMNS.next_at)
    .limit(sa.bindparam("most"))
)


class SqlReviewDigestRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def put(self, digest: StoredDigest) -> None:
        values = dict(vars(digest))
        insert = insert_into(self._connection, review_digests).values(values)
        self._connection.execute(insert.on_conflict_do_update(index_elements=list(_KEY), set_=values))

    def add_if_new(self, digest: StoredDigest) -> None:
        insert = insert_into(self._connection, review_digests).values(dict(vars(digest)))
        self._connection.execute(insert.on_conflict_do_nothing())

    def drop(self, notifier: str, target: str, slot: str) -> None:
        self._connection.execute(sa.delete(review_digests).where(*_match(notifier, target, slot)))

    def get(self, notifier: str, target: str, slot: str) -> StoredDigest | None:
        query = sa.select(review_digests).where(*_match(notifier, target, slot))
        row = self._connection.execute(query).mappings().first()
        return StoredDigest(**row) if row else None

    def list_due(self, now: datetime, limit: int) -> list[StoredDigest]:
        rows = self._connection.execute(_DUE, {"now": now, "most": limit}).mappings()
        return [StoredDigest(**row) for row in rows]

    def move_back(self, now: datetime) -> int:
        update = sa.update(review_digests).where(_COLUMNS.handled_until > now + _MAX_CLOCK_DIFFERENCE)
        next_at = sa.case((_COLUMNS.next_at.is_not(None), now))
        return self._connection.execute(update.values(handled_until=now, next_at=next_at)).rowcount

    def move_on(self, digest: StoredDigest, *, until: datetime, next_at: datetime | None) -> bool:
        update = sa.update(review_digests).where(
            *_match(digest.notifier, digest.target, digest.slot),
            _COLUMNS.handled_until == digest.handled_until,
            _COLUMNS.times == digest.times,
        )
        values = {"handled_until": until, "next_at": next_at}
        return self._connection.execute(update.values(values)).rowcount == 1


def _match(notifier: str, target: str, slot: str) -> tuple[sa.ColumnElement[bool], ...]:
    return _COLUMNS.notifier == notifier, _COLUMNS.target == target, _COLUMNS.slot == slot
