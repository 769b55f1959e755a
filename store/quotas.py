"""The repository `QuotaRepository` on one connection."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from store.engine import insert_into
from store.expiry import delete_oldest
from store.schema import quotas

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.ports.quotas import Quota

# Clocks of two machines differ by less. A time further ahead was written by a wrong clock.
CLOCK_TOLERANCE = timedelta(minutes=1)


class SqlQuotaRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def take(self, key: str, quota: Quota, *, now: datetime) -> timedelta:
        is_over = sa.or_(quotas.c.began_at <= now - quota.period, quotas.c.began_at > now + CLOCK_TOLERANCE)
        insert = insert_into(self._connection, quotas).values(key=key, began_at=now, used=1)
        upsert = insert.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "began_at": sa.case((is_over, now), else_=quotas.c.began_at),
                "used": sa.case((is_over, 1), else_=quotas.c.used + 1),
            },
            where=sa.or_(is_over, quotas.c.used < quota.max_uses),
        )
        if self._connection.execute(upsert.returning(quotas.c.key)).scalar_one_or_none() is not None:
            return timedelta()
        began_at: datetime = self._connection.execute(
            sa.select(quotas.c.began_at).where(quotas.c.key == key)
        ).scalar_one()
        # Another transaction may have restarted it meanwhile.
        return max(began_at + quota.period - now, timedelta(seconds=1))

    def forget(self, *, before: datetime) -> int:
        return delete_oldest(self._connection, quotas.c.began_at, before=before)
