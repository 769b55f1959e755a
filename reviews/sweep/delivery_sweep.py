"""Reads DocSpace's log of deliveries. The whole portal has one, which is read before any folder is swept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from reviews.errors import NotVisible, RemoteError
from reviews.sweep.folder_sweep import LOG_OVERLAP, explain_stop
from reviews.sweep.missed_events import find_logged_time

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviews.ports.portal import PortalLogs
    from reviews.ports.unit_of_work import Transactions
    from reviews.sweep.missed_event_intake import MissedEventIntake
    from reviews.sweep.sweep_lease import LeasedCaller

DELIVERY_LOG_ID = ""
"""Used in place of a watched folder's id for the log of deliveries."""
DELIVERY_LOG_INTERVAL = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class DeliveryLogResult:
    """The time up to which the log of deliveries was read, the number of new events, and any error."""

    until: datetime
    new_events: int = 0
    error: RemoteError | None = None


@dataclass(frozen=True, kw_only=True)
class DeliverySweep:
    """Receives the deliveries to our address that got no 2xx."""

    transactions: Transactions
    logs: PortalLogs
    missed_event_intake: MissedEventIntake
    call_docspace: LeasedCaller

    def run(self, *, since: datetime | None, folders: Sequence[str], until: datetime) -> DeliveryLogResult:
        """Read the log from its own watermark, or from `since`.

        A log that was never read is read from the earliest watermark of the folders. A log that DocSpace
        doesn't show counts as read: without a key with full access, the folder logs and listings must
        suffice. Raise `Interrupted` and `LeaseLost`.
        """
        begin = self._find_start(folders, until) - LOG_OVERLAP
        try:
            count = self._read_log(min(since, begin) if since else begin, until)
        except NotVisible:
            count = 0
        except RemoteError as error:
            with self.transactions() as work:
                self.call_docspace.lease.prolong(work)
                work.baselines.mark_stopped(DELIVERY_LOG_ID, explain_stop(error))
                work.commit()
            return DeliveryLogResult(until=until, error=error)
        with self.transactions() as work:
            self.call_docspace.lease.prolong(work)
            work.baselines.mark_swept(DELIVERY_LOG_ID, swept_to=until)
            work.commit()
        return DeliveryLogResult(until=until, new_events=count)

    def _find_start(self, folders: Sequence[str], until: datetime) -> datetime:
        with self.transactions(reading=True) as work:
            read_to = work.baselines.get_watermarks([DELIVERY_LOG_ID])[DELIVERY_LOG_ID].swept_to
            if read_to is not None:
                return min(read_to, until)
            marks = [mark.swept_to for mark in work.baselines.get_watermarks(folders).values()]
            marks.append(work.baselines.find_earliest_watermark())
        return min((mark for mark in marks if mark), default=until)

    def _read_log(self, since: datetime, until: datetime) -> int:
        count, start = 0, 0
        while True:
            page = self.call_docspace(partial(self.logs.list_undelivered, start=start))
            count += self.missed_event_intake.receive_missed(
                [e for e in page.events if since <= find_logged_time(e) <= until]
            )
            # A delivery resent manually is listed among new ones: only a whole page of old ones is the end.
            newest = max(map(find_logged_time, page.events), default=until)
            if page.next_start is None or newest < since:
                return count
            start = page.next_start
