"""Emission of events, with an audited action if the server records one."""

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
"""Actions whose rows do not name the folder that they came from (facts on DocSpace, 10.2)."""

E = TypeVar("E", PortalFile, PortalFolder)
Generation = Literal["classic", "v1"]


@dataclass(frozen=True)
class Emission:
    """One event, before it becomes a delivery to each webhook that subscribed to it.

    `entry_id` is the id of the changed entry, which is compared with a webhook's target. `readers` are the
    people who could read it then: a webhook reports only what its owner may read (`WebhookPublisher` in the
    server's source).
    """

    trigger: str
    payload: Mapping[str, Any]
    created_on: datetime
    created_by: str
    entry_id: EntryId
    readers: frozenset[str]


class Emitting(Tree):
    """The state with the emission of events; the portal's actions build on it."""

    def __init__(self, clock: Callable[[], datetime], *, generation: Generation, address: str) -> None:
        super().__init__(clock)
        self.generation = generation
        self.address = address
        self.audit = Audit()
        self.emitted: list[Emission] = []
        self.log_needs_history = True  # see `require_log_access` in demo/permission_checks.py
        self._listeners: list[Callable[[Emission], None]] = []

    def listen(self, listener: Callable[[Emission], None]) -> None:
        """Call `listener` for every event from now on."""
        with self.guard:
            self._listeners.append(listener)

    def _emit_entry_event(self, verb: str, entry: E, by: str) -> E:
        self._emit(f"{entry.kind}.{verb}", self._payload(entry), by, entry_id=entry.id, visible_entry=entry)
        return entry

    def _emit(
        self,
        trigger: str,
        payload: Mapping[str, Any],
        by: str,
        *,
        entry_id: EntryId,
        visible_entry: PortalFile | PortalFolder,
    ) -> None:
        """Emit it: a webhook's owner must be able to read `visible_entry`; its target is the `entry_id`."""
        emission = Emission(trigger, payload, self.clock(), by, entry_id, self._readers(visible_entry))
        self.emitted.append(emission)
        for listener in self._listeners:
            listener(emission)

    def _readers(self, entry: PortalFile | PortalFolder) -> frozenset[str]:
        """Return who may read an entry; everyone if it is trashed, as the server checks the actor's trash."""
        people = self._people.values()
        trashed = self.root_type(entry) == FolderType.TRASH
        return frozenset(each.id for each in people if trashed or has_right(self, entry, each, "Read"))

    def _payload(self, entry: PortalFile | PortalFolder) -> dict[str, Any]:
        return classic(self, entry) if self.generation == "classic" else v1(self, entry, self.address)

    def _add_audit_entry(
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
        entry_ids = {
            ("file" if isinstance(entry, PortalFile) else "folder", entry.id),
            *(("folder", above.id) for above in self.chain(parent.id)),
        }
        if source is not None:
            data |= {"toFolderId": str(parent.id), "fromFolderId": source.id, "fromParentTitle": source.title}
            entry_ids |= {("folder", above.id) for above in self.chain(source.id)}
        self.audit.add(key, by, self.clock(), data, frozenset(entry_ids))
