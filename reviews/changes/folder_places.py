"""Places of folders: from the store, else from DocSpace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.errors import NotVisible, Permanent, TryLater
from reviews.tree import NO_FOLDERS

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.ports.portal import TreeReader
    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.route import Routes
    from reviews.tree import FolderTree, Place

PLACE_MAX_AGE = timedelta(minutes=10)  # folder events report moves at once; this covers lost ones
MAX_FOLDERS_CHECKED = 20  # watched folders, to check whether the API key has lost access
MAX_REFUSED_ATTEMPTS = 3  # attempts before a refusal counts; about 15 s


@dataclass(frozen=True, kw_only=True)
class FolderPlaces:
    """Finds places. All processes share the stored ones, and a folder event makes all of them look again."""

    transactions: Transactions
    portal: TreeReader
    routes: Routes
    clock: Clock

    def find(self, folder_id: str, *, attempts: int, stored: FolderTree = NO_FOLDERS) -> Place | None:
        """Return the place of a folder; `None` for one that can't be under a watched folder.

        `stored` was read from the store shortly before.

        A user who may see a watched folder sees all folders beneath it (facts on DocSpace, 2.5), so a folder
        that DocSpace hides from the API key is elsewhere - unless the key has lost access to the watched
        folders too. The operator has to repair that: `Permanent`.
        """
        try:
            return self.find_recent(folder_id, stored) or self._load_place(folder_id)
        except NotVisible as error:
            if attempts < MAX_REFUSED_ATTEMPTS:
                raise TryLater(f"folder {folder_id}: {error}") from error
            self._require_watched_visible(folder_id, error)
            return None

    def find_recent(self, folder_id: str, stored: FolderTree) -> Place | None:
        """Return the stored place of a folder, unless it was seen too long ago."""
        return stored.get_place(folder_id, seen_after=self.clock() - PLACE_MAX_AGE)

    def find_at(self, folder_id: str, at: datetime, *, stored: FolderTree) -> Place | None:
        """Return the stored place of a folder at the time of an event: it may have moved since."""
        if folder_id not in stored.folders:
            with self.transactions(reading=True) as work:
                stored = work.folders.get_tree([folder_id])
        return stored.get_place_at(folder_id, at)

    def refresh(self, folder_id: str, *, attempts: int) -> Place | None:
        """Return the place of a folder from DocSpace now, whatever is stored."""
        with self.transactions() as work:
            work.folders.mark_stale(folder_id)
            work.commit()
        return self.find(folder_id, attempts=attempts)

    def _load_place(self, folder_id: str) -> Place:
        at = self.clock()
        with self.transactions(reading=True) as work:
            stored = self.find_recent(folder_id, work.folders.get_tree([folder_id]))
        if stored is not None:
            return stored
        place = self.portal.get_place(folder_id)
        with self.transactions() as work:
            work.folders.put(place, at=at)
            work.commit()
        return place

    def _choose_watched(self, folder_id: str) -> list[str]:
        """Return the watched folders to check: all of them, or a few of very many.

        Of very many these are the ones above the folder's last known place, those whose sweep was stopped,
        and the first ones.
        """
        if len(self.routes.watched) <= MAX_FOLDERS_CHECKED:
            return list(self.routes.watched)
        with self.transactions(reading=True) as work:
            place = work.folders.get_place_before(folder_id)
            stopped = work.baselines.list_stopped(MAX_FOLDERS_CHECKED)
        candidates = (
            *(place.folder_ids if place else ()),
            *stopped,
            *self.routes.watched[:MAX_FOLDERS_CHECKED],
        )
        return [each for each in dict.fromkeys(candidates) if self.routes.is_watched(each)][
            :MAX_FOLDERS_CHECKED
        ]

    def _require_watched_visible(self, folder_id: str, cause: NotVisible) -> None:
        """Raise `Permanent` if the key doesn't see the watched folders needed to decide."""
        hidden = {}
        watched = self._choose_watched(folder_id)
        for folder in watched:
            try:
                self._load_place(folder)
            except NotVisible as error:
                hidden[folder] = error
        forbidden = [folder for folder, error in hidden.items() if not error.gone]
        if forbidden or len(hidden) == len(watched):
            folder_names = ", ".join(forbidden or hidden)
            raise Permanent(
                f"DocSpace shows the API key's user neither folder {folder_id} nor the watched folder "
                f"{folder_names}: give it access, then replay the event"
            ) from cause
