"""The client for a few calls, with tolerant readers: absent members are defaults (facts on DocSpace, 4)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from docspace.limits import DOWNLOAD_SECONDS, MAX_LIST_BYTES
from docspace.members import read_id, read_list, read_number, read_object, read_text
from docspace.times import format_time

if TYPE_CHECKING:
    from datetime import datetime

    from docspace.http import Http

PAGE_SIZE = 100
"""The most rows that DocSpace returns at once (`ApiContext.MaxCount` in its source)."""

SOME = 20
"""How many files are enough to find one with rights."""

MAX_COMMENT_LENGTH = 255
"""In UTF-16 units, as DocSpace counts (facts on DocSpace, 4.4)."""

_FILES_ONLY = "1"  # `FilterType` in DocSpace's source


@dataclass(frozen=True, kw_only=True)
class FileInfo:
    """The members of a FileDto that we read (facts on DocSpace, 4.2).

    `updated` is ISO 8601, `size` in bytes, `comment` that of the version, `root_type` the type of the section
    that the file is in (facts on DocSpace, 2.2). `rights` are what the key's user may do with it, by the
    names in DocSpace's `security`; `None` if DocSpace does not report them.
    """

    id: str
    folder_id: str
    title: str
    version: int | None
    updated: str
    web_url: str | None
    size: int | None
    locked: bool
    comment: str
    root_type: int | None = None
    rights: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True)
class FolderFilesPage:
    """Some of the files beneath a folder, from number `start` of `total`."""

    files: list[FileInfo]
    start: int
    total: int

    @property
    def next_start(self) -> int | None:
        """The start of the next page, if there is one."""
        start = self.start + PAGE_SIZE
        return start if self.files and start < self.total else None


@dataclass(frozen=True, kw_only=True)
class FolderInfo:
    """A folder or room. A room may deny downloads and put a watermark on them (facts on DocSpace, 4.5).

    `denies_download` is true unless DocSpace reports that it is not so.
    """

    id: str
    title: str
    is_room: bool = False
    denies_download: bool = True
    has_watermark: bool = False


@dataclass(frozen=True, kw_only=True)
class FileContent:
    """All bytes of one version of a file, and their hash in hex."""

    data: bytes
    sha256: str


class AccountStatus(IntEnum):
    """`EmployeeStatus` in DocSpace's source. A removed account has none: it is 404."""

    ACTIVE = 1
    TERMINATED = 2
    PENDING = 4


@dataclass(frozen=True, kw_only=True)
class AccountInfo:
    """An account. `is_admin` is set only by calls for that account; an admin may read every room.

    `sees_people` is whether the account may look up others: users who are no admin of anything, and guests,
    may not (`CanUserViewAnotherUserAsync` in DocSpace's source). `status` is one of `AccountStatus` or newer.
    """

    id: str
    name: str
    email: str | None
    is_admin: bool = False
    sees_people: bool = True
    status: int | None = None


@dataclass(frozen=True, kw_only=True)
class EditorChange:
    """What one person wrote into a version in the editor; `created` is ISO 8601."""

    user: AccountInfo
    created: str


@dataclass(frozen=True, kw_only=True)
class FileVersion:
    """The authors of a version: `user` modified it last, `edits` is all that was written in the editor.

    A rename and the trash modify a version too (facts on DocSpace, 2.2). Mail addresses are not included, and
    a guest may have no id. `created` is ISO 8601.
    """

    version: int | None
    created: str
    user: AccountInfo
    edits: tuple[EditorChange, ...]


@dataclass(frozen=True, kw_only=True)
class FileAction:
    """One audited action on a file: its key, the id of the person who did it, and when, in ISO 8601.

    `entry_id` is the file or folder, `from_folder_id` where a move took it from.
    What DocSpace does not say is empty.
    """

    key: str
    person_id: str
    date: str
    entry_id: str = ""
    from_folder_id: str = ""


@dataclass(frozen=True, kw_only=True)
class ApiKeyInfo:
    """The rights and expiry of an API key; `permissions` is `None` for a key that may do everything.

    `expires` is ISO 8601, and empty for a key that does not expire. `date` is the portal's time, as in HTTP.
    """

    permissions: frozenset[str] | None
    expires: str
    date: str


