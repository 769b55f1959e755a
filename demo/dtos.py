"""People, files and folders as REST answers show them (facts on DocSpace, 4.2 to 4.5)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from demo.entries import PersonType, PortalFile, PortalFolder
from demo.errors import NotFoundError
from demo.payloads import extension, file_type, profile_url, view_url, web_url
from demo.query import reader
from demo.rights import security
from demo.starting_data import ANONYMOUS, LOST_ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from demo.audit import AuditedAction
    from demo.entries import PortalPerson, Version
    from demo.tree import Tree


def format_time(moment: datetime) -> str:
    """Format a time as the REST side does, with seven digits of a second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"


def readable_size(size: int) -> str:
    value, unit = float(size), "bytes"
    for larger in ("KB", "MB", "GB"):
        if value < 1024:
            break
        value, unit = value / 1024, larger
    return f"{value:.2f}".rstrip("0").rstrip(".") + f" {unit}"


def employee(tree: Tree, person_id: str, address: str) -> dict[str, Any]:
    """Return the short form in other answers: no address. A removed person becomes the lost account."""
    try:
        person = tree.person(person_id)
    except NotFoundError:
        anonymous = person_id == ANONYMOUS
        shown_id, name = (ANONYMOUS, "Anonymous") if anonymous else (LOST_ACCOUNT, "Unknown Unknown")
        return {"id": shown_id, "displayName": name, "hasAvatar": False, "isAnonim": anonymous}
    sizes = {"avatar": 82, "avatarOriginal": 200, "avatarMax": 200, "avatarMedium": 48, "avatarSmall": 32}
    images = {
        name: f"/static/images/default_user_photo_size_{size}-{size}.png" for name, size in sizes.items()
    }
    return {
        "id": person.id,
        "displayName": person.display_name,
        **images,
        "profileUrl": profile_url(address, person.email),
        "hasAvatar": False,
        "isAnonim": False,
    }


def profile(tree: Tree, person: PortalPerson, address: str) -> dict[str, Any]:
    first, _, last = person.display_name.partition(" ")
    return {
        "firstName": first,
        "lastName": last,
        "userName": person.user_name,
        "email": person.email,
        "status": person.status,
        "activationStatus": 1,
        "department": "",
        "isAdmin": person.is_admin,
        "isRoomAdmin": person.type is PersonType.ROOM_ADMIN,
        "isLDAP": False,
        "isOwner": person.is_owner,
        "isVisitor": person.is_guest,
        "isCollaborator": person.type is PersonType.USER,
        "cultureName": "en-US",
        "isSSO": False,
        **employee(tree, person.id, address),
    }


def file_info(tree: Tree, file: PortalFile, version: Version, address: str) -> dict[str, Any]:
    """Return a file's members. There is neither a parent id nor a room id, only `folderId`."""
    own: dict[str, Any] = {
        "folderId": file.parent_id,
        "version": version.number,
        "versionGroup": version.number,
        "contentLength": readable_size(version.size),
        "pureContentLength": version.size,
        "fileStatus": 0,
        "mute": False,
        "viewUrl": view_url(address, file),
        "webUrl": web_url(address, file, version.number),
        "fileType": file_type(file.title),
        "fileExst": extension(file.title),
        "comment": version.comment,
        "thumbnailStatus": 0,
        "locked": file.locked_by is not None,
        "fileEntryType": 2,
    }
    if file.locked_by is not None and file.locked_by != reader().id:  # `SetFileStatusAsync`: not one's own
        own["lockedBy"] = employee(tree, file.locked_by, address)["displayName"]
    common = _common(tree, file, version.updated, version.updated_by, address)
    return {**own, **common}


def folder_info(tree: Tree, folder: PortalFolder, address: str) -> dict[str, Any]:
    folders, files = tree.children(folder.id)
    own: dict[str, Any] = {
        "parentId": folder.parent_id,
        "filesCount": len(files),
        "foldersCount": len(folders),
        "new": 0,
        "mute": False,
        "pinned": False,
        "private": False,
        "indexing": False,
        "denyDownload": folder.denies_download,
        "fileEntryType": 1,
    }
    if folder.room_type is not None:
        own |= {"tags": ["compliance"], "roomType": folder.room_type, "inRoom": True}
    if folder.watermark:  # `WatermarkDto`; a room without one has no such member
        own["watermark"] = {"additions": 0, "text": folder.watermark, "rotate": -45, "imageScale": 0}
    return {**own, **_common(tree, folder, folder.updated, folder.updated_by, address)}


