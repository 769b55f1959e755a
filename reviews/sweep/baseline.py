"""The baseline: the state of all files under a watched folder, to compare the first change of a file with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.changes.folder_places import MAX_REFUSED_ATTEMPTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.changes.folder_places import FolderPlaces
    from reviews.clock import Clock
    from reviews.ports.portal import TreeReader
    from reviews.ports.unit_of_work import Transactions, UnitOfWork

MAX_PASSES = 3  # DocSpace pages without order among equals, so one pass may miss a file


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """Stores only the files that are not stored yet: the state from events is newer.

    `require_lease` is called first in each transaction that writes, and raises if another process has the
    folder meanwhile.
    """

    transactions: Transactions
    portal: TreeReader
    places: FolderPlaces
    clock: Clock
    require_lease: Callable[[UnitOfWork], object] = lambda _work: None

    def take(self, folder_id: str, *, progress: Callable[[int, int], None]) -> int:
        """Continue where the last run stopped; return how many files are stored in the end.

        `progress` is called with the progress: how many files of how many. Raise `TryLater`,
        `RateLimitReached`, `NotVisible` or `Permanent`; what was stored until then stays.
        """
        with self.transactions() as work:
            self.require_lease(work)
            work.baselines.mark_started(folder_id, at=self.clock())
            work.commit()
        for _ in range(MAX_PASSES):
            total = self._list_folder(folder_id, progress)
            with self.transactions(reading=True) as work:
                stored = work.files.count_beneath(folder_id)
            if stored >= total:
                break
        with self.transactions() as work:
            self.require_lease(work)
            work.baselines.save_start(folder_id, 0, finished_at=self.clock())
            work.folders.finish_listing([folder_id, *work.folders.list_unlisted_beneath(folder_id)])
            work.commit()
        return stored

    def list_unfinished(self) -> list[str]:
        """Return the watched folders whose baseline is not complete."""
        with self.transactions(reading=True) as work:
            return work.baselines.list_unfinished(self.places.routes.watched)

    def _list_folder(self, folder_id: str, progress: Callable[[int, int], None]) -> int:
        with self.transactions(reading=True) as work:
            start = work.baselines.get_start(folder_id)
        while True:
            read_at = self.clock()
            states, total = self.portal.list_files_beneath(folder_id, start=start)
            for parent in {state.parent_id for state in states}:
                self.places.find(parent, attempts=MAX_REFUSED_ATTEMPTS)
            start += len(states)
            is_end = not states or start >= total
            with self.transactions() as work:
                self.require_lease(work)
                # One that is handled and not stored has left while the page was on its way.
                handled = work.events.find_handled_since([state.file_id for state in states], read_at)
                work.files.add_unknown(
                    [replace(each, listed_at=read_at) for each in states if each.file_id not in handled]
                )
                work.baselines.save_start(folder_id, 0 if is_end else start, finished_at=None)
                work.commit()
            progress(min(start, total), total)
            if is_end:
                return total
