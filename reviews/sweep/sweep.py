"""The gap sweep: finds in DocSpace's own records what no delivery reported.

DocSpace keeps its deliveries in memory, tries for half a minute, and then never again (facts on DocSpace,
1.5, 1.6). Three records tell of what was missed, the most exact one first: the log of deliveries, the log of
each watched folder, and the folder's listing against what is known. What is found becomes an event like any
other.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.errors import TryLater, in_words
from reviews.ports.reports import untold
from reviews.sweep.delivery_sweep import DELIVERIES, DELIVERIES_EVERY, CaughtUp, DeliverySweep
from reviews.sweep.folder_sweep import FolderSweep, SweepOrder, Swept
from reviews.sweep.missed_event_intake import MissedEvents
from reviews.sweep.sweep_lease import Asking, Interrupted, Lease, LeasedTree, LeaseLost

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.ports.portal import Portal, Records
    from reviews.ports.reports import Report
    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.routing import Routes
    from reviews.sweep.baseline import Baseline

__all__ = ["GapSweep", "Interrupted", "Swept"]

GRACE = timedelta(minutes=2)
"""What is younger is left alone: its delivery may be on its way, and the logs are written a little later."""
EVERY = timedelta(minutes=15)
AGAIN = timedelta(minutes=1)
"""After a sweep that did not get through."""
LISTING_EVERY, LISTING_OF_EACH = timedelta(hours=6), timedelta(seconds=1)
"""A folder's listing comes round after the first, or after the second for each watched folder if longer."""
MOST_DUE, MOST_NOTED = 200, 5000
HELD_AGAIN, HELD_PATIENCE = 0.5, 300.0
"""Seconds: how often a sweep by hand asks for a folder that another process sweeps, and for how long."""
HELD = "another process is sweeping it"


