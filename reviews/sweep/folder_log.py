"""Reading of a watched folder's log during a sweep."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from reviews.errors import LogNotKept, NotVisible, Rejected
from reviews.sweep.missed_events import find_logged_time

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.ports.portal import PortalLogs
    from reviews.sweep.missed_event_intake import MissedEventIntake
    from reviews.sweep.sweep_lease import LeasedCaller
    from reviews.tree import FolderLogRow

_SECOND = timedelta(seconds=1)


@dataclass(kw_only=True)
class FolderLog:
    """The result of reading a folder's log; `newest` is its newest row that was ever seen."""

    new_events: int = 0
    newest: FolderLogRow | None = None
    rejected: Rejected | None = None
    is_available: bool = True
    is_complete: bool = True
    """Whether it has all that happened, as far as a log can."""
    has_lost_row: bool = False
    """Whether a row is missing that an earlier sweep saw, as after a restore."""
    rows: set[FolderLogRow] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class FolderLogReader:
    """Reads the log of a watched folder up to `until`."""

    logs: PortalLogs
    missed_event_intake: MissedEventIntake
    call_docspace: LeasedCaller
    folder_id: str
    until: datetime

    def read(self, begin: datetime, last_row: FolderLogRow | None) -> FolderLog:
        """Receive what is in the folder's log and no event reported.

        The window reaches back to the newest row that an earlier sweep saw. If that row is gone, DocSpace was
        restored from a backup, or has deleted rows that old: only the listing shows what went back to an
        older state.
        """
        if last_row is not None and last_row.at > self.until:
            last_row = None
        since = min(begin, last_row.at - _SECOND) if last_row else begin
        log = FolderLog(newest=last_row)
        try:
            self._read_pages(log, since, begin)
        except LogNotKept:
            return FolderLog(is_available=False, is_complete=False)
        except NotVisible:
            return FolderLog(new_events=log.new_events, is_complete=False)
        except Rejected as error:
            return FolderLog(new_events=log.new_events, rejected=error, is_complete=False)
        if last_row is not None and last_row not in log.rows:
            log.newest, log.is_complete, log.has_lost_row = None, False, True
        newest = max(log.rows, key=lambda row: row.at, default=None)
        if newest is not None and (log.newest is None or newest.at > log.newest.at):
            log.newest = newest
        return log

    def _read_pages(self, log: FolderLog, since: datetime, begin: datetime) -> None:
        start: int | None = 0
        while start is not None:
            page = self.call_docspace(
                partial(self.logs.list_logged, self.folder_id, since, self.until, start=start)
            )
            log.new_events += self.missed_event_intake.receive_missed(
                [each for each in page.events if find_logged_time(each) >= begin]
            )
            log.rows.update(page.rows)
            log.is_complete = log.is_complete and page.is_clear
            start = page.next_start
