"""Initial people and folders of every stand-in portal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from demo.entries import FolderType, PortalFolder, PortalPerson, Role

API_KEY: Final = "sk-" + "5c" * 32
"""The key of Olga Owner; API keys are `sk-` and 64 lower-case hex digits (facts on DocSpace, 4.1)."""

OLGA: Final = PortalPerson(
    "514c7ed5-3141-4448-af92-008bcb707042",
    "Olga Owner",
    "olga.owner@example.com",
    "olga.owner",
    is_admin=True,
    is_owner=True,
)
ALICE: Final = PortalPerson(
    "0f1d8c5e-7a42-4c0b-9f5e-2f6f3a1b9c11", "Alice Moreau", "alice.moreau@example.com", "alice.moreau"
)
BOB: Final = PortalPerson(
    "b7b2c9d0-55e1-4f7b-8a21-6f0e9d3c4a52", "Bob Chen", "bob.chen@example.com", "bob.chen"
)

ANONYMOUS: Final = "712d9ec3-5d2b-4b13-824f-71f00191dcca"
"""The built-in account of people who come through a public link: it acts, but can't be looked up."""

LOST_ACCOUNT: Final = "4a515a15-d4d6-4b8e-828e-e0586f18f3a3"
"""The account that DocSpace shows for a removed person ("Removed users" in its webhook documentation)."""

ROOMS, ARCHIVE, TRASH = 18902, 18910, 18977
ROOM, COMPLIANCE, QUARTER, DEEP, OTHER = 539500, 539564, 539571, 539572, 539610
DRIVE: Final = "drive-57"
DRIVE_FOLDER: Final = "drive-57-|0B9xComplianceFolder"

PEOPLE: Final = (OLGA, ALICE, BOB)

ROLES: Final[dict[tuple[int | str, str], Role]] = {
    (ROOM, ALICE.id): Role.CONTENT_CREATOR,
    (ROOM, BOB.id): Role.CONTENT_CREATOR,
    (DRIVE, ALICE.id): Role.CONTENT_CREATOR,
    (DRIVE, BOB.id): Role.CONTENT_CREATOR,
}
"""Roles in the rooms, by room and person. Olga has made the rooms, so she owns them."""

_CREATED_AT: Final = datetime(2026, 1, 10, 9, 0, 0, 345_678, tzinfo=UTC)


def _folder(folder_id: int | str, parent_id: int | str, title: str) -> PortalFolder:
    return PortalFolder(
        id=folder_id,
        parent_id=parent_id,
        title=title,
        created=_CREATED_AT,
        created_by=OLGA.id,
        updated=_CREATED_AT,
        updated_by=OLGA.id,
        provider_id=57 if str(folder_id).startswith(DRIVE) else 0,
        provider_key="GoogleDrive" if str(folder_id).startswith(DRIVE) else "",
        type=_TYPES.get(folder_id, FolderType.DEFAULT),
        room_type=5 if folder_id in {ROOM, DRIVE} else None,
    )


_TYPES: Final[dict[int | str, FolderType]] = {
    ROOMS: FolderType.ROOMS,
    ARCHIVE: FolderType.ARCHIVE,
    TRASH: FolderType.TRASH,
    ROOM: FolderType.CUSTOM_ROOM,
    DRIVE: FolderType.CUSTOM_ROOM,
}

FOLDERS: Final = (
    _folder(ROOMS, 0, "Rooms"),
    _folder(ARCHIVE, 0, "Archive"),
    _folder(TRASH, 0, "Trash"),
    _folder(ROOM, ROOMS, "Legal & Compliance"),
    _folder(COMPLIANCE, ROOM, "Compliance"),
    _folder(QUARTER, COMPLIANCE, "2026 Q1"),
    _folder(DEEP, QUARTER, "Incidents"),
    _folder(OTHER, ROOM, "Other"),
    _folder(DRIVE, ROOMS, "Partner Drive"),
    _folder(DRIVE_FOLDER, DRIVE, "Shared with the regulator"),
)
