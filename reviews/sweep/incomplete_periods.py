"""Periods in which a watched folder is not complete for longer than a day, recorded in the ledger.

Each begins and ends with one entry, whichever workers look: an auditor sees which time no sweep covered, and
that it was covered later. Where many folders of a route are behind at once, they are one period; it ends when
only a few are left, which have periods of their own from then on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.language import gettext_noop
from reviews.ledger import entries_without_review
from reviews.ports.incomplete_periods import IncompletePeriod
from reviews.sweep.completeness import find_allowed_age
from reviews.sweep.route_progress import ProgressLimits, read_progress
from reviews.text import clean_text
from reviews.tree import FolderContents

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Routes
    from reviews.sweep.completeness import Completeness
    from reviews.sweep.route_progress import RouteProgress

MAX_INCOMPLETE = timedelta(days=1)
"""For how long a folder may be incomplete without an entry; longer where sweeps are as rare as that."""
MAX_SINGLE_FOLDERS = 20
"""Folders of a route that have periods of their own. If more are behind, they are one period."""
MAX_REASON_LENGTH = 300
NO_SWEEPS = gettext_noop("sweeps are switched off")
NO_SWEEP_YET = gettext_noop("no sweep has got through")
PENDING_CHANGE = gettext_noop("a change that was detected is still pending")
KNOWN_REASONS = frozenset({NO_SWEEPS, NO_SWEEP_YET, PENDING_CHANGE})
"""Reasons that a pack says in its language; entries have them in English, and others from elsewhere."""
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
            late_before=now - self._max_incomplete,
            complete_from=now - find_allowed_age(self.routes, self.interval),
            selected=frozenset(period.folder_id for period in stored),
            recorded=frozenset((period.route, period.folder_id) for period in stored if period.is_recorded),
        )
        for progress in read_progress(self.transactions, self.routes, limits):
            own = {period.folder_id: period for period in stored if period.route == progress.route}
            self._record_route(progress, own, now)
        for period in stored:
            if not period.is_recorded and not self._is_watched(period):
                self._end(period, now, now)

    @property
    def _max_incomplete(self) -> timedelta:
        return max(MAX_INCOMPLETE, find_allowed_age(self.routes, self.interval))

    def _is_long(self, period: IncompletePeriod, now: datetime) -> bool:
        return now - period.since > self._max_incomplete

    def _record_route(
        self, progress: RouteProgress, stored: Mapping[str, IncompletePeriod], now: datetime
    ) -> None:
        many, up_to = stored.get(MANY_FOLDERS), progress.complete_to
        if many is not None and up_to is not None and progress.incomplete_count <= MAX_SINGLE_FOLDERS:
            left = progress.incomplete if many.is_recorded else progress.behind
            singles = [self._make_single(each, stored, now, or_since=many.since) for each in left]
            self._end_many(many, singles, up_to, now)
        else:
            for period in self._list_behind(progress, stored, now):
                self._begin(period, now)
        for folder, caught_up_to in progress.caught_up.items():
            if folder in stored:
                self._end(stored[folder], caught_up_to, now)

    def _is_watched(self, period: IncompletePeriod) -> bool:
        if period.folder_id == MANY_FOLDERS:
            return any(route.name == period.route for route in self.routes.all)
        route = self.routes.match_folders([period.folder_id])
        return route is not None and route.name == period.route

    def _list_behind(
        self, progress: RouteProgress, stored: Mapping[str, IncompletePeriod], now: datetime
    ) -> list[IncompletePeriod]:
        """Return the periods of a route that are to be stored or recorded."""
        many = stored.get(MANY_FOLDERS)
        if not progress.behind or (many is not None and many.is_recorded):
            return []
        if many is None and progress.recorded_count + progress.behind_count <= MAX_SINGLE_FOLDERS:
            return [self._make_single(each, stored, now, or_since=now) for each in progress.behind]
        return [self._make_many(progress, stored, now)]

    def _make_many(
        self, progress: RouteProgress, stored: Mapping[str, IncompletePeriod], now: datetime
    ) -> IncompletePeriod:
        """Return the one period of those behind; it began when the first was noticed, or fell behind."""
        first = progress.behind[0]
        noticed = [
            period.since
            for folder, period in stored.items()
            if not period.is_recorded and folder not in progress.caught_up and self._is_watched(period)
        ]
        ids = tuple(each.folder_id for each in progress.behind)
        return IncompletePeriod(
            route=progress.route,
            folder_id=MANY_FOLDERS,
            since=min([now, first.incomplete_since or now, *noticed]),
            is_recorded=False,
            up_to=progress.behind_up_to,
            folders=FolderContents(count=progress.behind_count, titles=ids),
            reason=self._explain(first),
        )

    def _make_single(
        self,
        folder: Completeness,
        stored: Mapping[str, IncompletePeriod],
        now: datetime,
        *,
        or_since: datetime,
    ) -> IncompletePeriod:
        """Return the period of one folder, since `or_since` if no earlier look has stored when it began."""
        before = stored.get(folder.folder_id)
        beginnings = [folder.incomplete_since, before.since if before else None]
        times = [at for at in beginnings if at is not None]
        return IncompletePeriod(
            route=folder.route,
            folder_id=folder.folder_id,
            since=min([now, *(times or [or_since])]),
            is_recorded=False,
            up_to=folder.up_to,
            reason=self._explain(folder),
        )

    def _explain(self, folder: Completeness) -> str:
        return clean_text(_explain_delay(folder))[:MAX_REASON_LENGTH] if self.interval else NO_SWEEPS

    def _begin(self, period: IncompletePeriod, now: datetime) -> None:
        """Store a period, and record it once it has lasted for too long."""
        with self.transactions() as work:
            is_changed = work.incomplete_periods.begin(period)
            is_recorded = self._is_long(period, now) and work.incomplete_periods.mark_recorded(period)
            if is_recorded:
                work.ledger.append(entries_without_review.build_incomplete(_add_titles(work, period), at=now))
            if is_changed or is_recorded:
                work.commit()

    def _end_many(
        self, many: IncompletePeriod, singles: Sequence[IncompletePeriod], up_to: datetime, now: datetime
    ) -> None:
        """End a period of many folders, and begin those of the folders that are left, all at once.

        After a recorded one they are recorded as well, however late they are: the entry of the end is true of
        all others.
        """
        with self.transactions() as work:
            periods = work.incomplete_periods
            if not periods.end(many):
                return
            for each in singles:
                periods.begin(each)
            # All rows come before the ledger's lock: another worker may hold one of them and wait for it.
            due = [each for each in singles if many.is_recorded or self._is_long(each, now)]
            recorded = [each for each in due if periods.mark_recorded(each)]
            for each in recorded:
                work.ledger.append(entries_without_review.build_incomplete(_add_titles(work, each), at=now))
            if many.is_recorded:
                work.ledger.append(entries_without_review.build_complete(many, up_to=up_to, at=now))
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
    if folder.stopped_by or folder.held_by:
        return str(folder.stopped_by or folder.held_by)
    is_held = folder.up_to is not None and folder.up_to != folder.swept_to
    return PENDING_CHANGE if is_held else NO_SWEEP_YET


def _add_titles(work: UnitOfWork, period: IncompletePeriod) -> IncompletePeriod:
    """Return the period with the stored titles of its folders; one that is not stored keeps its id."""
    if period.folders is None:
        own = work.folders.get_titles([period.folder_id] if period.folder_id else [])
        return replace(period, title=own.get(period.folder_id, ""))
    ids = period.folders.titles
    stored = work.folders.get_titles(ids)
    titles = tuple(stored.get(each, each) for each in ids)
    return replace(period, folders=replace(period.folders, titles=titles))
