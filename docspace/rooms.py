"""The rooms and folders that a person may choose from, and the portal's version (facts on DocSpace, 4.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docspace.client import encode_id, read_folder
from docspace.members import read_list, read_number, read_object, read_text

if TYPE_CHECKING:
    from docspace.client import FolderInfo
    from docspace.http import Http

_FOLDERS_ONLY = "2"  # `FilterType` in DocSpace's source


@dataclass(frozen=True, kw_only=True)
class FolderPage:
    """The first of some folders, and how many there are in all."""

    folders: tuple[FolderInfo, ...]
    total: int


class Rooms:
    """Listings for a person who chooses. Every call may raise any of `docspace.errors`.

    They take the order of the key's user, as asking for another one would change it for good.
    """

    def __init__(self, http: Http) -> None:
        self._http = http

    def search_rooms(self, title: str = "", *, count: int) -> FolderPage:
        """Return the first of the active rooms whose title holds a text; `Forbidden` without `rooms:read`."""
        page = self._http.get("files/rooms", count=str(count), searchArea="Active", filterValue=title)
        return _read_page(page)

    def list_folders_in(self, folder_id: str, *, count: int) -> FolderPage:
        """Return the first of the folders directly in a room or folder."""
        path = f"files/{encode_id(folder_id)}"
        page = self._http.get(path, filterType=_FOLDERS_ONLY, withSubFolders="false", count=str(count))
        return _read_page(page)


def fetch_version(http: Http) -> str:
    """Return the portal's version, which it shows to everyone; empty if it reports none."""
    return read_text(read_object(http.get("settings/version/build")), "docSpace")


def _read_page(value: Any) -> FolderPage:
    page = read_object(value)
    folders = tuple(read_folder(row) for row in map(read_object, read_list(page.get("folders"))))
    return FolderPage(folders=folders, total=max(read_number(page, "total") or 0, len(folders)))
