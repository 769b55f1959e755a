"""Rights of a person on an entry, by their role in its room.

From `FilterEntryAsync` in the server's FileSecurity.cs; the line numbers are those of DocSpace 3.7.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from demo.entries import FolderType, PersonType, PortalFile, PortalFolder, PortalPerson, Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from demo.entries import EntryId, PortalEntry


_MANAGING: Final = frozenset({Role.ROOM_MANAGER, Role.CONTENT_CREATOR})
_EDITING: Final = _MANAGING | {Role.EDITING}
_REVIEWING: Final = _EDITING | {Role.REVIEW}
_MEMBERS: Final = frozenset(Role) - {Role.RESTRICT}


class RoleLookup(Protocol):
    """Where an entry is, and a person's role there: the basis of their rights, beside the entry itself."""

    def room(self, entry: PortalEntry) -> PortalFolder | None: ...
    def role(self, room_id: EntryId, person_id: str) -> Role: ...
    def root_type(self, entry: PortalEntry) -> int: ...
    def trashed_by(self, entry: PortalEntry) -> str | None: ...


FILE_RIGHTS: Final = (
    "Read", "Comment", "FillForms", "Review", "Edit", "Delete", "CustomFilter", "Rename", "ReadHistory",
    "Lock", "EditHistory", "Copy", "Move", "Duplicate", "SubmitToFormGallery", "Download", "Convert",
    "CreateRoomFrom", "CopyLink", "Embed", "StartFilling", "FillingStatus", "ResetFilling", "StopFilling",
    "OpenForm",
)  # fmt: skip
"""Members of a file's `security`, in the order of `_securityEntries`."""

FOLDER_RIGHTS: Final = (
    "Read", "Create", "Delete", "EditRoom", "Rename", "CopyTo", "MoveTo", "Copy", "Move", "Pin", "Mute",
    "EditAccess", "Duplicate", "Download", "CopySharedLink", "Reconnect", "CreateRoomFrom", "CopyLink",
    "Embed", "ChangeOwner", "IndexExport",
)  # fmt: skip

_ROLES_BY_RIGHT: Final[Mapping[str, frozenset[Role]]] = {
    "Read": _MEMBERS,
    "Pin": _MEMBERS,
    "Mute": _MEMBERS,
    "CopyLink": _MEMBERS,
    "Download": _MEMBERS,
    "Copy": frozenset(Role),
    "Comment": _REVIEWING | {Role.COMMENT, Role.FILL_FORMS},
    "Review": _REVIEWING,
    "Edit": _EDITING,
    "CustomFilter": _EDITING,
    "ReadHistory": _EDITING,  # 2128-2150
    "EditHistory": _MANAGING,  # 2176-2195
    "Convert": _MANAGING,
    "Create": _MANAGING,
    "CopyTo": _MANAGING,
    "MoveTo": _MANAGING,
    "Lock": _MANAGING,
    "EditRoom": frozenset({Role.ROOM_MANAGER}),
    "EditAccess": frozenset({Role.ROOM_MANAGER}),
}
_OWN_ENTRY_RIGHTS: Final = frozenset({"Delete", "Rename", "Move", "Duplicate"})
"""Rights of a content creator on what they made themselves."""

_NEVER_GRANTED: Final = frozenset(
    {"FillForms", "SubmitToFormGallery", "CreateRoomFrom", "Embed", "StartFilling", "FillingStatus",
     "ResetFilling", "StopFilling", "OpenForm", "Reconnect", "CopySharedLink", "IndexExport"}
)  # fmt: skip
"""Rights that need forms, links, one's own folder or an indexed room, none of which the stand-in has."""

_ADMIN_RIGHTS: Final = frozenset({"Read", "Copy", "Download", "CopyLink"})
"""Rights of a DocSpace admin in any room (1522-1566); they exclude histories."""

_ROOM_RIGHTS: Final = frozenset({"Pin", "Mute", "ChangeOwner"})
_ARCHIVE_RIGHTS: Final = frozenset({"Read", "Delete", "ReadHistory", "Copy", "Move", "Download"})
_TRASH_RIGHTS: Final = frozenset({"Read", "Delete", "Move"})  # 1471-1483
_LOCKED_RIGHTS: Final = frozenset({"Read", "ReadHistory", "Copy", "Duplicate", "Lock", "Download"})
"""Rights that remain under another person's lock (`CorrectSecurityByLockedStatus`)."""

