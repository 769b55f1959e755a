"""The few calls we make, with tolerant readers: absent members are defaults (facts on DocSpace, 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from docspace.http import Http


@dataclass(frozen=True, kw_only=True)
class File:
    """A FileDto, as far as we read it (facts on DocSpace, 4.2); `updated` is ISO 8601."""

    id: str
    folder_id: str
    title: str
    version: int | None
    updated: str
    web_url: str | None


@dataclass(frozen=True, kw_only=True)
class Folder:
    id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Account:
    id: str
    name: str
    email: str | None


class Client:
    """DocSpace's API as the owner of the key sees it. Every call may raise any of `docspace.errors`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def file(self, file_id: str) -> File:
        """Return a file as it is now; ids of connected storage hold `|` and are encoded."""
        found = _object(self._http.get(f"files/file/{quote(file_id, safe='')}"))
        version = found.get("version")
        return File(
            id=_text(found, "id"),
            folder_id=_text(found, "folderId"),
            title=_text(found, "title"),
            version=version if isinstance(version, int) else None,
            updated=_text(found, "updated"),
            web_url=_text(found, "webUrl") or None,
        )

    def path(self, folder_id: str) -> list[Folder]:
        """Return the folders from the root down to this one, itself included (facts on DocSpace, 4.3)."""
        found = self._http.get(f"files/folder/{quote(folder_id, safe='')}/path")
        rows = found if isinstance(found, list) else []
        return [Folder(id=_text(row, "id"), title=_text(row, "title")) for row in map(_object, rows)]

    def person(self, guid: str) -> Account:
        found = _object(self._http.get(f"people/{quote(guid, safe='')}"))
        return Account(
            id=_text(found, "id") or guid,
            name=_text(found, "displayName") or _text(found, "userName"),
            email=_text(found, "email") or None,
        )


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    return str(value) if isinstance(value, str | int) else ""
