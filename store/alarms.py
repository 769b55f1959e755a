"""The repositories `AlarmRepository` and `CanaryRepository` on one connection."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.kinds import CardState
from reviews.monitoring.canaries import format_cause
from reviews.ports.alarms import Alarm, Canary, CanaryPost
from reviews.routes.route import Target
from reviews.stored_enums import read_enum
from store.engine import insert_into
from store.expiry import delete_oldest
from store.schema import alarms, canaries, cards

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class SqlAlarmRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def list_active(self) -> list[Alarm]:
        return [_build_alarm(row) for row in self._connection.execute(sa.select(alarms)).mappings()]

    def begin(self, alarm: Alarm) -> bool:
        insert = insert_into(self._connection, alarms).values(_list_values(alarm)).on_conflict_do_nothing()
        inserted = self._connection.execute(insert.returning(alarms.c.key))
        return inserted.scalar_one_or_none() is not None

    def mark_seen(self, key: str, *, at: datetime) -> None:
        update = sa.update(alarms).where(alarms.c.key == key, alarms.c.seen_at < at)
        self._connection.execute(update.values(seen_at=at))

    def mark_reported(self, key: str, *, since: datetime) -> bool:
        unreported = (alarms.c.key == key, alarms.c.since == since, ~alarms.c.told)
        return self._connection.execute(sa.update(alarms).where(*unreported).values(told=True)).rowcount == 1

    def end(self, key: str, *, seen_before: datetime) -> bool:
        unseen = (alarms.c.key == key, alarms.c.seen_at < seen_before)
        return self._connection.execute(sa.delete(alarms).where(*unseen)).rowcount == 1


def _list_values(alarm: Alarm) -> dict[str, Any]:
    values = {name: value for name, value in vars(alarm).items() if name != "is_reported"}
    return {**values, "told": alarm.is_reported}


def _build_alarm(row: sa.RowMapping) -> Alarm:
    values = {name: value for name, value in row.items() if name != "told"}
    return Alarm(**values, is_reported=row["told"])


class SqlCanaryRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, canary: Canary) -> bool:
        insert = insert_into(self._connection, canaries).values(asdict(canary)).on_conflict_do_nothing()
        inserted = self._connection.execute(insert.returning(canaries.c.id))
        return inserted.scalar_one_or_none() is not None

    def has_slot(self, slot: str) -> bool:
        query = sa.select(sa.exists().where(canaries.c.slot == slot))
        return bool(self._connection.execute(query).scalar_one())

    def get(self, canary_id: str) -> Canary | None:
        query = sa.select(canaries).where(canaries.c.id == canary_id)
        row = self._connection.execute(query).mappings().first()
        return _build_canary(row) if row else None

    def mark_failed(self, canary_id: str, error: str) -> None:
        unprocessed = (canaries.c.id == canary_id, canaries.c.processed_at.is_(None))
        self._connection.execute(sa.update(canaries).where(*unprocessed).values(trouble=error))

    def mark_received(
        self,
        canary_id: str,
        *,
        digest: str,
        received_at: datetime,
        at: datetime,
        targets: Sequence[tuple[str, str]],
    ) -> bool:
        conditions = (
            canaries.c.id == canary_id, canaries.c.digest == digest, canaries.c.processed_at.is_(None)
        )  # fmt: skip
        values = {"received_at": received_at, "processed_at": at, "trouble": None}
        update = sa.update(canaries).where(*conditions).values(**values, targets=[list(t) for t in targets])
        return self._connection.execute(update).rowcount == 1

    def list_posts(self, canary: Canary) -> list[CanaryPost]:
        """Query each target by name, because the index covers names."""
        posts = []
        for notifier, target in canary.targets:
            place = (cards.c.notifier == notifier, cards.c.target == target, cards.c.review_id.is_(None))
            query = sa.select(cards.c.state, cards.c.drawn_at, cards.c.error)
            row = self._connection.execute(
                query.where(*place, cards.c.cause == format_cause(canary.id))
            ).first()
            if row is not None:
                post_target = Target(notifier=notifier, address=target)
                state = read_enum(CardState, row.state)
                posts.append(CanaryPost(target=post_target, at=row.drawn_at, state=state, error=row.error))
        return posts

    def acknowledge(self, canary_id: str, *, acknowledged_by: str, at: datetime) -> bool:
        conditions = (canaries.c.id == canary_id, canaries.c.acknowledged_at.is_(None))
        changes = {"acknowledged_at": at, "acknowledged_by": acknowledged_by}
        return self._connection.execute(sa.update(canaries).where(*conditions).values(changes)).rowcount == 1

    def mark_returned(self, canary_id: str, *, at: datetime) -> None:
        conditions = (canaries.c.id == canary_id, canaries.c.back_at.is_(None))
        self._connection.execute(sa.update(canaries).where(*conditions).values(back_at=at))

    def list_recent(self, *, since: datetime) -> list[Canary]:
        query = sa.select(canaries).where(canaries.c.sent_at >= since).order_by(canaries.c.sent_at.desc())
        return [_build_canary(row) for row in self._connection.execute(query).mappings()]

    def forget(self, *, before: datetime) -> int:
        return delete_oldest(self._connection, canaries.c.sent_at, before=before)


def _build_canary(row: sa.RowMapping) -> Canary:
    targets = tuple((notifier, target) for notifier, target in row["targets"])
    return Canary(**{**row, "targets": targets})
