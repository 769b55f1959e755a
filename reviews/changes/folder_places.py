"""Where folders are: as it is known, else as DocSpace says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.errors import NotVisible, Permanent, TryLater

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.ports.portal import TreeReader
    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.routing import Routes
    from reviews.tree import Place

PLACE_FRESH_FOR = timedelta(
    minutes=10
)  # folder events tell of moves at once; this is for the ones that were lost
MAX_FOLDERS_ASKED = 20  # watched folders, to see whether the key has lost sight of them
MAX_REFUSED_ATTEMPTS = 3  # attempts before a refusal is believed; about a quarter of a minute


@dataclass(frozen=True, kw_only=True)
class FolderPlaces:
    """Finds places. Every process shares what is known, and a folder event makes all of them look anew."""

    transactions: Transactions
    portal: TreeReader
    routes: Routes
    clock: Clock

    def find(self, folder_id: str, *, attempts: int) -> Place | None:
        """Return the place of a folder; `None` for one that can't be under a watched folder.

        DocSpace shows whoever may see a watched folder all folders beneath it (facts on DocSpace, 2.5), so a
        folder that it hides from the API key is elsewhere - unless the key has lost sight of the watched
        folders too, which is for somebody to mend: `Permanent`.
        """
        try:
            return self._load_place(folder_id)
        except NotVisible as error:
            if attempts < MAX_REFUSED_ATTEMPTS:
                raise TryLater(f"folder {folder_id}: {error}") from error
            self._require_watched_visible(folder_id, error)
            return None

    def find_at(self, folder_id: str, at: datetime) -> Place | None:
        """Return where a folder was when an event happened, as far as is known: it may have moved since."""
        with self.transactions(reading=True) as work:
            return work.folders.place_at(folder_id, at)

    def refresh(self, folder_id: str, *, attempts: int) -> Place | None:
        """Return the place of a folder as DocSpace says now, whatever is known."""
        with self.transactions() as work:
            work.folders.mark_stale(folder_id)
            work.commit()
        return self.find(folder_id, attempts=attempts)

    def _load_place(self, folder_id: str) -> Place:
        at = self.clock()
        with self.transactions(reading=True) as work:
            known = work.folders.place(folder_id, seen_after=at - PLACE_FRESH_FOR)
        if known is not None:
            return known
        place = self.portal.place(folder_id)
        with self.transactions() as work:
            work.folders.put(place, at=at)
            work.commit()
        return place

    def _choose_watched(self, folder_id: str) -> list[str]:
        """Return the watched folders that can tell: all of them, or of very many a few.

        Of very many these are the ones above the folder's last known place, those of which a sweep was
        stopped, and the first ones.
        """
        if len(self.routes.watched) <= MAX_FOLDERS_ASKED:
            return list(self.routes.watched)
        with self.transactions(reading=True) as work:
            place = work.folders.place_before(folder_id)
            stopped = work.baselines.list_stopped(MAX_FOLDERS_ASKED)
        likely = (*(place.folder_ids if place else ()), *stopped, *self.routes.watched[:MAX_FOLDERS_ASKED])
        return [each for each in dict.fromkeys(likely) if self.routes.is_watched(each)][:MAX_FOLDERS_ASKED]

    def _require_watched_visible(self, folder_id: str, cause: NotVisible) -> None:
        """Raise `Permanent` where the key does not see what it has to see to tell."""
        hidden = {}
        asked = self._choose_watched(folder_id)
        for folder in asked:
            try:
                self._load_place(folder)
            except NotVisible as error:
                hidden[folder] = error
        forbidden = [folder for folder, error in hidden.items() if not error.gone]
        if forbidden or len(hidden) == len(asked):
            named = ", ".join(forbidden or hidden)
            raise Permanent(
                f"DocSpace shows the API key's user neither folder {folder_id} nor the watched folder "
                f"{named}: give it access, then replay the event"
            ) from cause
