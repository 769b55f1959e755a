"""Which folder somebody means: by its id, by its path in words, by its link."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from reviews.errors import FarSideError
from reviews.text import storable

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.routing import Routes
    from reviews.tree import Place

MOST_NAMESAKES = 200
_IN_QUERY = ("folder", "folderid")
_IN_PATH = re.compile(r"/rooms/(?:[a-z]+/)+([0-9]{1,20})(?:/|$)")


@dataclass(frozen=True, kw_only=True)
class NamedFolders:
    """Finds the folders of a name among those that are known, and asks DocSpace for an unknown id.

    `look` raises `FarSideError`, or returns `None` for a folder that is under no watched one.
    """

    transactions: Transactions
    routes: Routes
    look: Callable[[str], Place | None] = lambda _: None

    def find(self, text: str) -> list[Place]:
        """Return the places of all folders that the text may mean; watched or not."""
        text = storable(text).strip()
        folder = id_of(text)
        with self.transactions(reading=True) as work:
            known = work.folders.place_before(folder)
            if known is not None:
                return [known]
            named = [] if folder != text else work.folders.titled(path_of(text)[-1], MOST_NAMESAKES)
        found = [place for place in named if _leads_to(place, path_of(text))]
        whole = [place for place in found if _titles(place)[1:] == path_of(text)]
        return whole or found or self._asked(folder)

    def watched(self, place: Place) -> bool:
        return self.routes.match(place) is not None

    def _asked(self, folder: str) -> list[Place]:
        """Ask for a folder of that number: a new one is not known before something happens in it."""
        if not re.fullmatch("[1-9][0-9]{0,19}", folder):
            return []
        try:
            place = self.look(folder)
        except FarSideError:
            return []
        return [place] if place else []


def id_of(text: str) -> str:
    """Return the id of the folder that an address names; of what is no address, itself."""
    if "://" not in text:
        return text
    try:
        parts = urlsplit(text)
        asked = {name.lower(): values[0] for name, values in parse_qs(parts.query).items()}
    except ValueError:
        return ""
    named = next((asked[name] for name in _IN_QUERY if name in asked), None)
    in_path = _IN_PATH.search(parts.path)
    return named or (in_path[1] if in_path else "")


def path_of(text: str) -> list[str]:
    """Return the titles of a path in words, `Legal / Compliance`, compared without regard to case."""
    return [title.strip().casefold() for title in text.split("/") if title.strip()] or [""]


def _titles(place: Place) -> list[str]:
    return [" ".join(title.split()).casefold() for _, title in place.folders]


def _leads_to(place: Place, path: list[str]) -> bool:
    return _titles(place)[-len(path) :] == path
