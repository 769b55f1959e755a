"""The gap sweep: looks for missed events in DocSpace's own logs and listings.

DocSpace keeps its deliveries in memory, retries for half a minute, and then never again (facts on DocSpace,
1.5, 1.6). Missed events are in three places, the most exact one first: the log of deliveries, the log of each
watched folder, and the folder's listing, compared with the stored state. Each missed event is handled like
any other event.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.errors import TryLater, describe_error
from reviews.ports.reports import ignore_report
from reviews.sweep.delivery_sweep import (
    DELIVERY_LOG_ID,
    DELIVERY_LOG_INTERVAL,
    DeliveryLogResult,
    DeliverySweep,
)
from reviews.sweep.folder_sweep import FolderSweep, SweepOrder, SweepResult
from reviews.sweep.missed_event_intake import MissedEventIntake
from reviews.sweep.sweep_lease import Interrupted, Lease, LeasedCaller, LeasedTree, LeaseLost, take_when_free
from reviews.sweep.sweep_rules import BESIDE_WEBHOOK, CLOSE_INTERVAL, LOG_GRACE
from reviews.sweep.watched_folders import save_watched_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.ports.portal import Portal, PortalLogs
    from reviews.ports.reports import Report
    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.route import Routes
    from reviews.sweep.baseline import Baseline
    from reviews.sweep.sweep_rules import SweepRules

__all__ = ["GapSweep", "Interrupted", "SweepResult"]

SWEEP_INTERVAL = timedelta(minutes=15)
RETRY_INTERVAL = timedelta(minutes=1)
"""Interval after a sweep that failed."""
LISTING_INTERVAL, LISTING_INTERVAL_PER_FOLDER = timedelta(hours=6), timedelta(seconds=1)
"""A listing is compared after the first interval, or the second times the watched folders if longer."""
MAX_DUE_FOLDERS = 200
LEASE_HELD_REASON = "another process is sweeping it"


@dataclass(frozen=True, kw_only=True)
class GapSweep:
    """Sweeps the watched folders, each by one process at a time.

    `wait` is called with seconds to stay within the portal's rate limit; `stopping` returns whether to stop
    early.
    """

    transactions: Transactions
    portal: Portal
    logs: PortalLogs
    baseline: Baseline
    routes: Routes
    clock: Clock
    wait: Callable[[float], object]
    interval: timedelta = SWEEP_INTERVAL
    rules: SweepRules = BESIDE_WEBHOOK
    stopping: Callable[[], bool] = lambda: False
    report: Callable[[Report], None] = ignore_report
    monotonic: Callable[[], float] = time.monotonic
    _saved_folders: set[str] = field(default_factory=set, init=False, compare=False)

    @property
    def watched(self) -> Sequence[str]:
        """The watched folders, each once."""
        return self.routes.watched

    def list_due_folders(self, *, started_at: datetime) -> list[str]:
        """Return folders that are due for their next sweep, or for the first since a process started.

        The longest waiting come first, up to a limit. Baselines come last, since they store what the sweep of
        a nested folder still has to report: if few folders are due, they wait for the others.
        """
        self._save_watched()
        with self.transactions(reading=True) as work:
            due = work.baselines.list_due(now=self.clock(), started_at=started_at, limit=MAX_DUE_FOLDERS)
            first = set(work.baselines.list_unfinished(due))
            is_busy = work.baselines.is_any_swept_again()
        others = [each for each in due if each not in first]
        if len(due) < MAX_DUE_FOLDERS and (others or is_busy):
            return others
        return [*others, *(each for each in due if each in first)]

    def sweep_due_folder(self, folder_id: str, *, started_at: datetime) -> SweepResult | None:
        """Sweep a watched folder; `None` if it is not due any more or another process sweeps it.

        Raise `Interrupted`.
        """
        deliveries = self._catch_up()
        lease = self._make_lease(folder_id)
        if (
            deliveries is None
            or not self.routes.is_watched(folder_id)
            or not lease.take(started_at=started_at)
        ):
            return None
        return self._sweep_folder(lease, self._make_order(deliveries))

    def run(
        self,
        folders: Sequence[str],
        *,
        since: datetime | None = None,
        progress: Callable[[str, int, int], None] = lambda *_: None,
        on_lease_held: Callable[[str, float], object] | None = None,
    ) -> list[SweepResult]:
        """Sweep whole watched folders now, from their watermarks or from `since`; return the results.

        A `since` later than a watermark has no effect: the time between would count as swept. `progress` is
        called for each folder with how many of its files were examined, of how many. If another process
        sweeps a folder, this one waits; then `on_lease_held` is called with the folder and the seconds. Raise
        `Interrupted`.
        """
        pause = on_lease_held or (lambda _folder, seconds: self.wait(seconds))
        deliveries = self._read_deliveries_now(pause, since=since, folders=folders)

        def make_order() -> SweepOrder:
            order = self._make_order(deliveries)
            return replace(order, since=since, listed_before=self.clock(), progress=progress)

        with self.transactions(reading=True) as work:
            first = set(work.baselines.list_unfinished(folders))
        results = [
            self._sweep_manually(each, make_order, pause) for each in sorted(folders, key=first.__contains__)
        ]
        new_events = deliveries.new_events
        return (
            [*results, SweepResult(folder_id=DELIVERY_LOG_ID, new_events=new_events)]
            if new_events
            else results
        )

    def save_failure(self, folder_id: str, error: Exception) -> None:
        """Store that the sweep of a folder stopped on an unexpected error."""
        with self.transactions() as work:
            work.baselines.mark_stopped(folder_id, describe_error(error))
            work.commit()

    def _save_watched(self) -> None:
        """Store, once for this process, which folders are watched: the database decides which are due."""
        if self._saved_folders:
            return
        save_watched_folders(self.transactions, self.routes)
        self._saved_folders.update(self.watched)

    def _catch_up(self) -> DeliveryLogResult | None:
        """Read the log of deliveries unless that was just done, or there is no webhook.

        `None` while another process reads it for the first time.
        """
        until = self._find_newest_time()
        if self.rules.finds_all:
            return DeliveryLogResult(until=until)
        with self.transactions(reading=True) as work:
            mark = work.baselines.get_watermarks([DELIVERY_LOG_ID])[DELIVERY_LOG_ID]
        if mark.swept_to and mark.stopped_by is None and abs(until - mark.swept_to) < DELIVERY_LOG_INTERVAL:
            return DeliveryLogResult(until=min(mark.swept_to, until))
        lease = self._make_lease(DELIVERY_LOG_ID)
        if lease.take(started_at=None):
            return self._read_deliveries(lease, since=None, folders=())
        return DeliveryLogResult(until=min(mark.swept_to, until)) if mark.swept_to else None

    def _read_deliveries_now(
        self,
        pause: Callable[[str, float], object],
        *,
        since: datetime | None,
        folders: Sequence[str],
    ) -> DeliveryLogResult:
        """Read the log of deliveries, waiting for another process that reads it."""
        if self.rules.finds_all:
            return DeliveryLogResult(until=self._find_newest_time())
        lease = self._make_lease(DELIVERY_LOG_ID)
        if take_when_free(lease, pause, stopping=self.stopping):
            return self._read_deliveries(lease, since=since, folders=folders)
        return DeliveryLogResult(until=self._find_newest_time(), error=TryLater(LEASE_HELD_REASON))

    def _read_deliveries(
        self, lease: Lease, *, since: datetime | None, folders: Sequence[str]
    ) -> DeliveryLogResult:
        sweep = DeliverySweep(
            transactions=self.transactions,
            logs=self.logs,
            missed_event_intake=self._missed_event_intake,
            call_docspace=self._make_caller(lease),
        )
        try:
            return sweep.run(since=since, folders=folders, until=self._find_newest_time())
        except LeaseLost:
            return DeliveryLogResult(until=self._find_newest_time(), error=TryLater(LEASE_HELD_REASON))
        finally:
            lease.release(due_in=self.interval)

    def _sweep_manually(
        self, folder_id: str, make_order: Callable[[], SweepOrder], pause: Callable[[str, float], object]
    ) -> SweepResult:
        lease = self._make_lease(folder_id)
        result = (
            self._sweep_folder(lease, make_order())
            if take_when_free(lease, pause, stopping=self.stopping)
            else None
        )
        return result or SweepResult(folder_id=folder_id, new_events=0, stopped_by=LEASE_HELD_REASON)

    def _sweep_folder(self, lease: Lease, order: SweepOrder) -> SweepResult | None:
        """Sweep the folder of a lease and release it; `None` if another process has taken it."""
        tree = LeasedTree(self.portal, lease)
        places = replace(self.baseline.places, portal=tree)
        sweep = FolderSweep(
            transactions=self.transactions,
            tree=tree,
            logs=self.logs,
            baseline=replace(self.baseline, portal=tree, places=places, require_lease=lease.prolong),
            missed_event_intake=self._missed_event_intake,
            call_docspace=self._make_caller(lease),
            folder_id=lease.folder_id,
            order=order,
        )
        started_at = self.clock()
        due_in = min(RETRY_INTERVAL, self.interval)
        try:
            result = sweep.run()
            if result.stopped_by is None:
                due_in = min(CLOSE_INTERVAL, self.interval) if result.awaits_log else self.interval
        except LeaseLost:
            return None
        finally:
            # From one start to the next, so that the time a sweep takes does not make the next one later.
            elapsed = max(self.clock() - started_at, timedelta())
            lease.release(due_in=max(due_in - elapsed, timedelta()))
        return result

    def _make_order(self, deliveries: DeliveryLogResult) -> SweepOrder:
        listing_interval = max(LISTING_INTERVAL, LISTING_INTERVAL_PER_FOLDER * len(self.watched))
        now = self.clock()
        return SweepOrder(
            started_at=now,
            until=deliveries.until,
            complete_until=min(deliveries.until, now - LOG_GRACE),
            finds_all=self.rules.finds_all,
            listed_before=now - listing_interval,
            delivery_log_error=deliveries.error,
        )

    def _find_newest_time(self) -> datetime:
        return self.clock() - self.rules.delivery_grace

    def _make_lease(self, folder_id: str) -> Lease:
        return Lease(
            transactions=self.transactions,
            clock=self.clock,
            folder_id=folder_id,
            monotonic=self.monotonic,
        )

    def _make_caller(self, lease: Lease) -> LeasedCaller:
        return LeasedCaller(lease=lease, wait=self.wait, stopping=self.stopping)

    @property
    def _missed_event_intake(self) -> MissedEventIntake:
        return MissedEventIntake(
            transactions=self.transactions,
            clock=self.clock,
            report=self.report,
            joins_listed=self.rules.finds_all,
        )
