"""Where something was that nothing was known of before it moved: its event has only the new place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.changes.folder_places import MAX_REFUSED_ATTEMPTS
from reviews.ports.docspace_logs import LOG_LAG
from reviews.tree import NO_FOLDERS

if TYPE_CHECKING:
    from reviews.changes.burst import Burst
    from reviews.changes.folder_places import FolderPlaces
    from reviews.ports.portal import Portal
    from reviews.tree import Place


@dataclass(frozen=True, kw_only=True)
class Origins:
    """Looks up in DocSpace's log what a file or folder was moved out of (facts on DocSpace, 4.4)."""

    portal: Portal
    places: FolderPlaces

    def find(self, burst: Burst) -> list[Place]:
        """Return the places that it was moved out of.

        The log may not be written yet. Then the sweep finds the move in it, and names the origin in an event.
        Among many changes of one cause, that is left to the sweep.
        """
        origins = burst.origins
        if burst.is_moved and not origins and not burst.first_event.of_many:
            named = self.portal.list_origins(burst.subject, since=burst.began_at - LOG_LAG)
            origins = [(folder, burst.began_at) for folder in named]
        places = (
            self.places.find_at(folder, at, stored=NO_FOLDERS)
            or self.places.find(folder, attempts=MAX_REFUSED_ATTEMPTS)
            for folder, at in origins
        )
        return [place for place in places if place is not None]