def contents(
    tree: Tree,
    folder: PortalFolder,
    entries: Sequence[PortalFile | PortalFolder],
    page: tuple[int, int],
    address: str,
) -> dict[str, Any]:
    """Return one page of a folder's contents; `page` is its start and its maximum length."""
    start, count = page
    shown = entries[start : start + count]
    return {
        "files": [
            file_info(tree, each, each.current, address) for each in shown if isinstance(each, PortalFile)
        ],
        "folders": [folder_info(tree, each, address) for each in shown if isinstance(each, PortalFolder)],
        "current": folder_info(tree, folder, address),
        "pathParts": [_path_part(each) for each in tree.chain(folder.id)],
        "startIndex": start,
        "count": len(shown),
        "total": len(entries),
        "new": 0,
    }


def edit_history(tree: Tree, file: PortalFile, version: Version) -> dict[str, Any]:
    """Return one version with the people who worked on it: the way to list co-authors."""
    return {
        "id": file.id,
        "key": f"{file.id}_{version.number}_{int(version.updated.timestamp())}",
        "version": version.number,
        "versionGroup": version.number,
        "user": _write_person_name(tree, version.updated_by),
        "created": format_time(version.updated),
        "changesHistory": "",
        "changes": [
            {"user": _write_person_name(tree, change.user), "created": format_time(change.created)}
            for change in version.changes
        ],
        "serverVersion": "9.3.1",
    }


def write_audit(
    tree: Tree, actions: Iterable[AuditedAction], ids: dict[str, int], address: str
) -> list[dict[str, Any]]:
    """Return rows; those of one kind, person, place and minute stand under one of them (`HistoryService`)."""
    groups: dict[tuple[object, ...], list[dict[str, Any]]] = {}
    for action in actions:
        minute = action.date.replace(second=0, microsecond=0)
        group = (action.key, action.initiator, action.data.get("parentId"), minute)
        groups.setdefault(group, []).append(
            {
                "id": action.id,
                "action": {"id": ids[action.key], "key": action.key},
                "initiator": employee(tree, action.initiator, address),
                "date": format_time(action.date),
                "data": dict(action.data),
                "related": [],
            }
        )
    return [{**newest, "related": related} for newest, *related in groups.values()]


def _write_person_name(tree: Tree, person_id: str) -> dict[str, Any]:
    """Return id and name. Here a removed account keeps its id (`EditHistoryAuthor` in the server)."""
    try:
        return {"id": person_id, "name": tree.person(person_id).display_name}
    except NotFoundError:
        return {"id": person_id, "name": "Guest"}


def _path_part(folder: PortalFolder) -> dict[str, Any]:
    room = {} if folder.room_type is None else {"roomType": folder.room_type}
    return {"id": folder.id, "title": folder.title, **room, "folderType": int(folder.type)}


def _common(
    tree: Tree, entry: PortalFile | PortalFolder, updated: datetime, updated_by: str, address: str
) -> dict[str, Any]:
    root, room = tree.root(entry), tree.room(entry)
    members: dict[str, Any] = {
        "id": entry.id,
        "rootFolderId": root.id,
        "canShare": False,
        "security": security(tree, entry, reader()),
        "title": entry.title,
        "access": 0,
        "shared": False,
        "sharedForUser": False,
        "sharedExternal": False,
        "parentShared": False,
        "shortWebUrl": "",
        "created": format_time(entry.created),
        "createdBy": employee(tree, entry.created_by, address),
        "updated": format_time(updated),
        "rootFolderType": tree.root_type(entry),
        "updatedBy": employee(tree, updated_by, address),
    }
    if room is not None:
        members["parentRoomType"] = int(room.type)
    if entry.provider_id:
        members |= {
            "providerItem": True,
            "providerKey": entry.provider_key,
            "providerId": entry.provider_id,
        }
    return members
