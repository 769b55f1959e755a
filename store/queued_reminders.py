"""The repository `QueuedReminderRepository` on one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.notice import NoticeKind
from reviews.ports.reminders import QueuedReminder
from reviews.stored_enums import read_enum
from store.schema import queued_reminders

if TYPE_CHECKING:
    from store.rows import Row

_ANY = sa.select(queued_reminders.c.id).limit(1)


class SqlQueuedReminderRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, reminder: QueuedReminder) -> None:
        notifier, target = reminder.place or (None, None)
        values = {
            "review_id": reminder.review_id,
            "kind": reminder.kind,
            "recipients": list(reminder.recipients),
            "notifier": notifier,
            "target": target,
            "urgent": reminder.urgent,
            "at": reminder.at,
        }
        self._connection.execute(sa.insert(queued_reminders), values)

    def has_any(self) -> bool:
        return self._connection.execute(_ANY).first() is not None

    def take(self, limit: int) -> list[QueuedReminder]:
        oldest = sa.select(queued_reminders.c.id).order_by(queued_reminders.c.id).limit(limit)
        delete = sa.delete(queued_reminders).where(queued_reminders.c.id.in_(oldest.with_for_update()))
        rows = self._connection.execute(delete.returning(queued_reminders)).mappings().all()
        return [_build_reminder(row) for row in sorted(rows, key=lambda row: row["id"])]


def _build_reminder(row: Row) -> QueuedReminder:
    return QueuedReminder(
        review_id=row["review_id"],
        kind=read_enum(NoticeKind, row["kind"]),
        recipients=tuple(row["recipients"]),
        at=row["at"],
        urgent=row["urgent"],
        place=(row["notifier"], row["target"]) if row["notifier"] else None,
    )
