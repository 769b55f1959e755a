"""Search for a folder by its id, by its path in words, or by its link."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from reviews.errors import RemoteError
from reviews.text import strip_unstorable

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.route import Routes
    from reviews.tree import Place

MAX_NAMESAKES = 200
_ID_PARAMETERS = ("folder", "folderid")
_ID_PATH_PATTERN = re.compile(r"/rooms/(?:[a-z]+/)+([0-9]{1,20})(?:/|$)")


@dataclass(frozen=True, kw_only=True)
class FolderSearch:
    """Searches the stored folders by title, and queries DocSpace for an id that is not stored.

    `find_place` raises `RemoteError`, or returns `None` for a folder that is under no watched one.
    """

    transactions: Transactions
    routes: Routes
    find_place: Callable[[str], Place | None] = lambda _: None

    def find(self, text: str) -> list[Place]:
        """Return the places of all folders that the text may mean; watched or not."""
        text = strip_unstorable(text).strip()
        folder = read_folder_id(text)
        with self.transactions(reading=True) as work:
            stored = work.folders.get_place_before(folder)
            if stored is not None:
                return [stored]
            candidates = (
                [] if folder != text else work.folders.find_by_title(split_path(text)[-1], MAX_NAMESAKES)
            )
        matches = [place for place in candidates if _is_path_of(place, split_path(text))]
        exact = [place for place in matches if _list_titles(place)[1:] == split_path(text)]
        return exact or matches or self._ask_docspace(folder)

    def is_watched(self, place: Place) -> bool:
        return self.routes.match(place) is not None

    def _ask_docspace(self, folder: str) -> list[Place]:
        """Query DocSpace for a folder of that number: a new one is stored at its first event."""
        if not re.fullmatch("[1-9][0-9]{0,19}", folder):
            return []
        try:
            place = self.find_place(folder)
        except RemoteError:
            return []
        return [place] if place else []


def read_folder_id(text: str) -> str:
    """Return the folder id in an address; a text that is no address is returned as it is."""
    if "://" not in text:
        return text
    try:
        parts = urlsplit(text)
        parameters = {name.lower(): values[0] for name, values in parse_qs(parts.query).items()}
    except ValueError:
        return ""
    candidates = next((parameters[name] for name in _ID_PARAMETERS if name in parameters), None)
    in_path = _ID_PATH_PATTERN.search(parts.path)
    return candidates or (in_path[1] if in_path else "")


def split_path(text: str) -> list[str]:
    """Return the titles of a path in words, `Legal / Compliance`, compared without regard to case."""
    return [title.strip().casefold() for title in text.split("/") if title.strip()] or [""]


def _list_titles(place: Place) -> list[str]:
    return [" ".join(title.split()).casefold() for _, title in place.folders]


def _is_path_of(place: Place, path: list[str]) -> bool:
    return _list_titles(place)[-len(path) :] == path
