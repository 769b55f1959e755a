"""Payloads of deliveries about an entry, in the two generations (facts on DocSpace, 2.2 and 2.3)."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from demo.entries import FolderType, PortalFile, PortalFolder
from demo.errors import NotFoundError
from demo.starting_data import ANONYMOUS, LOST_ACCOUNT
from demo.wire_format import stamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from demo.tree import Tree

_FILE_TYPES = {".xlsx": 5, ".pptx": 6, ".docx": 7, ".pdf": 10, ".vsdx": 11}
_AVATAR = "/static/images/default_user_photo_size_82-82.png?hash=1344018457"


def classic(tree: Tree, entry: PortalFile | PortalFolder) -> dict[str, Any]:
    """Return the released shape: the members of the common base class only, in the server's order."""
    root, room = tree.root(entry), tree.room(entry)
    members: dict[str, Any] = {
        "id": entry.id,
        "parentId": entry.parent_id,
        "securityByUsers": {},
        "folderIdDisplay": entry.parent_id,
        "rootId": root.id,
        "title": entry.title,
        "createBy": entry.created_by,
        "modifiedBy": entry.updated_by,
        "parentShared": room is not None and room.type is FolderType.PUBLIC_ROOM,
        "providerId": entry.provider_id,
        "providerKey": entry.provider_key or None,
        "createOn": stamp(entry.created),
        "modifiedOn": stamp(entry.updated),
        "rootFolderType": tree.root_type(entry),
        "rootCreateBy": tree.trashed_by(entry) or root.created_by,
        "fileEntryType": 2 if isinstance(entry, PortalFile) else 1,
        "order": entry.order,
    }
    return without_defaults(members)


def v1(tree: Tree, entry: PortalFile | PortalFolder, address: str) -> dict[str, Any]:
    """Return the unreleased contract 1.0.0. The order of a folder's own members is not documented."""
    own = _v1_file(entry, address) if isinstance(entry, PortalFile) else _v1_folder(tree, entry)
    root, room = tree.root(entry), tree.room(entry)
    members = {
        "fileEntryType": 2 if isinstance(entry, PortalFile) else 1,
        **own,
        "id": entry.id,
        "parentId": entry.parent_id,
        "rootFolderId": root.id,
        "title": entry.title,
        "created": stamp(entry.created),
        "createdBy": _summary(tree, entry.created_by, address),
        "updated": stamp(entry.updated),
        "updatedBy": _summary(tree, entry.updated_by, address),
        "rootFolderType": tree.root_type(entry),
        "parentRoomType": int(room.type) if room is not None else None,
        "providerItem": entry.provider_id != 0,
        "providerKey": entry.provider_key or None,
        "providerId": entry.provider_id,
        "order": entry.order,
    }
    return without_defaults(members)


def without_defaults(members: Mapping[str, Any]) -> dict[str, Any]:
    """Omit null, false and 0, as the serializer does (`WhenWritingDefault`); empty objects remain."""
    return {
        name: value
        for name, value in members.items()
        if value is not None and value is not False and value != 0
    }


def file_type(title: str) -> int:
    return _FILE_TYPES.get(extension(title), 0)


def extension(title: str) -> str:
    return PurePosixPath(title).suffix.lower()


def view_url(address: str, file: PortalFile) -> str:
    return f"{address}/filehandler.ashx?action=download&fileid={quote(str(file.id), safe='')}"


def web_url(address: str, file: PortalFile, version: int) -> str:
    """Return an address for one version; on a real portal it needs a login (facts on DocSpace, 4.2)."""
    return f"{address}/doceditor?fileid={quote(str(file.id), safe='')}&version={version}"


def profile_url(address: str, email: str) -> str:
    return f"{address}/accounts/people/filter?search={quote(email, safe='')}"


def _v1_file(file: PortalFile, address: str) -> dict[str, Any]:
    return {
        "version": file.version,
        "versionGroup": file.version,
        "contentLength": file.current.size,
        "fileType": file_type(file.title),
        "fileExst": extension(file.title),
        "comment": file.current.comment,
        "viewUrl": view_url(address, file),
        "webUrl": web_url(address, file, file.version),
        "locked": file.locked_by is not None,
        "lockedBy": file.locked_by,
    }


def _v1_folder(tree: Tree, folder: PortalFolder) -> dict[str, Any]:
    folders, files = tree.children(folder.id)
    return {
        "filesCount": len(files),
        "foldersCount": len(folders),
        "type": int(folder.type),
        "roomType": folder.room_type,
    }


def _summary(tree: Tree, person_id: str, address: str) -> dict[str, Any]:
    try:
        person = tree.person(person_id)
    except NotFoundError:
        name = "Anonymous" if person_id == ANONYMOUS else "Unknown"
        return {"id": person_id if person_id == ANONYMOUS else LOST_ACCOUNT, "displayName": name}
    return {
        "id": person.id,
        "displayName": person.display_name,
        "userName": person.user_name,
        "email": person.email,
        "avatar": _AVATAR,
        "profileUrl": profile_url(address, person.email),
    }
