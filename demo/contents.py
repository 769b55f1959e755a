"""What a folder holds, filtered, ordered and a page at a time: `GET /api/2.0/files/{folderId}`.

The names and rules are those of the server's own source: `GetFolderRequestDto` (the members of the query),
`EntryManager.GetEntriesAsync` (folders come before files) and `GetFilesQueryWithFilters` in its `FileDao`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from demo.entries import FolderType, PortalFile, PortalFolder
from demo.errors import BadArgumentError, ForbiddenError
from demo.payloads import extension
from demo.rights import has_right
from demo.starting_data import TRASH

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from demo.entries import PortalPerson
    from demo.tree import Tree

Entries = list[PortalFile | PortalFolder]


class Filter(StrEnum):
    """The filters that the stand-in knows, under the numbers of `FilterType`."""

    NONE = "0"
    FILES_ONLY = "1"
    FOLDERS_ONLY = "2"


@dataclass(frozen=True)
class SortOrder:
    """By what and which way. The server breaks no ties, and neither should a caller count on any order."""

    by: str = "dateandtime"
    ascending: bool = False


@dataclass(frozen=True)
class Question:
    """`deep` asks for everything beneath; without a filter the server lists the folder alone all the same."""

    folder: PortalFolder
    filter: Filter = Filter.NONE
    deep: bool = True
    order: SortOrder | None = None


class FolderListing:
    """Lists folders for readers.

    An order that is asked for becomes the reader's own for all later listings, as in `GetFolderItemsAsync` of
    the server's FileStorageService: that is a side effect on the person whose key it is.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._orders: dict[str, SortOrder] = {}

    def list_entries(self, question: Question, reader: PortalPerson) -> Entries:
        """Everything that matches, folders first. Raises ForbiddenError for folders in the trash."""
        with self._tree.guard:
            if question.folder.id != TRASH and self._tree.root_type(question.folder) == FolderType.TRASH:
                raise ForbiddenError("To view the item, restore it from the trash")
            order = question.order or self._orders.get(reader.id, SortOrder())
            self._orders[reader.id] = order
            return self._find_entries(question, order, reader)

    def _is_shown(self, folder: PortalFolder, reader: PortalPerson) -> bool:
        """Of a folder that may be read all is shown but others' trash, and rooms that may not be read."""
        trashed = folder.trashed_by not in {None, reader.id}
        return not trashed and (folder.room_type is None or has_right(self._tree, folder, reader, "Read"))

    def _find_entries(self, question: Question, order: SortOrder, reader: PortalPerson) -> Entries:
        folders: list[PortalFolder] = []
        files: list[PortalFile] = []
        waiting, deep = [question.folder.id], _goes_deep(question)
        while waiting:
            subfolders, inside = self._tree.children(waiting.pop())
            readable = [each for each in subfolders if self._is_shown(each, reader)]
            folders += readable
            files += [each for each in inside if each.trashed_by in {None, reader.id}]
            waiting += [each.id for each in readable] if deep else []
        kept: Entries = []
        if question.filter is not Filter.FILES_ONLY:
            kept += _ordered(folders, order)
        if question.filter is not Filter.FOLDERS_ONLY:
            kept += _ordered(files, order)
        return kept


def parse_filter(text: str) -> Filter:
    """By number or by name, as the server binds it."""
    names = {"": Filter.NONE, **{each.name.replace("_", "").lower(): each for each in Filter}}
    found = names.get(text.lower()) or next((each for each in Filter if each == text), None)
    if found is None:
        raise BadArgumentError(f"The stand-in does not filter by '{text}'")
    return found


def parse_order(by: str, direction: str) -> SortOrder | None:
    """None for a field the server does not know: the reader's own order stays."""
    known = by.lower() in _KEYS
    return SortOrder(by.lower(), ascending=not direction.lower().startswith("desc")) if known else None


def _goes_deep(question: Question) -> bool:
    """Whether to look below the folder itself.

    Never in a connected storage (`GetFilesAsync` in the server's ThirdPartyFileDao ignores the wish), nor in
    a section, which shows its rooms.
    """
    folder = question.folder
    wished = question.deep and question.filter is not Filter.NONE
    return wished and not folder.provider_id and (folder.parent_id != 0 or folder.id == TRASH)


def _ordered(entries: list[Any], order: SortOrder) -> list[Any]:
    return sorted(entries, key=_KEYS[order.by], reverse=not order.ascending)


def _make_title_key(entry: PortalFile | PortalFolder) -> tuple[int, str]:
    """Numbers first, as numbers: what a title begins with, up to its first dot."""
    digits = "".join(takewhile(lambda char: char.isascii() and char.isdigit(), entry.title.partition(".")[0]))
    return int(digits or "0"), entry.title.casefold()


_KEYS: Final[dict[str, Callable[[Any], Any]]] = {
    "az": _make_title_key,
    "author": lambda entry: entry.created_by,
    "dateandtime": lambda entry: entry.updated,
    "dateandtimecreation": lambda entry: entry.created,
    "size": lambda entry: entry.current.size if isinstance(entry, PortalFile) else 0,
    "type": lambda entry: extension(entry.title),
}