_HISTORIES: Final = frozenset({"ReadHistory", "EditHistory"})


@dataclass(frozen=True)
class _Case:
    """An entry and a person whose rights are checked. `role` is `RESTRICT` also outside of rooms."""

    entry: PortalEntry
    person: PortalPerson
    root: int
    role: Role
    owns_room: bool
    in_own_trash: bool
    denies_download: bool

    @property
    def is_room(self) -> bool:
        return isinstance(self.entry, PortalFolder) and self.entry.room_type is not None

    def grants(self, right: str) -> bool:
        if self.root == FolderType.TRASH:
            return right in _TRASH_RIGHTS and self.in_own_trash
        if isinstance(self.entry, PortalFolder) and self.entry.parent_id == 0:
            return right == "Read"  # a section
        if self._is_ruled_out(right):
            return False
        if right == "Download" and self.denies_download and not self.owns_room:
            return self.role in _MEMBERS - {Role.READ}  # not to viewers, and not to mere admins
        is_admin = self.person.type is PersonType.DOCSPACE_ADMIN
        return (is_admin and right in _ADMIN_RIGHTS) or self.owns_room or self._is_granted_by_role(right)

    def _is_ruled_out(self, right: str) -> bool:
        """Return whether no role has the right; a connected storage has no histories."""
        archived = self.root == FolderType.ARCHIVE
        return (
            right in _NEVER_GRANTED
            or (right in _ROOM_RIGHTS and not self.is_room)
            or (right in _HISTORIES and self.entry.provider_id != 0)
            or (archived and right not in _ARCHIVE_RIGHTS)
            or (archived and right in {"Delete", "Move"} and not self.is_room)
        )

    def _is_granted_by_role(self, right: str) -> bool:
        if right in _OWN_ENTRY_RIGHTS:
            own = self.role is Role.CONTENT_CREATOR and self.entry.created_by == self.person.id
            return self.role is Role.ROOM_MANAGER or own
        if right == "Lock" and self.role is Role.CONTENT_CREATOR:
            return not isinstance(self.entry, PortalFile) or self.entry.locked_by in {None, self.person.id}
        return self.role in _ROLES_BY_RIGHT.get(right, frozenset())


def has_right(tree: RoleLookup, entry: PortalEntry, person: PortalPerson, right: str) -> bool:
    """Return whether the person has a right, apart from locks: the server checks these separately."""
    return _case(tree, entry, person).grants(right)


def security(tree: RoleLookup, entry: PortalFile | PortalFolder, person: PortalPerson) -> dict[str, bool]:
    """Return the member `security` of an answer."""
    case = _case(tree, entry, person)
    if isinstance(entry, PortalFolder):
        return {right: case.grants(right) for right in FOLDER_RIGHTS}
    locked = entry.locked_by not in {None, person.id}
    return {right: case.grants(right) and (not locked or right in _LOCKED_RIGHTS) for right in FILE_RIGHTS}


def may_see_person(viewer: PortalPerson, other: PortalPerson) -> bool:
    """Return whether the viewer may look up a person.

    As `CanUserViewAnotherUserAsync` in the server's UserManager. Guests are shown to a room admin who is
    connected with them, which none is here.
    """
    if viewer.id == other.id or viewer.type is PersonType.DOCSPACE_ADMIN:
        return True
    return viewer.type is PersonType.ROOM_ADMIN and other.type is not PersonType.GUEST


def _case(tree: RoleLookup, entry: PortalEntry, person: PortalPerson) -> _Case:
    room = entry if isinstance(entry, PortalFolder) and entry.room_type is not None else tree.room(entry)
    may_own = person.type in {PersonType.DOCSPACE_ADMIN, PersonType.ROOM_ADMIN}  # `HasFullAccessAsync`
    return _Case(
        entry=entry,
        person=person,
        root=tree.root_type(entry),
        role=Role.RESTRICT if room is None else tree.role(room.id, person.id),
        owns_room=may_own and room is not None and room.created_by == person.id,
        in_own_trash=tree.trashed_by(entry) in {None, person.id},
        denies_download=room is not None and room.denies_download,
    )
