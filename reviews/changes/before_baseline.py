"""Changes in a watched folder before its baseline is complete.

Without a baseline, a lock of an old file can't be distinguished from new content: DocSpace calls both
`file.updated`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.changes.file_changes import PreviousFile
from reviews.changes.logged_content import compute_log_wait
from reviews.ports.docspace_logs import LOG_LAG, LoggedActionKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from reviews.changes.burst import Burst
    from reviews.changes.file_changes import CurrentFile
    from reviews.ports.portal import Portal
    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.route import Route
    from reviews.tree import FileState, Place

MAX_WAIT_FOR_BASELINE = timedelta(minutes=10)
MIN_RETRY_INTERVAL = timedelta(seconds=2)
UNKNOWN_FILE = PreviousFile(state=None, place=None)


@dataclass(frozen=True, kw_only=True)
class PreBaselineLookup:
    """Looks up a single file of a folder whose baseline is not complete.

    If DocSpace's log of the file doesn't answer, the file's events wait for the baseline, but no longer than
    `max_wait`: the baseline fails for as long as the API key sees nothing. It is zero where no baseline is
    ever made.
    """

    transactions: Transactions
    portal: Portal
    max_wait: timedelta = MAX_WAIT_FOR_BASELINE

    def find_previous(
        self, burst: Burst, places: Mapping[Route, Place], current: CurrentFile, now: datetime
    ) -> tuple[PreviousFile, float]:
        """Return the state of an unknown file before the burst, and the seconds to wait before a retry, or 0.

        `places` are the places where the file was, by route. A file that arrived with the burst has no
        previous state, and is not looked up.
        """
        remaining = burst.first_event.received_at + self.max_wait - now
        if remaining <= timedelta() or not current.readable:
            return UNKNOWN_FILE, 0.0
        baseline_start = self._find_unfinished_start(burst, places)
        if baseline_start is None:
            return UNKNOWN_FILE, 0.0
        has_content = self._has_content(burst, baseline_start, current.state, now)
        if has_content is None:
            # Backoff: each retry costs calls, and the baseline itself needs many.
            waited = self.max_wait - remaining
            return UNKNOWN_FILE, min(max(MIN_RETRY_INTERVAL, waited / 4), remaining).total_seconds()
        return (UNKNOWN_FILE if has_content else PreviousFile(state=current.state, place=current.place)), 0.0

    def _find_unfinished_start(self, burst: Burst, places: Mapping[Route, Place]) -> datetime | None:
        """Return when the unfinished baseline began; if it has yet to begin, when the burst began."""
        watched_above = {folder for route, place in places.items() for folder in route.watched & place.ids}
        with self.transactions(reading=True) as work:
            unfinished = work.baselines.list_unfinished(sorted(watched_above))
            marks = work.baselines.get_watermarks(unfinished)
        return min((mark.swept_to or burst.began_at for mark in marks.values()), default=None)

    def _has_content(
        self, burst: Burst, baseline_start: datetime, after: FileState, now: datetime
    ) -> bool | None:
        """Return whether, by its log, the burst gave it content, or it was made since the baseline began."""
        log = self.portal.get_file_log(burst.subject, since=min(baseline_start, burst.began_at) - LOG_LAG)
        if log is not None and log.has_content and baseline_start < burst.began_at:
            if any(action.kind is LoggedActionKind.MADE for action in log.actions):
                return True
            log = self.portal.get_file_log(burst.subject, since=burst.began_at - LOG_LAG)
        if log is None or log.has_content is not False:
            return log.has_content if log else None
        wait = compute_log_wait(burst, after, log, handled_at=burst.began_at - LOG_LAG, now=now)
        return None if wait > timedelta() else False
