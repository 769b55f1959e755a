"""Periods in which a watched folder is not complete for longer than a day, recorded in the ledger.

Each begins and ends with one entry, whichever workers look: an auditor sees which time no sweep covered, and
that it was covered later. Where many folders of a route are behind at once, they are one period.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.ledger import entries_without_review
from reviews.ports.incomplete_periods import IncompletePeriod
from reviews.sweep.completeness import find_allowed_age
from reviews.sweep.route_progress import ProgressLimits, read_progress
from reviews.text import clean_text
from reviews.tree import FolderContents

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Routes
    from reviews.sweep.completeness import Completeness
    from reviews.sweep.route_progress import RouteProgress

MAX_INCOMPLETE = timedelta(days=1)
MAX_SINGLE_FOLDERS = 20
"""Folders of a route that have periods of their own. If more are behind, they are one period."""
MAX_REASON_LENGTH = 300
NO_SWEEPS = "sweeps are switched off"
NO_SWEEP_YET = "no sweep has got through"
PENDING_CHANGE = "a change that was detected is still pending"
MANY_FOLDERS = ""
"""Stands for the id of the folder in a period of many."""


@dataclass(frozen=True, kw_only=True)
class IncompletePeriods:
    """Records when watched folders stop being complete, and when they are again.

    `interval` is the time between two sweeps, 0 if they are switched off. A folder that is not watched any
    more gets no second entry: nothing is known of it.
    """

    transactions: Transactions
    routes: Routes
    interval: timedelta
    clock: Clock

    def record_changes(self) -> None:
        """Read how far all watched folders are, and write what has begun or ended since the last look."""
        now = self.clock()
        with self.transactions(reading=True) as work:
            stored = work.incomplete_periods.list_all()
        limits = ProgressLimits(
            late_before=now - MAX_INCOMPLETE,
            complete_from=now - min(find_allowed_age(self.routes, self.interval), MAX_INCOMPLETE),
            selected=frozenset(period.folder_id for period in stored),
        )
        for progress in read_progress(self.transactions, self.routes, limits):
            own = {period.folder_id: period for period in stored if period.route == progress.route}
            for period in self._list_behind(progress, own, now):
                self._begin(period, now)
            for period, up_to in _list_ended(progress, own):
                self._end(period, up_to, now)
        for period in stored:
            if not period.is_recorded and not self._is_watched(period):
                self._end(period, now, now)

    def _is_watched(self, period: IncompletePeriod) -> bool:
        if period.folder_id == MANY_FOLDERS:
            return any(route.name == period.route for route in self.routes.all)
        route = self.routes.match_folders([period.folder_id])
        return route is not None and route.name == period.route

    def _list_behind(
        self, progress: RouteProgress, stored: Mapping[str, IncompletePeriod], now: datetime
    ) -> list[IncompletePeriod]:
        """Return the periods of a route that are to be stored or recorded."""
        if not progress.behind:
            return []
        if progress.behind_count > MAX_SINGLE_FOLDERS or MANY_FOLDERS in stored:
            ids = tuple(each.folder_id for each in progress.behind)
            folders = FolderContents(count=progress.behind_count, titles=ids)
            many = self._make_period(MANY_FOLDERS, progress, progress.behind[0], now)
            periods = [replace(many, folders=folders)]
        else:
            periods = [self._make_period(each.folder_id, progress, each, now) for each in progress.behind]
        pairs = [(each, stored.get(each.folder_id)) for each in periods]
        return [
            replace(each, since=before.since) if before else each
            for each, before in pairs
            if before is None or not before.is_recorded
        ]

    def _make_period(
        self, folder_id: str, progress: RouteProgress, folder: Completeness, now: datetime
    ) -> IncompletePeriod:
        reason = clean_text(_explain_delay(folder))[:MAX_REASON_LENGTH] if self.interval else NO_SWEEPS
        return IncompletePeriod(
            route=progress.route,
            folder_id=folder_id,
            since=folder.incomplete_since or now,
            is_recorded=False,
            up_to=folder.up_to,
            reason=reason,
        )

    def _begin(self, period: IncompletePeriod, now: datetime) -> None:
        """Store a period, and record it once it has lasted a day."""
        with self.transactions() as work:
            is_new = work.incomplete_periods.begin(period)
            is_long = now - period.since > MAX_INCOMPLETE
            is_recorded = is_long and work.incomplete_periods.mark_recorded(period)
            if is_recorded:
                work.ledger.append(entries_without_review.build_incomplete(_add_titles(work, period), at=now))
            if is_new or is_recorded:
                work.commit()

    def _end(self, period: IncompletePeriod, up_to: datetime, now: datetime) -> None:
        with self.transactions() as work:
            if not work.incomplete_periods.end(period):
                return
            if period.is_recorded:
                named = _add_titles(work, period)
                work.ledger.append(entries_without_review.build_complete(named, up_to=up_to, at=now))
            work.commit()


def _explain_delay(folder: Completeness) -> str:
    if folder.stopped_by:
        return folder.stopped_by
    is_held = folder.up_to is not None and folder.up_to != folder.swept_to
    return PENDING_CHANGE if is_held else NO_SWEEP_YET


def _list_ended(
    progress: RouteProgress, stored: Mapping[str, IncompletePeriod]
) -> list[tuple[IncompletePeriod, datetime]]:
    """Return the periods of a route that are over, and up to when the folder is complete now."""
    ended = [(stored[folder], up_to) for folder, up_to in progress.caught_up.items() if folder in stored]
    many = stored.get(MANY_FOLDERS)
    if many is not None and not progress.incomplete_count and progress.complete_to is not None:
        ended.append((many, progress.complete_to))
    return ended


def _add_titles(work: UnitOfWork, period: IncompletePeriod) -> IncompletePeriod:
    """Return the period with the stored titles of its folders; one that is not stored keeps its id."""
    if period.folders is None:
        own = work.folders.get_titles([period.folder_id] if period.folder_id else [])
        return replace(period, title=own.get(period.folder_id, ""))
    ids = period.folders.titles
    stored = work.folders.get_titles(ids)
    titles = tuple(stored.get(each, each) for each in ids)
    return replace(period, folders=replace(period.folders, titles=titles))
