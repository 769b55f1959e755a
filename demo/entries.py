"""Entries of a portal: people, folders, files and their versions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final

from demo.scopes import ALL_SCOPES

if TYPE_CHECKING:
    from datetime import datetime

    from demo.content import Content

EntryId = int | str
"""An integer in DocSpace's own storage, text with `|` in a connected one (facts on DocSpace, 2.2)."""


class FolderType(IntEnum):
    """Folder types, with the numbers of `rootFolderType` and `parentRoomType`."""

    DEFAULT = 0
    TRASH = 3
    ROOMS = 14
    FORMS_ROOM = 15
    COLLABORATION_ROOM = 16
    CUSTOM_ROOM = 19
    ARCHIVE = 20
    PUBLIC_ROOM = 22
    AGENT = 33  # of 31 to 34, which are for AI (facts on DocSpace, 2.2)


ROOM_FOLDERS: Final = {
    1: FolderType.FORMS_ROOM,
    2: FolderType.COLLABORATION_ROOM,
    5: FolderType.CUSTOM_ROOM,
    6: FolderType.PUBLIC_ROOM,
    9: FolderType.AGENT,
}
"""The folder type of each room type."""


class PersonType(StrEnum):
    """`EmployeeType` in the server: what an account may do in the whole portal."""

    DOCSPACE_ADMIN = "DocSpaceAdmin"
    ROOM_ADMIN = "RoomAdmin"
    USER = "User"
    GUEST = "Guest"


ACTIVE, TERMINATED, PENDING = 1, 2, 4
"""`EmployeeStatus` in the server."""


@dataclass(frozen=True)
class PortalPerson:
    """A person with an account; `status` is 1 active, 2 terminated, 4 pending."""

    id: str
    display_name: str
    email: str
    user_name: str
    status: int = 1
    is_admin: bool = False
    is_owner: bool = False
    is_guest: bool = False
    is_room_admin: bool = False

    @property
    def type(self) -> PersonType:
        if self.is_admin or self.is_owner:
            return PersonType.DOCSPACE_ADMIN
        if self.is_guest:
            return PersonType.GUEST
        return PersonType.ROOM_ADMIN if self.is_room_admin else PersonType.USER


@dataclass(frozen=True)
class ApiKey:
    """An API key's person, and what it may call on their behalf."""

    person_id: str
    scopes: frozenset[str] = ALL_SCOPES


@dataclass(frozen=True)
class CoauthorChange:
    """One co-author's part of a saved version."""

    user: str
    created: datetime


@dataclass(frozen=True)
class Version:
    """A file at one version number; `size` in bytes."""

    number: int
    updated: datetime
    updated_by: str
    content: Content
    comment: str
    changes: tuple[CoauthorChange, ...] = ()

    @property
    def size(self) -> int:
        return self.content.size


@dataclass(frozen=True, kw_only=True)
class PortalEntry:
    """Common members of files and folders.

    `trashed_by`, `trashed_from`: while the entry itself is in the trash. `order`: its place in an indexed
    room, 0 if none was set.
    """

    id: EntryId
    parent_id: EntryId
    title: str
    created: datetime
    created_by: str
    provider_id: int = 0
    provider_key: str = ""
    trashed_by: str | None = None
    trashed_from: EntryId | None = None
    order: int = 0


@dataclass(frozen=True, kw_only=True)
class PortalFolder(PortalEntry):
    """A folder, a room (`room_type` set) or a section at the top of the tree (`parent_id` 0).

    A room may deny downloads to its viewers, and have the text of a watermark.
    """

    updated: datetime
    updated_by: str
    type: FolderType = FolderType.DEFAULT
    room_type: int | None = None
    denies_download: bool = False
    watermark: str = ""

    @property
    def kind(self) -> str:
        """Prefix of its triggers; an agent is a room with another name."""
        if self.type is FolderType.AGENT:
            return "agent"
        return "room" if self.room_type is not None else "folder"


@dataclass(frozen=True, kw_only=True)
class PortalFile(PortalEntry):
    """A file with all its versions, oldest first; `in_session` while a force-saved session is open."""

    versions: tuple[Version, ...]
    locked_by: str | None = None
    in_session: bool = False

    @property
    def kind(self) -> str:
        return "file"

    @property
    def current(self) -> Version:
        return self.versions[-1]

    @property
    def version(self) -> int:
        return self.current.number

    @property
    def updated(self) -> datetime:
        return self.current.updated

    @property
    def updated_by(self) -> str:
        return self.current.updated_by


class Role(IntEnum):
    """A person's role in a room, with the numbers of `FileShare` (facts on DocSpace, 4.5).

    The creator of the room is its owner, which is no role. `RESTRICT` is the role of everyone who does not
    belong to the room (`DefaultVirtualRoomsShare`).
    """

    READ = 2
    RESTRICT = 3
    REVIEW = 5
    COMMENT = 6
    FILL_FORMS = 7
    ROOM_MANAGER = 9
    EDITING = 10
    CONTENT_CREATOR = 11
