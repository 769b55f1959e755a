"""Whether DocSpace's log of a file has new content, though it may lack what happened a moment ago."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.changes.burst import find_event_time
from reviews.errors import LogNotWritten
from reviews.ports.docspace_logs import LOG_PRECISION, MAX_LOG_DELAY

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.changes.burst import Burst
    from reviews.ports.docspace_logs import FileLog
    from reviews.tree import FileState

MAX_UNEXPLAINED_WAIT = 3 * MAX_LOG_DELAY
"""How long a burst waits for the log while more keeps happening; then it counts as content."""


def has_logged_content(
    burst: Burst, before: FileState, after: FileState, log: FileLog | None, *, now: datetime
) -> bool | None:
    """Return whether the log has new content since the state before; `None` if that is undecided.

    Rows of locks and renames say that there is none only where they account for all that happened: the row of
    a save may come a minute after its event (facts on DocSpace, 4.4). Raise `LogNotWritten` until then.
    """
    if log is None or log.has_content is not False:
        return log.has_content if log else None
    wait = compute_log_wait(burst, after, log, handled_at=before.as_of, now=now)
    if wait <= timedelta():
        return False
    if now >= burst.first_event.received_at + MAX_UNEXPLAINED_WAIT:
        return None
    raise LogNotWritten(retry_after=wait / timedelta(seconds=1))


def compute_log_wait(
    burst: Burst, after: FileState, log: FileLog, *, handled_at: datetime | None, now: datetime
) -> timedelta:
    """Return how long rows may still be missing that account for the burst and for the file's modification.

    What was modified up to `handled_at` is none of this burst.
    """
    if _is_explained(burst, after, log, handled_at=handled_at):
        return timedelta()
    happened = [min(find_event_time(stored), stored.received_at) for stored in burst.events]
    return max(max([*happened, *_list_times(after.modified_at)]) + MAX_LOG_DELAY - now, timedelta())


def _is_explained(burst: Burst, after: FileState, log: FileLog, *, handled_at: datetime | None) -> bool:
    """Return whether rows account for each event, and something for when the file was modified last.

    A move to the trash changes that time too, and is handled when the file comes back.
    """
    if not log.counts_events(burst.saves) or after.modified_at is None:
        return False
    changed_at = after.modified_at - LOG_PRECISION
    return any(changed_at < at for at in [*_list_times(handled_at), *log.modification_times])


def _list_times(*times: datetime | None) -> list[datetime]:
    return [at for at in times if at is not None]
