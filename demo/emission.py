"""Whatever happens becomes an emission, and an audited action where the server keeps one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from demo.audit import Audit
from demo.entries import FolderType, PortalFile, PortalFolder
from demo.payloads import classic, v1
from demo.rights import has_right
from demo.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from demo.entries import EntryId

WITHOUT_PARENT: Final = {"FileMovedToTrash", "FileDeleted", "FolderMovedToTrash", "FolderDeleted"}
"""The rows that do not say from which folder (facts on DocSpace, 10.2)."""

E = TypeVar("E", PortalFile, PortalFolder)
Generation = Literal["classic", "v1"]


@dataclass(frozen=True)
class Emission:
    """One thing that happened, before it becomes a delivery to each webhook that subscribed to it.

    `about` is the id of the changed entry: what a webhook's target is compared with. `readers` are who could
    read it then: a webhook tells of what its owner may read (`WebhookPublisher` in the server's source).
    """

    trigger: str
    payload: Mapping[str, Any]
    created_on: datetime
    created_by: str
    about: EntryId
    readers: frozenset[str]


class Emitting(Tree):
    """The state with the emitting itself; the portal's actions build on it."""

    def __init__(self, clock: Callable[[], datetime], *, generation: Generation, address: str) -> None:
        super().__init__(clock)
        self.generation = generation
        self.address = address
        self.audit = Audit()
        self.emitted: list[Emission] = []
        self.log_needs_history = True  # see `require_log_access` in demo/permission_checks.py
        self._listeners: list[Callable[[Emission], None]] = []

    def listen(self, listener: Callable[[Emission], None]) -> None:
        """Calls `listener` for everything that happens from now on."""
        with self.guard:
            self._listeners.append(listener)

    def _emitted(self, verb: str, entry: E, by: str) -> E:
        self._emit(f"{entry.kind}.{verb}", self._payload(entry), by, about=entry.id, shown=entry)
        return entry

    def _emit(
        self,
        trigger: str,
        payload: Mapping[str, Any],
        by: str,
        *,
        about: EntryId,
        shown: PortalFile | PortalFolder,
    ) -> None:
        """`shown` is what a webhook's owner has to read, `about` what its target is compared with."""
        emission = Emission(trigger, payload, self.clock(), by, about, self._readers(shown))
        self.emitted.append(emission)
        for listener in self._listeners:
            listener(emission)

    def _readers(self, entry: PortalFile | PortalFolder) -> frozenset[str]:
        """What lies in a trash is held against the trash of whoever acts, so that it is told to everybody."""
        everybody = self._people.values()
        trashed = self.root_type(entry) == FolderType.TRASH
        return frozenset(each.id for each in everybody if trashed or has_right(self, entry, each, "Read"))

    def _payload(self, entry: PortalFile | PortalFolder) -> dict[str, Any]:
        return classic(self, entry) if self.generation == "classic" else v1(self, entry, self.address)

    def _audited(
        self,
        key: str,
        entry: PortalFile | PortalFolder,
        by: str,
        *,
        source: PortalFolder | None = None,
        **titles: str,
    ) -> None:
        parent = self.folder(entry.parent_id)
        data: dict[str, Any] = {"title": entry.title, **titles, "id": entry.id}
        if key not in WITHOUT_PARENT:
            data |= {"parentId": parent.id, "parentTitle": parent.title, "parentType": int(parent.type)}
        about = {
            ("file" if isinstance(entry, PortalFile) else "folder", entry.id),
            *(("folder", above.id) for above in self.chain(parent.id)),
        }
        if source is not None:
            data |= {"toFolderId": str(parent.id), "fromFolderId": source.id, "fromParentTitle": source.title}
            about |= {("folder", above.id) for above in self.chain(source.id)}
        self.audit.add(key, by, self.clock(), data, frozenset(about))
