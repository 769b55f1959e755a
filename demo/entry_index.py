"""Index of entries by id and by folder, without scanning the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from demo.entries import EntryId, PortalEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

E = TypeVar("E", bound=PortalEntry)


class Shelf(Generic[E]):
    """Index that keeps a folder's entries in their order of arrival; a replaced entry keeps its place.

    A portal with tens of thousands of files needs chains and listings all the time.
    """

    def __init__(self, entries: Iterable[E] = ()) -> None:
        self._entries: dict[EntryId, E] = {}
        self._children: dict[EntryId, dict[EntryId, None]] = {}
        for entry in entries:
            self.put(entry)

    def __contains__(self, entry_id: EntryId) -> bool:
        return entry_id in self._entries

    def __getitem__(self, entry_id: EntryId) -> E:
        return self._entries[entry_id]

    def list_children(self, folder_id: EntryId) -> Iterator[E]:
        """Return the entries directly in the folder."""
        return (self._entries[entry_id] for entry_id in self._children.get(folder_id, ()))

    def put(self, entry: E) -> E:
        present = self._entries.get(entry.id)
        if present is not None and present.parent_id != entry.parent_id:
            self.take(entry.id)
        self._entries[entry.id] = entry
        self._children.setdefault(entry.parent_id, {})[entry.id] = None
        return entry

    def take(self, entry_id: EntryId) -> E:
        """Remove and return an entry."""
        entry = self._entries.pop(entry_id)
        del self._children[entry.parent_id][entry_id]
        return entry
