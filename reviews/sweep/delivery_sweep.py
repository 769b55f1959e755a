"""Reads DocSpace's log of deliveries: one for the whole portal, and read before any folder is swept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from reviews.errors import FarSideError, Hidden
from reviews.sweep.folder_sweep import OVERLAP, reason_in_words
from reviews.sweep.missed_events import time_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviews.ports.portal import Records
    from reviews.ports.unit_of_work import Transactions
    from reviews.sweep.missed_event_intake import MissedEvents
    from reviews.sweep.sweep_lease import Asking

DELIVERIES = ""
"""Stands for a watched folder where the log of deliveries is meant."""
DELIVERIES_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class CaughtUp:
    """Up to when the log of deliveries was read, what it told, and what DocSpace answered if it did not."""

    until: datetime
    found: int = 0
    trouble: FarSideError | None = None


@dataclass(frozen=True, kw_only=True)
class DeliverySweep:
    """Receives what was meant for our address and got no 2xx."""

    transactions: Transactions
    records: Records
    missed: MissedEvents
    ask: Asking

    def run(self, *, since: datetime | None, folders: Sequence[str], until: datetime) -> CaughtUp:
        """Read the log from where it was read to, or from `since`.

        A log that was never read is read from the earliest mark of the folders. One that DocSpace does not
        show counts as read: without a key of full access the other two records have to do. Raises
        `Interrupted` and `LeaseLost`.
        """
        begin = self._begin(folders, until) - OVERLAP
        try:
            found = self._read(min(since, begin) if since else begin, until)
        except Hidden:
            found = 0
        except FarSideError as error:
            with self.transactions() as work:
                self.ask.lease.hold(work)
                work.baselines.stopped(DELIVERIES, reason_in_words(error))
                work.commit()
            return CaughtUp(until=until, trouble=error)
        with self.transactions() as work:
            self.ask.lease.hold(work)
            work.baselines.swept(DELIVERIES, to=until)
            work.commit()
        return CaughtUp(until=until, found=found)

    def _begin(self, folders: Sequence[str], until: datetime) -> datetime:
        with self.transactions(reading=True) as work:
            read_to = work.baselines.marks([DELIVERIES])[DELIVERIES].swept_to
            if read_to is not None:
                return min(read_to, until)
            marks = [mark.swept_to for mark in work.baselines.marks(folders).values()]
            marks.append(work.baselines.earliest_mark())
        return min((mark for mark in marks if mark), default=until)

    def _read(self, since: datetime, until: datetime) -> int:
        found, start = 0, 0
        while True:
            page = self.ask(partial(self.records.undelivered, start=start))
            found += self.missed.receive_missed([e for e in page.events if since <= time_of(e) <= until])
            # Sent again by hand, an old one comes among new ones: only a whole page of old ones is the end.
            newest = max(map(time_of, page.events), default=until)
            if page.following is None or newest < since:
                return found
            start = page.following
