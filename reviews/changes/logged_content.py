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
    if log.counts_events(burst.saves) and _is_modification_explained(before, after, log):
        return False
    if now >= burst.first_event.received_at + MAX_UNEXPLAINED_WAIT:
        return None
    happened = [min(find_event_time(stored), stored.received_at) for stored in burst.events]
    written_at = max([*happened, *_list_times(after.modified_at)]) + MAX_LOG_DELAY
    if now < written_at:
        raise LogNotWritten(retry_after=(written_at - now) / timedelta(seconds=1))
    return False


def _is_modification_explained(before: FileState, after: FileState, log: FileLog) -> bool:
    """Return whether what was handled before, or a row of the log, is at least as new as the modification.

    A move to the trash changes that time too, and is handled when the file comes back.
    """
    if after.modified_at is None:
        return False
    changed_at = after.modified_at - LOG_PRECISION
    return any(changed_at < at for at in [*_list_times(before.as_of), *log.modification_times])


def _list_times(*times: datetime | None) -> list[datetime]:
    return [at for at in times if at is not None]
