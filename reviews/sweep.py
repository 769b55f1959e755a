"""The gap sweep: finds in DocSpace's own records what no delivery has told of.

DocSpace keeps its deliveries in memory, tries for half a minute, and then never again (facts on DocSpace,
1.5, 1.6). Three records tell of what was missed, the most exact one first: the log of deliveries, the log of
each watched folder, and the folder's listing against what is known. What is found becomes an event like any
other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from reviews import intake
from reviews.baseline import PASSES
from reviews.comparison import Comparison
from reviews.errors import FarSideError, Hidden, NotYet, Rejected, TryLater, in_words
from reviews.model import FoundIn
from reviews.reports import untold
from reviews.tree import FOLDER
from reviews.untold import Sighting, is_told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reviews.baseline import Baseline
    from reviews.model import ChangeEvent
    from reviews.ports import Clock, Portal, Records, Transactions
    from reviews.reports import Report
    from reviews.routing import Routes

T = TypeVar("T")

GRACE = timedelta(minutes=2)
"""What is younger is left alone: its delivery may be on its way, and the logs are written a little later."""
OVERLAP = timedelta(minutes=10)
"""So far before the watermark the logs are read again, for what was written into them late."""
EVERY = timedelta(minutes=15)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
AGAIN = timedelta(minutes=1)
"""After a sweep that did not get through."""


class Interrupted(Exception):
    """The process is about to end; what was found so far is kept, and the watermark stays."""


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What came of one watched folder: how much was found, and in words what stopped the sweep, if it was."""

    folder_id: str
    found: int
    stopped_by: str | None = None
    first: bool = False
    """Whether this was the first look, which opens no review."""


