"""The repository of periods in which watched folders are not complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.tree import FolderContents


@dataclass(frozen=True, kw_only=True)
class IncompletePeriod:
    """A time in which a watched folder is not complete; with an empty `folder_id`, many of its route.

    `is_recorded` is whether the ledger says so. `up_to`, `title`, `folders` and `reason` are those of now,
    and not stored.
    """

    route: str
    folder_id: str
    since: datetime
    is_recorded: bool
    up_to: datetime | None = None
    title: str = ""
    folders: FolderContents | None = None
    reason: str = ""


class IncompletePeriodRepository(Protocol):
    """The periods in which watched folders are not complete."""

    def list_all(self) -> list[IncompletePeriod]: ...

    def begin(self, period: IncompletePeriod) -> bool:
        """Store a period, or move back the beginning of the one that is not recorded yet.

        `False` where there is one of that folder that began no later, or that is recorded.
        """
        ...

    def mark_recorded(self, period: IncompletePeriod) -> bool:
        """Store that the ledger has the period; `False` where it is stored, or where the period is over."""
        ...

    def end(self, period: IncompletePeriod) -> bool:
        """Delete a period as it was read; `False` where another worker has changed or deleted it."""
        ...
