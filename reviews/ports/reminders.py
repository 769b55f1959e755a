"""The repository of reminders that are due, until they are put into messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from reviews.notice import NoticeKind


@dataclass(frozen=True, kw_only=True)
class QueuedReminder:
    """One review about which people are to be asked, in one message with others that are due for them.

    `recipients` are addresses and groups. `place` is the (notifier, target) of a channel that is notified;
    without one the people are asked beside the cards of the review, or in a direct message.
    """

    review_id: str
    kind: NoticeKind
    recipients: tuple[str, ...]
    at: datetime
    urgent: bool = False
    place: tuple[str, str] | None = None


class QueuedReminderRepository(Protocol):
    """Reminders between the decision to send them and their message, which follows in a moment."""

    def add(self, reminder: QueuedReminder) -> None: ...

    def has_any(self) -> bool:
        """Return whether any are queued, without waiting for a writer."""
        ...

    def list_oldest(self, limit: int) -> dict[int, QueuedReminder]:
        """Return the oldest by their numbers, in their order."""
        ...

    def remove(self, numbers: Collection[int]) -> bool:
        """Remove those with these numbers; `False` if another worker has removed any of them."""
        ...