class Client:
    """DocSpace's API as the owner of the key sees it. Every call may raise any of `docspace.errors`.

    Ids are passed as they are: those of connected storage hold `|` and are encoded here.
    """

    def __init__(self, http: Http) -> None:
        self._http = http

    def get_file(self, file_id: str, *, version: int | None = None) -> FileInfo:
        """Return a file as it is now, or an older version of it. Connected storage has version 1 only."""
        path = f"files/file/{encode_id(file_id)}"
        return _read_file(
            self._http.get(path) if version is None else self._http.get(path, version=str(version))
        )

    def get_content(
        self,
        file_id: str,
        version: int,
        *,
        max_bytes: int,
        seconds: float = DOWNLOAD_SECONDS,
        size: int | None = None,
    ) -> FileContent:
        """Return the bytes of a version, of at most `max_bytes` (facts on DocSpace, 10.7).

        A forced save replaces the content of a version, and a connected storage answers with its newest: see
        `take_content`. Raises FileTooLarge, NotFound without such a version, and Forbidden without the right
        to download it or with a key that has been revoked.
        """
        data = self._http.get_bytes(
            "filehandler.ashx",
            max_bytes=max_bytes,
            seconds=seconds,
            size=size,
            action="stream",
            fileid=file_id,
            version=str(version),
        )
        return FileContent(data=data, sha256=hashlib.sha256(data).hexdigest())

    def list_files_beneath(self, folder_id: str, *, start: int) -> FolderFilesPage:
        """Return up to 100 of the files at any depth that the key's user may read.

        DocSpace breaks no ties and pages while others work: a file can come twice or be missed, so a caller
        that needs all of them compares ids with the total. Oldest first moves the least. That order becomes
        the default of the key's user, as every `sortBy` does, and listing a folder clears the marks of what
        is new to that user. Of a connected storage only the folder's own files come, none from below it.
        (`GetFolderRequestDto`, `GetFilesQueryWithFilters`, ThirdPartyFileDao in DocSpace's source.)
        """
        return self._fetch_files(folder_id, start=start, sort_by="DateAndTimeCreation", order="ascending")

    def list_newest_beneath(self, folder_id: str) -> FolderFilesPage:
        """Return the up to 100 files that were modified last, and how many there are in all."""
        return self._fetch_files(folder_id, start=0, sort_by="DateAndTime", order="descending")

    def _fetch_files(self, folder_id: str, *, start: int, sort_by: str, order: str) -> FolderFilesPage:
        page = read_object(
            self._http.get(
                f"files/{encode_id(folder_id)}",
                filterType=_FILES_ONLY,
                withSubFolders="true",
                count=str(PAGE_SIZE),
                startIndex=str(start),
                sortBy=sort_by,
                sortOrder=order,
            )
        )
        files = [_read_file(row) for row in read_list(page.get("files"))]
        total = read_number(page, "total")
        return FolderFilesPage(files=files, start=start, total=start + len(files) if total is None else total)

    def sample_files(self, folder_id: str) -> list[FileInfo]:
        """Return a few of the files at any depth, in the order of the key's user, which stays as it is."""
        page = read_object(
            self._http.get(
                f"files/{encode_id(folder_id)}",
                filterType=_FILES_ONLY,
                withSubFolders="true",
                count=str(SOME),
            )
        )
        return [_read_file(row) for row in read_list(page.get("files"))]

    def list_versions(self, file_id: str) -> list[FileVersion]:
        """Return who made each version, oldest first (facts on DocSpace, 4.4).

        Saves of an editing session that is still open are missing. Raises Forbidden for files of connected
        storage, for which DocSpace has no such history.
        """
        rows = self._http.get(f"files/file/{encode_id(file_id)}/edit/history", max_bytes=MAX_LIST_BYTES)
        return [_read_version(row) for row in read_list(rows)]

    def list_actions(self, file_id: str, *, since: datetime) -> list[FileAction]:
        """Return the newest audited actions on a file since then, grouped ones too, at most 100 rows.

        They are logged some time after the action, and not for connected storage (facts on DocSpace, 4.4).
        """
        query = {"fromDate": format_time(since), "count": str(PAGE_SIZE)}
        rows = self._http.get(f"files/file/{encode_id(file_id)}/log", max_bytes=MAX_LIST_BYTES, **query)
        return [action for row in read_list(rows) for action in _read_actions(read_object(row))]

    def list_folder_actions(self, folder_id: str, *, since: datetime) -> list[FileAction]:
        """Return the same of a folder, and of everything beneath it."""
        query = {"fromDate": format_time(since), "count": str(PAGE_SIZE)}
        rows = self._http.get(f"files/folder/{encode_id(folder_id)}/log", max_bytes=MAX_LIST_BYTES, **query)
        return [action for row in read_list(rows) for action in _read_actions(read_object(row))]

    def get_folder_path(self, folder_id: str) -> list[FolderInfo]:
        """Return the folders from the root down to this one, itself included (facts on DocSpace, 4.3)."""
        rows = read_list(self._http.get(f"files/folder/{encode_id(folder_id)}/path"))
        return [read_folder(row) for row in map(read_object, rows)]

    def get_person(self, guid: str) -> AccountInfo:
        return _read_account(self._http.get(f"people/{encode_id(guid)}"), guid)

    def find_account(self, email: str) -> AccountInfo:
        """Return the account with an address; raise NotFound if there is none, BadRequest for no address."""
        return _read_account(self._http.get("people/email", email=email))

    def get_key_user(self) -> AccountInfo:
        """Return the key's user. A key with a list of permissions needs `accounts.self:read` for it."""
        return _read_account(self._http.get("people/@self"))

    def get_key(self) -> ApiKeyInfo:
        """Return the properties of the key itself, which every key may request (facts on DocSpace, 4.1)."""
        members = read_object(self._http.get("keys/@self"))
        permissions = frozenset(
            each for each in read_list(members.get("permissions")) if isinstance(each, str)
        )
        return ApiKeyInfo(
            permissions=permissions or None, expires=read_text(members, "expiresAt"), date=self._http.date
        )

    def write_comment(self, file_id: str, *, version: int, text: str) -> str:
        """Write a version's comment, cut to 255 characters, and return the comment that DocSpace stored.

        Sends us a `file.updated` by the key's user. Raises Forbidden if the file is gone, in a trash,
        archived, locked by another person or in a connected storage, and for a user who is neither content
        creator nor manager nor owner of the room (facts on DocSpace, 10.2).
        """
        shortened = text.encode("utf-16-le", "ignore")[: 2 * MAX_COMMENT_LENGTH].decode("utf-16-le", "ignore")
        response = self._http.put(
            f"files/file/{encode_id(file_id)}/comment", version=version, comment=shortened
        )
        return response if isinstance(response, str) else ""