@dataclass(frozen=True, kw_only=True)
class GapSweep:
    """Looks through the watched folders, of which each is swept by one process at a time.

    `wait` is called with seconds where we keep to the portal's limit ourselves, `stopping` tells whether to
    break off.
    """

    transactions: Transactions
    portal: Portal
    records: Records
    baseline: Baseline
    routes: Routes
    clock: Clock
    wait: Callable[[float], object]
    every: timedelta = EVERY
    stopping: Callable[[], bool] = lambda: False
    report: Callable[[Report], None] = untold
    monotonic: Callable[[], float] = time.monotonic
    _noted: set[str] = field(default_factory=set, init=False, compare=False)

    @property
    def watched(self) -> Sequence[str]:
        """The watched folders, each once."""
        return self.routes.watched

    def due(self, *, started_at: datetime) -> list[str]:
        """Return folders that wait for their next sweep, or for the first since a process started.

        The longest waiting come first, and only so many. First looks come last, since they make known what
        the sweep of a folder within still has to find: where few folders are due, they wait for the others.
        """
        self._note_watched()
        with self.transactions(reading=True) as work:
            found = work.baselines.due(now=self.clock(), started_at=started_at, most=MOST_DUE)
            first = set(work.baselines.unfinished(found))
            is_busy = work.baselines.is_any_swept_again()
        others = [each for each in found if each not in first]
        if len(found) < MOST_DUE and (others or is_busy):
            return others
        return [*others, *(each for each in found if each in first)]

    def sweep_due(self, folder_id: str, *, started_at: datetime) -> Swept | None:
        """Sweep a watched folder; `None` where it is not due any more or another process sweeps it.

        Raises `Interrupted`.
        """
        caught_up = self._catch_up()
        lease = self._lease(folder_id)
        if caught_up is None or not self.routes.watches(folder_id) or not lease.take(started_at=started_at):
            return None
        return self._sweep(lease, self._order(caught_up))

    def run(
        self,
        folders: Sequence[str],
        *,
        since: datetime | None = None,
        told: Callable[[str, int, int], None] = lambda *_: None,
        held: Callable[[str, float], object] | None = None,
    ) -> list[Swept]:
        """Sweep watched folders whole and now, from their watermarks or from `since`; return what came of it.

        A `since` later than a watermark changes nothing: what lies between would count as looked at. `told`
        hears of each folder how many of its files were looked at, of how many. Where another process sweeps a
        folder, this one waits; then `held` is called with the folder and the seconds. Raises `Interrupted`.
        """
        pause = held or (lambda _folder, seconds: self.wait(seconds))
        lease = self._lease(DELIVERIES)
        if self._take(lease, pause):
            caught_up = self._read_deliveries(lease, since=since, folders=folders)
        else:
            caught_up = CaughtUp(until=self._newest(), trouble=TryLater(HELD))
        order = self._order(caught_up)
        order = replace(order, since=since, listed_before=self.clock(), progress=told)
        with self.transactions(reading=True) as work:
            first = set(work.baselines.unfinished(folders))
        swept = [self._sweep_by_hand(each, order, pause) for each in sorted(folders, key=first.__contains__)]
        found = caught_up.found
        return [*swept, Swept(folder_id=DELIVERIES, found=found)] if found else swept

    def failed(self, folder_id: str, error: Exception) -> None:
        """Write down that the sweep of a folder broke off on what nobody expected."""
        with self.transactions() as work:
            work.baselines.stopped(folder_id, in_words(error))
            work.commit()

    def _note_watched(self) -> None:
        """Write down, once for this process, which folders are watched: the database says which are due."""
        if self._noted:
            return
        with self.transactions(reading=True) as work:
            noted = work.baselines.watched()
        new = [each for each in self.watched if each not in noted]
        for start in range(0, len(new), MOST_NOTED):
            with self.transactions() as work:
                work.baselines.watch(new[start : start + MOST_NOTED])
                work.commit()
        gone = sorted(each for each in noted if not self.routes.watches(each))
        for start in range(0, len(gone), MOST_NOTED):
            with self.transactions() as work:
                work.baselines.unwatch(gone[start : start + MOST_NOTED])
                work.commit()
        self._noted.update(self.watched)

    def _catch_up(self) -> CaughtUp | None:
        """Read the log of deliveries unless that was just done.

        `None` while another process reads it for the first time.
        """
        until = self._newest()
        with self.transactions(reading=True) as work:
            mark = work.baselines.marks([DELIVERIES])[DELIVERIES]
        if mark.swept_to and mark.stopped_by is None and abs(until - mark.swept_to) < DELIVERIES_EVERY:
            return CaughtUp(until=min(mark.swept_to, until))
        lease = self._lease(DELIVERIES)
        if lease.take(started_at=None):
            return self._read_deliveries(lease, since=None, folders=())
        return CaughtUp(until=min(mark.swept_to, until)) if mark.swept_to else None

    def _read_deliveries(self, lease: Lease, *, since: datetime | None, folders: Sequence[str]) -> CaughtUp:
        sweep = DeliverySweep(
            transactions=self.transactions,
            records=self.records,
            missed=self._missed,
            ask=self._asking(lease),
        )
        try:
            return sweep.run(since=since, folders=folders, until=self._newest())
        except LeaseLost:
            return CaughtUp(until=self._newest(), trouble=TryLater(HELD))
        finally:
            lease.release(due_in=self.every)

    def _sweep_by_hand(
        self, folder_id: str, order: SweepOrder, pause: Callable[[str, float], object]
    ) -> Swept:
        lease = self._lease(folder_id)
        swept = self._sweep(lease, order) if self._take(lease, pause) else None
        return swept or Swept(folder_id=folder_id, found=0, stopped_by=HELD)

    def _take(self, lease: Lease, pause: Callable[[str, float], object]) -> bool:
        """Take a lease, waiting for another process; `False` where that takes too long."""
        waited = 0.0
        while not lease.take(started_at=None):
            if self.stopping():
                raise Interrupted
            if waited >= HELD_PATIENCE:
                return False
            pause(lease.folder_id, HELD_AGAIN)
            waited += HELD_AGAIN
        return True

    def _sweep(self, lease: Lease, order: SweepOrder) -> Swept | None:
        """Sweep the folder of a lease and give that back; `None` where another process has taken it."""
        tree = LeasedTree(self.portal, lease)
        places = replace(self.baseline.places, portal=tree)
        sweep = FolderSweep(
            transactions=self.transactions,
            tree=tree,
            records=self.records,
            baseline=replace(self.baseline, portal=tree, places=places, hold=lease.hold),
            missed=self._missed,
            ask=self._asking(lease),
            folder_id=lease.folder_id,
            order=order,
        )
        due_in = min(AGAIN, self.every)
        try:
            swept = sweep.run()
            due_in = self.every if swept.stopped_by is None else due_in
        except LeaseLost:
            return None
        finally:
            lease.release(due_in=due_in)
        return swept

    def _order(self, caught_up: CaughtUp) -> SweepOrder:
        listing_every = max(LISTING_EVERY, LISTING_OF_EACH * len(self.watched))
        return SweepOrder(
            until=caught_up.until,
            listed_before=self.clock() - listing_every,
            trouble=caught_up.trouble,
        )

    def _newest(self) -> datetime:
        return self.clock() - GRACE

    def _lease(self, folder_id: str) -> Lease:
        return Lease(
            transactions=self.transactions,
            clock=self.clock,
            folder_id=folder_id,
            monotonic=self.monotonic,
        )

    def _asking(self, lease: Lease) -> Asking:
        return Asking(lease=lease, wait=self.wait, stopping=self.stopping)

    @property
    def _missed(self) -> MissedEvents:
        return MissedEvents(transactions=self.transactions, clock=self.clock, report=self.report)
