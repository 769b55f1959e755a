"""Where folders are: as it is known, else as DocSpace says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.errors import Hidden, Permanent, TryLater

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.ports.portal import ShowsTree
    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.routing import Routes
    from reviews.tree import Place

FRESH = timedelta(minutes=10)  # folder events tell of moves at once; this is for the ones that were lost
MOST_ASKED = 20  # watched folders, to see whether the key has lost sight of them
PATIENCE = 3  # attempts before a refusal is believed; about a quarter of a minute


@dataclass(frozen=True, kw_only=True)
class Places:
    """Finds places. Every process shares what is known, and a folder event makes all of them look anew."""

    transactions: Transactions
    portal: ShowsTree
    routes: Routes
    clock: Clock

    def find(self, folder_id: str, *, attempts: int) -> Place | None:
        """Return the place of a folder; `None` for one that can't be under a watched folder.

        DocSpace shows whoever may see a watched folder all folders beneath it (facts on DocSpace, 2.5), so a
        folder that it hides from the API key is elsewhere - unless the key has lost sight of the watched
        folders too, which is for somebody to mend: `Permanent`.
        """
        try:
            return self._of(folder_id)
        except Hidden as error:
            if attempts < PATIENCE:
                raise TryLater(f"folder {folder_id}: {error}") from error
            self._check_watched(folder_id, error)
            return None

    def then(self, folder_id: str, at: datetime) -> Place | None:
        """Return where a folder was when an event happened, as far as is known: it may have moved since."""
        with self.transactions(reading=True) as work:
            return work.folders.place_at(folder_id, at)

    def look(self, folder_id: str, *, attempts: int) -> Place | None:
        """Return the place of a folder as DocSpace says now, whatever is known."""
        with self.transactions() as work:
            work.folders.doubt(folder_id)
            work.commit()
        return self.find(folder_id, attempts=attempts)

    def _of(self, folder_id: str) -> Place:
        at = self.clock()
        with self.transactions(reading=True) as work:
            known = work.folders.place(folder_id, seen_after=at - FRESH)
        if known is not None:
            return known
        place = self.portal.place(folder_id)
        with self.transactions() as work:
            work.folders.put(place, at=at)
            work.commit()
        return place

    def _watched_to_ask(self, folder_id: str) -> list[str]:
        """Return the watched folders that can tell: all of them, or of very many a few.

        Of very many these are the ones above the folder's last known place, those of which a sweep was
        stopped, and the first ones.
        """
        if len(self.routes.watched) <= MOST_ASKED:
            return list(self.routes.watched)
        with self.transactions(reading=True) as work:
            place = work.folders.place_before(folder_id)
            stopped = work.baselines.stopped_folders(MOST_ASKED)
        likely = (*(place.way if place else ()), *stopped, *self.routes.watched[:MOST_ASKED])
        return [each for each in dict.fromkeys(likely) if self.routes.watches(each)][:MOST_ASKED]

    def _check_watched(self, folder_id: str, cause: Hidden) -> None:
        """Raise `Permanent` where the key does not see what it has to see to tell."""
        hidden = {}
        asked = self._watched_to_ask(folder_id)
        for folder in asked:
            try:
                self._of(folder)
            except Hidden as error:
                hidden[folder] = error
        forbidden = [folder for folder, error in hidden.items() if not error.gone]
        if forbidden or len(hidden) == len(asked):
            named = ", ".join(forbidden or hidden)
            raise Permanent(
                f"DocSpace shows the API key's user neither folder {folder_id} nor the watched folder "
                f"{named}: give it access, then replay the event"
            ) from cause