def encode_id(entry_id: str) -> str:
    return quote(entry_id, safe="")


def _read_file(value: Any) -> FileInfo:
    members = read_object(value)
    return FileInfo(
        id=read_id(members, "id"),
        folder_id=read_id(members, "folderId"),
        title=read_text(members, "title"),
        version=read_number(members, "version"),
        updated=read_text(members, "updated"),
        web_url=read_text(members, "webUrl") or None,
        size=read_number(members, "pureContentLength"),
        locked=members.get("locked") is True,
        comment=read_text(members, "comment"),
        root_type=read_number(members, "rootFolderType"),
        rights=_read_rights(members.get("security")),
    )


def read_folder(row: dict[str, Any]) -> FolderInfo:
    return FolderInfo(
        id=read_id(row, "id"),
        title=read_text(row, "title"),
        is_room=row.get("roomType") is not None,
        denies_download=row.get("denyDownload") is not False,
        has_watermark=row.get("watermark") is not None,
    )


def _read_rights(value: Any) -> frozenset[str] | None:
    if not isinstance(value, dict):
        return None
    return frozenset(right for right, is_granted in value.items() if is_granted is True)


def _read_version(value: Any) -> FileVersion:
    members = read_object(value)
    changes = [read_object(change) for change in read_list(members.get("changes"))]
    return FileVersion(
        version=read_number(members, "version"),
        created=read_text(members, "created"),
        user=_read_author(members.get("user")),
        edits=tuple(
            EditorChange(user=_read_author(change.get("user")), created=read_text(change, "created"))
            for change in changes
        ),
    )


def _read_actions(row: dict[str, Any]) -> list[FileAction]:
    related = [
        action for each in read_list(row.get("related")) for action in _read_actions(read_object(each))
    ]
    data = read_object(row.get("data"))
    action = FileAction(
        key=read_text(read_object(row.get("action")), "key"),
        person_id=read_id(read_object(row.get("initiator")), "id"),
        date=read_text(row, "date"),
        entry_id=read_id(data, "id"),
        from_folder_id=read_id(data, "fromFolderId"),
    )
    return [action, *related]


def _read_author(value: Any) -> AccountInfo:
    members = read_object(value)
    return AccountInfo(id=read_id(members, "id"), name=read_text(members, "name"), email=None)


def _read_account(value: Any, guid: str = "") -> AccountInfo:
    members = read_object(value)
    return AccountInfo(
        id=read_id(members, "id") or guid,
        name=read_text(members, "displayName") or read_text(members, "userName"),
        email=read_id(members, "email") or None,
        is_admin=members.get("isAdmin") is True or members.get("isOwner") is True,
        sees_people=members.get("isCollaborator") is not True and members.get("isVisitor") is not True,
        status=read_number(members, "status"),
    )
