"""What forbids to take the content of a file, though DocSpace would send it (facts on DocSpace, 10.7)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from docspace import errors

if TYPE_CHECKING:
    from docspace.client import Client, FileInfo

_DOWNLOAD = "Download"
_PERSONAL_DOCUMENTS = 5  # a type of section (facts on DocSpace, 2.2): there are no rooms in it


class Protection(StrEnum):
    """Why the content of a file is not taken."""

    NO_RIGHT = "no_right"
    DOWNLOADS_DENIED = "downloads_denied"
    WATERMARK = "watermark"
    UNREADABLE_ROOM = "unreadable_room"


def find_protection(client: Client, file: FileInfo) -> Protection | None:
    """Return why the content of a file must not be taken, `None` if it may be.

    A room denies downloads to its viewers only, and DocSpace streams files without a watermark, so that
    neither is in the rights of the key's user. What can't be read counts as forbidden; an outage is raised.
    """
    if _DOWNLOAD not in (file.rights or ()):
        return Protection.NO_RIGHT
    try:
        folders = client.get_folder_path(file.folder_id)
    except errors.RequestRefused:
        return Protection.UNREADABLE_ROOM
    rooms = [folder for folder in folders if folder.is_room]
    if not rooms and file.root_type != _PERSONAL_DOCUMENTS:
        return Protection.UNREADABLE_ROOM
    if any(room.denies_download for room in rooms):
        return Protection.DOWNLOADS_DENIED
    return Protection.WATERMARK if any(room.has_watermark for room in rooms) else None
