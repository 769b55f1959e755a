"""The repository `QueuedReminderRepository` on one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.notice import NoticeKind
from reviews.ports.reminders import QueuedReminder
from reviews.stored_enums import read_enum
from store.schema import queued_reminders

if TYPE_CHECKING:
    from collections.abc import Collection

    from store.rows import Row

BATCH_SIZE = 1000
"""Rows that one statement deletes."""
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

    def list_oldest(self, limit: int) -> dict[int, QueuedReminder]:
        oldest = sa.select(queued_reminders).order_by(queued_reminders.c.id).limit(limit)
        return {row["id"]: _build_reminder(row) for row in self._connection.execute(oldest).mappings()}

    def remove(self, numbers: Collection[int]) -> bool:
        ordered = sorted(numbers)
        parts = (ordered[start : start + BATCH_SIZE] for start in range(0, len(ordered), BATCH_SIZE))
        deletes = (sa.delete(queued_reminders).where(queued_reminders.c.id.in_(part)) for part in parts)
        return sum(self._connection.execute(each).rowcount for each in deletes) == len(ordered)


def _build_reminder(row: Row) -> QueuedReminder:
    return QueuedReminder(
        review_id=row["review_id"],
        kind=read_enum(NoticeKind, row["kind"]),
        recipients=tuple(row["recipients"]),
        at=row["at"],
        urgent=row["urgent"],
        place=(row["notifier"], row["target"]) if row["notifier"] else None,
    )