@dataclass(frozen=True, kw_only=True)
class GapSweep:
    """Looks through all watched folders once.

    May run beside the worker and beside another sweep: what is found twice is received once. `wait` is
    called with seconds where we keep to the portal's limit ourselves, `stopping` tells whether to break off.
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

    @property
    def watched(self) -> list[str]:
        """The watched folders, each once."""
        return list(dict.fromkeys(folder for route in self.routes.all for folder in route.watch))

    def due(self, *, started_at: datetime) -> list[str]:
        """Return the folders that wait for their next sweep, or for the first since a process started."""
        now = self.clock()
        with self.transactions(reading=True) as work:
            marks = work.baselines.marks(self.watched)
        return [
            folder
            for folder, mark in marks.items()
            if mark.tried_at is None
            or mark.tried_at < started_at
            or now - mark.tried_at >= (min(AGAIN, self.every) if mark.stopped_by else self.every)
        ]

    def run(
        self,
        folders: Sequence[str],
        *,
        since: datetime | None = None,
        told: Callable[[str, int, int], None] = lambda *_: None,
    ) -> list[Swept]:
        """Sweep watched folders, from their watermarks or from `since`, and return what came of each.

        A `since` later than a watermark changes nothing: what lies between would count as looked at. `told`
        hears of each folder how many of its files were looked at, of how many. Raises `Interrupted`.
        """
        until = self.clock() - GRACE
        rejected: Rejected | None = None
        with self.transactions() as work:
            for folder in folders:
                work.baselines.tried(folder, at=self.clock())
            work.commit()
        try:
            undelivered = self._undelivered(_sooner(since, self._earliest(folders, until)), until)
        except Hidden:
            undelivered = 0  # without a key of full access the other two records have to do
        except Rejected as error:
            undelivered, rejected = 0, error
        except FarSideError as error:
            return [self._stopped(folder, error) for folder in folders]
        # First looks come last: they make known what others still have to find.
        with self.transactions(reading=True) as work:
            first = set(work.baselines.unfinished(list(folders)))
        in_order = sorted(folders, key=first.__contains__)
        swept = [self._sweep(folder, since, until, told, rejected=rejected) for folder in in_order]
        return [*swept, Swept(folder_id="", found=undelivered)] if undelivered else swept

    def _earliest(self, folders: Sequence[str], until: datetime) -> datetime:
        with self.transactions(reading=True) as work:
            marks = work.baselines.marks(folders).values()
        return min((mark.swept_to for mark in marks if mark.swept_to), default=until) - OVERLAP

    def _undelivered(self, since: datetime, until: datetime) -> int:
        """Receive what DocSpace could not deliver; return how much of it was new."""
        found, start = 0, 0
        while True:
            page = self._asked(partial(self.records.undelivered, start=start))
            found += self._receive_missed([each for each in page.events if since <= _at(each) <= until])
            # Sent again by hand, an old one comes among new ones: only a whole page of old ones is the end.
            newest = max(map(_at, page.events), default=until)
            if page.following is None or newest < since:
                return found
            start = page.following

    def _sweep(
        self,
        folder_id: str,
        since: datetime | None,
        until: datetime,
        told: Callable[[str, int, int], None],
        *,
        rejected: Rejected | None,
    ) -> Swept:
        """Look through one watched folder.

        Where DocSpace has `rejected` what one of its logs was asked, the listing finds what it can and the
        watermark stays: it does not say who did what, nor what was deleted.
        """
        with self.transactions(reading=True) as work:
            mark = work.baselines.marks([folder_id])[folder_id].swept_to
            unknown = bool(work.baselines.unfinished([folder_id]))
        try:
            found = 0
            if unknown:
                self._take_baseline(folder_id, told)
            else:
                begin = _sooner(since, (mark or until) - OVERLAP)
                try:
                    found = self._logged(folder_id, begin, until)
                except Rejected as error:
                    rejected = error
                found += self._compared(folder_id, mark or begin, until, told)
        except Hidden as error:
            is_gone = error.gone and self._answers_for(folder_id)
            found = self._receive([self._gone(folder_id, mark, until)]) if mark and is_gone else 0
            return self._stopped(folder_id, error, found)
        except FarSideError as error:
            return self._stopped(folder_id, error)
        if rejected is not None:
            return self._stopped(folder_id, rejected, found)
        with self.transactions() as work:
            work.baselines.swept(folder_id, to=until)
            work.commit()
        return Swept(folder_id=folder_id, found=found, first=unknown)

    def _answers_for(self, folder_id: str) -> bool:
        """Tell whether DocSpace still knows the section of a folder that it knows no more.

        Under an old name, or behind a proxy, a portal knows nothing at all.
        """
        with self.transactions(reading=True) as work:
            place = work.folders.place_before(folder_id)
        try:
            return place is not None and bool(self._asked(partial(self.portal.place, place.way[0])))
        except FarSideError:
            return False

    def _gone(self, folder_id: str, mark: datetime, until: datetime) -> ChangeEvent:
        """Return the event of a folder that is gone, the same until it is there again and swept."""
        event = _deleted(folder_id, until)
        with self.transactions(reading=True) as work:
            before = [earlier.occurred_at or LONG_AGO for earlier in work.events.sharing_keys(event)]
        return _deleted(folder_id, until, mark.isoformat()) if before and max(before) < mark else event

    def failed(self, folders: Sequence[str], error: Exception) -> None:
        """Write down that a sweep of these folders broke off on what nobody expected."""
        with self.transactions() as work:
            for folder in folders:
                work.baselines.stopped(folder, in_words(error))
            work.commit()

    def _stopped(self, folder_id: str, error: FarSideError, found: int = 0) -> Swept:
        match error:
            case Hidden(gone=True):
                reason = "DocSpace knows no such folder: correct `watch` in the routes"
            case Rejected():
                reason = (
                    f"DocSpace rejects a request of docspace-review ({error}): report this defect. "
                    "Until it is mended, changes are found in the listings alone"
                )
            case Hidden():
                reason = "the API key's user may not see the folder: give it access"
            case _:
                reason = str(error)
        with self.transactions() as work:
            work.baselines.stopped(folder_id, reason)
            work.commit()
        return Swept(folder_id=folder_id, found=found, stopped_by=reason)

    def _take_baseline(self, folder_id: str, told: Callable[[str, int, int], None]) -> None:
        self._asked(
            lambda: self.baseline.take(folder_id, told=lambda done, total: told(folder_id, done, total))
        )

    def _logged(self, folder_id: str, since: datetime, until: datetime) -> int:
        """Receive what the folder's log tells and no event has told of."""
        found, start = 0, 0
        while True:
            try:
                page = self._asked(partial(self.records.logged, folder_id, since, until, start=start))
            except Hidden:
                return found  # a connected storage keeps none; the listing has to do
            found += self._receive_missed(page.events)
            if page.following is None:
                return found
            start = page.following

    def _compared(
        self,
        folder_id: str,
        since: datetime,
        until: datetime,
        told: Callable[[str, int, int], None],
    ) -> int:
        comparison = Comparison(
            transactions=self.transactions, portal=self.portal, folder_id=folder_id, since=since, until=until
        )
        for _ in range(PASSES):
            start = 0
            while True:
                states, total = self._asked(partial(self.portal.files_beneath, folder_id, start=start))
                comparison.take(states)
                start += len(states)
                told(folder_id, min(start, total), total)
                if not states or start >= total:
                    break
            if comparison.listed >= total:
                return self._receive(self._asked(comparison.differences))
        raise TryLater("the folder changes too quickly to be compared with what is known")

    def _receive_missed(self, events: Iterable[ChangeEvent]) -> int:
        """Receive what has not come in otherwise; return how much that was."""
        with self.transactions(reading=True) as work:
            missed = [each for each in events if not is_told(work, each)]
        return self._receive(missed)

    def _receive(self, events: Sequence[ChangeEvent]) -> int:
        if not events:
            return 0
        return sum(intake.receive(self.transactions, events, now=self.clock(), report=self.report))

    def _asked(self, ask: Callable[[], T]) -> T:
        """Ask DocSpace, waiting where we keep to its limit; `Interrupted` where the process is to end."""
        while True:
            if self.stopping():
                raise Interrupted
            try:
                return ask()
            except NotYet as error:
                self.wait(error.after)


def _sooner(since: datetime | None, begin: datetime) -> datetime:
    return min(since, begin) if since else begin


def _at(event: ChangeEvent) -> datetime:
    """Return when an event happened; one without a time is taken for an old one."""
    return event.occurred_at or LONG_AGO


def _deleted(folder_id: str, at: datetime, *key: str) -> ChangeEvent:
    """Return the event of a watched folder that DocSpace knows no more."""
    gone = Sighting(
        found_in=FoundIn.LISTING,
        trigger="folder.deleted",
        subject=f"{FOLDER}{folder_id}",
        at=at,
        is_dated=False,
    )
    return gone.event("gone", folder_id, *key)
