"""The sweep of one watched folder: its log every time, its listing at intervals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from reviews.errors import NotVisible, Rejected, RemoteError, TryLater
from reviews.kinds import SweepSource
from reviews.sightings import Sighting
from reviews.sweep.baseline import MAX_PASSES
from reviews.sweep.folder_log import FolderLogReader
from reviews.sweep.listing_comparison import ListingComparison
from reviews.sweep.missed_events import LONG_AGO
from reviews.sweep.moved_folders import MovedFolders
from reviews.sweep.newest_files import NewestFiles, NewestLook
from reviews.sweep.reconciliation import find_covered_time, is_listing_due, is_log_awaited
from reviews.sweep.sweep_rules import LOG_GRACE
from reviews.tree import FOLDER_ID_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reviews.model import ChangeEvent
    from reviews.ports.portal import PortalLogs, TreeReader
    from reviews.ports.unit_of_work import Transactions
    from reviews.sweep.baseline import Baseline
    from reviews.sweep.folder_log import FolderLog
    from reviews.sweep.missed_event_intake import MissedEventIntake
    from reviews.sweep.sweep_lease import LeasedCaller
    from reviews.tree import FolderLogRow, Watermark

LOG_OVERLAP = timedelta(minutes=10)
"""How far before the watermark the logs are read again, for entries that were written late."""


@dataclass(frozen=True, kw_only=True)
class SweepResult:
    """The result for one watched folder: the number of new events, and any reason why the sweep stopped."""

    folder_id: str
    new_events: int
    stopped_by: str | None = None
    is_baseline: bool = False
    """Whether this was the baseline, which opens no review."""
    awaits_log: bool = False
    """Whether the listing shows what the log may explain soon."""


@dataclass(frozen=True, kw_only=True)
class SweepOrder:
    """How to sweep, at `started_at`: up to `until`, from the watermark or from `since`.

    The folder then counts as complete up to `complete_until`. With `finds_all` there is no webhook: the files
    that were modified last are looked at too. The listing is compared if the last comparison was before
    `listed_before`. `delivery_log_error` is DocSpace's error for its log of deliveries: without that log the
    watermark stays. `progress` is called for each folder with how many of its files were examined, of how
    many.
    """

    started_at: datetime
    until: datetime
    complete_until: datetime
    listed_before: datetime
    finds_all: bool = False
    since: datetime | None = None
    delivery_log_error: RemoteError | None = None
    progress: Callable[[str, int, int], None] = lambda *_: None


@dataclass(frozen=True, kw_only=True)
class _LookResult:
    new_events: int = 0
    newest: FolderLogRow | None = None
    listing_digest: str = ""
    is_listed: bool = False
    must_repeat: bool = False
    """Whether the listing must be compared again because the event of a folder is pending."""
    rejected: Rejected | None = None
    has_log: bool = False
    """Whether the log has all that happened: then the next sweep compares only the newest files."""
    checked: frozenset[str] | None = frozenset()
    """What was compared, `None` for everything; of that, what is `unexplained` has no event."""
    unexplained: frozenset[str] = frozenset()
    has_pending: bool = False
    """Whether a file that differs was left to its pending event."""
    began_at: datetime | None = None
    """When the first look began, if this was it: what it listed then may have changed since."""
    listed_before: datetime | None = None
    """When the listing was compared last, as it was stored when the sweep began."""


@dataclass(frozen=True, kw_only=True)
class FolderSweep:
    """Sweeps one watched folder, once."""

    transactions: Transactions
    tree: TreeReader
    logs: PortalLogs
    baseline: Baseline
    missed_event_intake: MissedEventIntake
    call_docspace: LeasedCaller
    folder_id: str
    order: SweepOrder

    def run(self) -> SweepResult:
        """Sweep, and store the progress; raise `LeaseLost` and `Interrupted`.

        If DocSpace rejects a request for one of its logs, the listing is still compared, but the watermark
        stays: a listing shows neither who did what nor what was deleted.
        """
        with self.transactions(reading=True) as work:
            stored_mark = work.baselines.get_watermarks([self.folder_id])[self.folder_id]
        is_first = stored_mark.finished_at is None
        mark = _correct_watermark(stored_mark, self.order.started_at)
        if self.order.delivery_log_error is not None and not isinstance(
            self.order.delivery_log_error, Rejected
        ):
            return self._save_stop(self.order.delivery_log_error)
        try:
            result = self._take_first_look() if is_first else self._look_through(mark)
        except NotVisible as error:
            is_gone = error.gone and self._is_section_shown()
            count = (
                self.missed_event_intake.receive(self._list_deletions(mark.swept_to))
                if mark.swept_to and is_gone
                else 0
            )
            return self._save_stop(error, count)
        except RemoteError as error:
            return self._save_stop(error)
        return self._save_progress(mark, result, is_first=is_first)

    def _save_progress(self, mark: Watermark, look: _LookResult, *, is_first: bool) -> SweepResult:
        error = look.rejected or self.order.delivery_log_error
        with self.transactions() as work:
            self.call_docspace.lease.prolong(work)
            baselines = work.baselines
            baselines.save_unexplained(
                self.folder_id, look.unexplained, checked=look.checked, at=self.order.started_at
            )
            unexplained = baselines.list_unexplained([self.folder_id]).get(self.folder_id, ())
            complete_until = min(look.began_at or self.order.complete_until, self.order.complete_until)
            covered_until = find_covered_time(
                complete_until,
                mark,
                unexplained=unexplained,
                passed_over=work.events.find_oldest_unsettled() if look.has_pending else None,
            )
            if look.is_listed:
                at = None if look.must_repeat else max(complete_until, mark.listed_at or LONG_AGO)
                baselines.mark_listed(self.folder_id, at=at, previous=look.listed_before)
            if error is None:
                is_reconciled = covered_until == complete_until or not look.has_log
                digest = look.listing_digest if is_reconciled else ""
                baselines.save_look_result(self.folder_id, look.newest, digest)
                swept_to = max(covered_until or LONG_AGO, mark.swept_to or LONG_AGO)
                baselines.mark_swept(self.folder_id, swept_to=swept_to)
            work.commit()
        if error is not None:
            return self._save_stop(error, look.new_events)
        return SweepResult(
            folder_id=self.folder_id,
            new_events=look.new_events,
            is_baseline=is_first,
            awaits_log=self.order.finds_all and is_log_awaited(unexplained, self.order.started_at),
        )

    def _take_first_look(self) -> _LookResult:
        progress = partial(self.order.progress, self.folder_id)
        self.call_docspace(lambda: self.baseline.take(self.folder_id, progress=progress))
        with self.transactions(reading=True) as work:
            began_at = work.baselines.get_watermarks([self.folder_id])[self.folder_id].swept_to
        return _LookResult(is_listed=True, began_at=began_at)

    def _look_through(self, mark: Watermark) -> _LookResult:
        begin = _choose_earlier(self.order.since, (mark.swept_to or self.order.complete_until) - LOG_OVERLAP)
        log = FolderLogReader(
            logs=self.logs,
            missed_event_intake=self.missed_event_intake,
            call_docspace=self.call_docspace,
            folder_id=self.folder_id,
            until=self.order.until,
        ).read(begin, mark.newest_row)
        must_list = mark.listed_at is None or mark.listed_at <= self.order.listed_before
        comparison = self._make_comparison(mark.swept_to or begin)
        look = _LookResult(
            new_events=log.new_events,
            newest=log.newest,
            listing_digest=mark.listing_digest,
            has_log=log.is_complete,
            listed_before=mark.listed_at,
            rejected=log.rejected,
        )
        if not must_list:
            newest = self._look_at_newest(mark, log, comparison)
            must_list = newest.is_listing_due
            look = replace(
                look,
                new_events=look.new_events + newest.new_events,
                listing_digest=newest.digest,
                is_listed=newest.is_listed,
                checked=newest.checked,
                unexplained=newest.unexplained,
            )
        if must_list:
            new_events = look.new_events + self._compare_listing(comparison)
            look = replace(look, new_events=new_events, is_listed=True)
        if look.is_listed:
            look = replace(look, checked=None, unexplained=comparison.find_unexplained())
        return replace(look, must_repeat=bool(comparison.waiting_folders), has_pending=comparison.has_pending)

    def _look_at_newest(self, mark: Watermark, log: FolderLog, comparison: ListingComparison) -> NewestLook:
        """Look at the files that were modified last, if the log is not enough."""
        with self.transactions(reading=True) as work:
            unexplained = work.baselines.list_unexplained([self.folder_id]).get(self.folder_id, ())
        look = self._choose_look(mark, log, comparison, has_unexplained=bool(unexplained))
        remaining = [
            each
            for each in unexplained
            if each.subject in look.unexplained or each.subject not in look.checked
        ]
        is_due = is_listing_due(remaining, mark.listed_at, self.order.started_at)
        return replace(look, is_listing_due=look.is_listing_due or is_due)

    def _choose_look(
        self, mark: Watermark, log: FolderLog, comparison: ListingComparison, *, has_unexplained: bool
    ) -> NewestLook:
        if log.has_lost_row:
            return NewestLook(digest=mark.listing_digest, is_listing_due=True)
        if log.is_available and not self.order.finds_all:
            must_list = not log.is_complete or log.new_events > 0
            return NewestLook(digest=mark.listing_digest, is_listing_due=must_list)
        newest_files = NewestFiles(
            tree=self.tree,
            missed_event_intake=self.missed_event_intake,
            call_docspace=self.call_docspace,
            folder_id=self.folder_id,
            now=self.order.started_at,
        )
        if log.is_complete:
            return newest_files.look_beside_log(mark, comparison, has_unexplained=has_unexplained)
        return newest_files.look_without_log(mark, comparison)

    def _make_comparison(self, since: datetime) -> ListingComparison:
        return ListingComparison(
            transactions=self.transactions,
            portal=self.tree,
            folder_id=self.folder_id,
            since=since,
            until=self.order.until,
        )

    def _compare_listing(self, comparison: ListingComparison) -> int:
        for _ in range(MAX_PASSES):
            start = 0
            while True:
                states, total = self.call_docspace(
                    partial(self.tree.list_files_beneath, self.folder_id, start=start)
                )
                comparison.compare_page(states)
                start += len(states)
                self.order.progress(self.folder_id, min(start, total), total)
                if not states or start >= total:
                    break
            if comparison.listed_count >= total:
                return self.missed_event_intake.receive(self.call_docspace(comparison.find_differences))
        raise TryLater("the folder changes too quickly to be compared with what is known")

    def _is_section_shown(self) -> bool:
        """Return whether DocSpace still shows the section of a folder that it no longer shows.

        Under an old name, or behind a proxy, a portal shows nothing at all.
        """
        with self.transactions(reading=True) as work:
            place = work.folders.get_place_before(self.folder_id)
        try:
            return place is not None and bool(
                self.call_docspace(partial(self.tree.get_place, place.folder_ids[0]))
            )
        except RemoteError:
            return False

    def _list_deletions(self, mark: datetime) -> list[ChangeEvent]:
        """Return the event of a folder that is gone; it is the same until the folder is back and swept.

        If its room is gone, it is the room's event: one deletion is one event.
        """
        moved = MovedFolders(
            transactions=self.transactions, portal=self.tree, folder_id=self.folder_id, since=mark
        )
        topmost = self.call_docspace(moved.find_deletion)
        if topmost is None:
            return []
        event = _build_deletion(topmost, self.order.complete_until)
        with self.transactions(reading=True) as work:
            before = [earlier.occurred_at or LONG_AGO for earlier in work.events.list_sharing_keys(event)]
        if before and max(before) < mark:
            return [_build_deletion(topmost, self.order.complete_until, mark.isoformat())]
        return [event]

    def _save_stop(self, error: RemoteError, new_events: int = 0) -> SweepResult:
        reason = explain_stop(error)
        with self.transactions() as work:
            self.call_docspace.lease.prolong(work)
            work.baselines.mark_stopped(self.folder_id, reason)
            work.commit()
        return SweepResult(folder_id=self.folder_id, new_events=new_events, stopped_by=reason)


def explain_stop(error: RemoteError) -> str:
    """Return the operators' explanation of what stopped a sweep."""
    match error:
        case NotVisible(gone=True):
            return "DocSpace knows no such folder: correct `watch` in the routes"
        case Rejected():
            return (
                f"DocSpace rejects a request of docspace-review ({error}): report this defect. "
                "Until it is mended, changes are found in the listings alone"
            )
        case NotVisible():
            return "the API key's user may not see the folder: give it access"
    return str(error)


def _correct_watermark(mark: Watermark, now: datetime) -> Watermark:
    """Return a watermark without times from a clock that was ahead and has since been corrected.

    The sweep then continues from the newest row of the log that it saw, whose time is DocSpace's, and
    compares the listing.
    """
    until = now - LOG_GRACE
    if max(mark.swept_to or LONG_AGO, mark.listed_at or LONG_AGO) <= until + LOG_OVERLAP:
        return mark
    newest_seen = min(mark.newest_row.at, until) if mark.newest_row else until
    return replace(mark, swept_to=newest_seen if mark.swept_to else None, listed_at=None)


def _choose_earlier(since: datetime | None, begin: datetime) -> datetime:
    return min(since, begin) if since else begin


def _build_deletion(folder_id: str, at: datetime, *key: str) -> ChangeEvent:
    """Return the event of a watched folder that DocSpace no longer has."""
    sighting = Sighting(
        found_in=SweepSource.LISTING,
        trigger="folder.deleted",
        subject=f"{FOLDER_ID_PREFIX}{folder_id}",
        at=at,
        is_dated=False,
    )
    return sighting.build_event("gone", folder_id, *key)
