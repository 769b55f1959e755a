"""A first look at everything under a watched folder, so that the first change of a file can be told."""

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

MAX_PASSES = 3  # DocSpace pages without order among equals, so that one walk may miss a file


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """Writes down what is not known yet, and nothing else: what events have told is newer.

    `hold` is called first in each transaction that writes, and raises where somebody else looks meanwhile.
    """

    transactions: Transactions
    portal: TreeReader
    places: FolderPlaces
    clock: Clock
    hold: Callable[[UnitOfWork], object] = lambda _work: None

    def take(self, folder_id: str, *, told: Callable[[int, int], None]) -> int:
        """Go on where the last run stopped; return how many files are known in the end.

        `told` hears how far it is of how many. Raises `TryLater`, `RateLimitReached`, `NotVisible` or
        `Permanent`; what was written down until then stays.
        """
        with self.transactions() as work:
            self.hold(work)
            work.baselines.mark_started(folder_id, at=self.clock())
            work.commit()
        for _ in range(MAX_PASSES):
            total = self._list_folder(folder_id, told)
            with self.transactions(reading=True) as work:
                known = work.files.count_beneath(folder_id)
            if known >= total:
                break
        with self.transactions() as work:
            self.hold(work)
            work.baselines.save_start(folder_id, 0, finished_at=self.clock())
            work.folders.finish_listing([folder_id, *work.folders.list_unlisted_beneath(folder_id)])
            work.commit()
        return known

    def list_unfinished(self) -> list[str]:
        """Return the watched folders that have not been looked at to the end."""
        with self.transactions(reading=True) as work:
            return work.baselines.list_unfinished(self.places.routes.watched)

    def _list_folder(self, folder_id: str, told: Callable[[int, int], None]) -> int:
        with self.transactions(reading=True) as work:
            start = work.baselines.get_start(folder_id)
        while True:
            states, total = self.portal.files_beneath(folder_id, start=start)
            for parent in {state.parent_id for state in states}:
                self.places.find(parent, attempts=MAX_REFUSED_ATTEMPTS)
            start += len(states)
            is_end = not states or start >= total
            with self.transactions() as work:
                self.hold(work)
                work.files.add_unknown([replace(state, listed_at=self.clock()) for state in states])
                work.baselines.save_start(folder_id, 0 if is_end else start, finished_at=None)
                work.commit()
            told(min(start, total), total)
            if is_end:
                return total
