"""What the API adds to a webhook: where the file is, what it is now, who acted (facts on DocSpace, 4)."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from cachetools import TTLCache

from docspace import errors
from reviews.classify import GONE
from reviews.errors import NotYet, TryLater
from reviews.model import ChangeEvent, FileFacts, Person, Place
from reviews.text import plain, storable
from webhook.payload import LARGEST_NUMBER, moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from docspace.client import Client, Folder

# Built-in accounts that have no profile (facts on DocSpace, 2.1).
_BUILT_IN = {
    "712d9ec3-5d2b-4b13-824f-71f00191dcca": "a guest with a link",
    "a37ee56e-3302-4a7b-b67e-ddbea64cd032": "DocSpace itself",
}
FOLDERS_FRESH = 60.0  # seconds; a folder seldom moves, and a burst of saves asks for the same one
PEOPLE_FRESH = 600.0

T = TypeVar("T")


class Enrichment:
    """Implements the product's port `Portal` on the API client, with short-lived caches."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._places: TTLCache[str, Place] = TTLCache(4096, FOLDERS_FRESH)
        self._people: TTLCache[str, Person] = TTLCache(4096, PEOPLE_FRESH)

    def place(self, event: ChangeEvent) -> Place | None:
        with self._lock:
            known = self._places.get(event.parent_id)
        if known is not None:
            return known
        try:
            folders = _patient(lambda: self._client.path(event.parent_id)) if event.parent_id else []
        except (errors.Forbidden, errors.NotFound, errors.BadRequest):
            return None
        if not folders:
            return None
        place = _place(folders)
        with self._lock:
            self._places[event.parent_id] = place
        return place

    def locate(self, file_id: str) -> tuple[str, Place]:
        """Return a file's title and where it is; raises one of the API client's errors."""
        file = self._client.file(file_id)
        folders = self._client.path(file.folder_id)
        return plain(file.title), _place(folders)

    def facts(self, event: ChangeEvent) -> FileFacts:
        gone = FileFacts(
            title=event.title or "a document without a title",
            version=event.version,
            modified_at=event.modified_at,
            link=None,
        )
        if event.trigger in GONE:
            return gone
        try:
            file = _patient(lambda: self._client.file(event.file_id))
        except (errors.Forbidden, errors.NotFound, errors.BadRequest):
            return gone
        return FileFacts(
            title=storable(file.title) or gone.title,
            version=_version(file.version) or event.version,
            modified_at=moment(file.updated) or event.modified_at,
            link=storable(file.web_url or "") or event.link,
        )

    def person(self, person: Person) -> Person:
        if person.id is None:
            return replace(person, name=person.name or "somebody")
        if person.id in _BUILT_IN:
            return replace(person, name=_BUILT_IN[person.id])
        with self._lock:
            known = self._people.get(person.id)
        if known is not None:
            return known
        found = self._look_up(person, person.id)
        with self._lock:
            self._people[person.id] = found
        return found

    def _look_up(self, person: Person, guid: str) -> Person:
        try:
            account = _patient(lambda: self._client.person(guid))
        except errors.NotFound:
            return replace(person, name=person.name or "a removed person")
        except (errors.Forbidden, errors.BadRequest):
            return replace(person, name=person.name or "a person whose name is hidden")
        name = account.name or person.name or account.email or "a person without a name"
        email = storable(account.email or "") or person.email
        return Person(id=guid, name=plain(name) or "a person without a name", email=email)


def _place(folders: list[Folder]) -> Place:
    return Place(folders=tuple((storable(folder.id), storable(folder.title)) for folder in folders))


def _version(number: int | None) -> int | None:
    return number if number is not None and 0 < number < LARGEST_NUMBER else None


def _patient(call: Callable[[], T]) -> T:
    """Turn an outage, in any form, into the product's wish to try again; a refusal passes through."""
    try:
        return call()
    except errors.NotYet as error:
        raise NotYet(str(error), after=error.after) from error
    except errors.Throttled as error:
        raise TryLater(str(error), after=error.after) from error
    except (errors.Unavailable, errors.KeyRefused) as error:
        raise TryLater(str(error)) from error
