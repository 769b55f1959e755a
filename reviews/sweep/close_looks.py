"""Folders to which a sweep without a webhook comes back soon: their listing shows more than their log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviews.ports.docspace_logs import MAX_LOG_DELAY

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class CloseLooks:
    """Remembers, in one process, since when the listing of a folder has been ahead of its log.

    DocSpace writes its log up to a minute late (facts on DocSpace, 4.4). If the folder is swept by another
    process meanwhile, the log is read an interval later, and nothing is lost.
    """

    _since: dict[str, datetime] = field(default_factory=dict)

    def start(self, folder_id: str, now: datetime) -> None:
        self._since.setdefault(folder_id, now)

    def end(self, folder_id: str) -> None:
        self._since.pop(folder_id, None)

    def is_close(self, folder_id: str, now: datetime) -> bool:
        """Return whether the log may still bring what the listing shows; a clock set back ends it."""
        since = self._since.get(folder_id)
        return since is not None and since <= now < since + MAX_LOG_DELAY

    def has_ended(self, folder_id: str, now: datetime) -> bool:
        """Return whether the log was given time, and did not bring it."""
        return folder_id in self._since and not self.is_close(folder_id, now)
