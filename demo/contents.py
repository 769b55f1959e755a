"""Contents of a folder, filtered, ordered and paged: `GET /api/2.0/files/{folderId}`.

The names and rules are those of the server's source: `GetFolderRequestDto` (the members of the query),
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
    """The supported filters, under the numbers of `FilterType`."""

    NONE = "0"
    FILES_ONLY = "1"
    FOLDERS_ONLY = "2"


@dataclass(frozen=True)
class SortOrder:
    """Sort field and direction. The server breaks no ties, and callers should not rely on any order."""

    key: str = "dateandtime"
    ascending: bool = False


@dataclass(frozen=True)
class Question:
    """A listing request; `recursive` includes all beneath, but without a filter the server ignores it."""

    folder: PortalFolder
    filter: Filter = Filter.NONE
    recursive: bool = True
    order: SortOrder | None = None


class FolderListing:
    """Listing of folders for readers.

    A requested order becomes the reader's own for all later listings, as in `GetFolderItemsAsync` of the
    server's FileStorageService: a side effect on the key's person.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._order_by_reader: dict[str, SortOrder] = {}

    def list_entries(self, question: Question, reader: PortalPerson) -> Entries:
        """Return all matches, folders first. Raises ForbiddenError for folders in the trash."""
        with self._tree.guard:
            if question.folder.id != TRASH and self._tree.root_type(question.folder) == FolderType.TRASH:
                raise ForbiddenError("To view the item, restore it from the trash")
            order = question.order or self._order_by_reader.get(reader.id, SortOrder())
            self._order_by_reader[reader.id] = order
            return self._find_entries(question, order, reader)

    def _is_shown(self, folder: PortalFolder, reader: PortalPerson) -> bool:
        """Return whether a folder is listed: not others' trash, nor rooms that the reader may not read."""
        trashed = folder.trashed_by not in {None, reader.id}
        return not trashed and (folder.room_type is None or has_right(self._tree, folder, reader, "Read"))

    def _find_entries(self, question: Question, order: SortOrder, reader: PortalPerson) -> Entries:
        folders: list[PortalFolder] = []
        files: list[PortalFile] = []
        waiting, deep = [question.folder.id], _goes_deep(question)
        while waiting:
            subfolders, subfiles = self._tree.children(waiting.pop())
            readable = [each for each in subfolders if self._is_shown(each, reader)]
            folders += readable
            files += [each for each in subfiles if each.trashed_by in {None, reader.id}]
            waiting += [each.id for each in readable] if deep else []
        matches: Entries = []
        if question.filter is not Filter.FILES_ONLY:
            matches += _ordered(folders, order)
        if question.filter is not Filter.FOLDERS_ONLY:
            matches += _ordered(files, order)
        return matches


def parse_filter(text: str) -> Filter:
    """Parse a filter by number or by name, as the server does."""
    names = {"": Filter.NONE, **{each.name.replace("_", "").lower(): each for each in Filter}}
    chosen_filter = names.get(text.lower()) or next((each for each in Filter if each == text), None)
    if chosen_filter is None:
        raise BadArgumentError(f"The stand-in does not filter by '{text}'")
    return chosen_filter


def parse_order(key: str, direction: str) -> SortOrder | None:
    """Parse an order; None for a field that the server does not have: the reader's own order remains."""
    is_valid = key.lower() in _KEYS
    return SortOrder(key.lower(), ascending=not direction.lower().startswith("desc")) if is_valid else None


def _goes_deep(question: Question) -> bool:
    """Return whether to list below the folder itself.

    Never in a connected storage (`GetFilesAsync` in the server's ThirdPartyFileDao ignores the parameter),
    nor in a section, which shows its rooms.
    """
    folder = question.folder
    requested = question.recursive and question.filter is not Filter.NONE
    return requested and not folder.provider_id and (folder.parent_id != 0 or folder.id == TRASH)


def _ordered(entries: list[Any], order: SortOrder) -> list[Any]:
    return sorted(entries, key=_KEYS[order.key], reverse=not order.ascending)


def _make_title_key(entry: PortalFile | PortalFolder) -> tuple[int, str]:
    """Return the sort key of a title: the number before its first dot comes first, as a number."""
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
