"""The few calls we make, with tolerant readers: absent members are defaults (facts on DocSpace, 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from docspace.http import MAX_LIST_BYTES
from docspace.members import as_list, as_object, read_id, read_number, read_text
from docspace.times import format_time

if TYPE_CHECKING:
    from datetime import datetime

    from docspace.http import Http

PAGE_SIZE = 100
"""What DocSpace gives at once at most (`ApiContext.MaxCount` in its source)."""

SOME = 20
"""So many files are enough to find one that says something."""

MAX_COMMENT_LENGTH = 255
"""In UTF-16 units, as DocSpace counts (facts on DocSpace, 4.4)."""

_FILES_ONLY = "1"  # `FilterType` in DocSpace's source


@dataclass(frozen=True, kw_only=True)
class FileInfo:
    """A FileDto, as far as we read it (facts on DocSpace, 4.2).

    `updated` is ISO 8601, `size` in bytes, `comment` that of the version, `root_type` the type of the section
    that the file is in (facts on DocSpace, 2.2). `rights` are what the key's user may do with it, in the
    names of DocSpace's `security`; `None` where it does not say.
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
        """Where the next page starts, if there is one."""
        start = self.start + PAGE_SIZE
        return start if self.files and start < self.total else None


@dataclass(frozen=True, kw_only=True)
class FolderInfo:
    id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class AccountInfo:
    """`is_admin` is known only of whom was asked for; an admin of DocSpace may read every room.

    `sees_people` tells whether they may look up others: users who are no admin of anything, and guests, may
    not (`CanUserViewAnotherUserAsync` in DocSpace's source).
    """

    id: str
    name: str
    email: str | None
    is_admin: bool = False
    sees_people: bool = True


@dataclass(frozen=True, kw_only=True)
class EditorChange:
    """What one person wrote into a version in the editor, and when, in ISO 8601."""

    user: AccountInfo
    created: str


@dataclass(frozen=True, kw_only=True)
class FileVersion:
    """Who made a version: `user` modified it last, `written` is all that was written into it in the editor.

    A rename and the trash modify a version too (facts on DocSpace, 2.2). Nobody's mail is told here, and a
    guest may have no id. `created` is ISO 8601.
    """

    version: int | None
    created: str
    user: AccountInfo
    written: tuple[EditorChange, ...]


@dataclass(frozen=True, kw_only=True)
class FileAction:
    """One audited action on a file: its key, and the id of whoever did it, where DocSpace says that."""

    key: str
    who: str


@dataclass(frozen=True, kw_only=True)
class ApiKeyInfo:
    """What an API key may do, and until when; `permissions` is `None` for a key that may do everything.

    `expires` is ISO 8601, and empty for one that does not. `date` is the portal's own time, as in HTTP.
    """

    permissions: frozenset[str] | None
    expires: str
    date: str


class Client:
    """DocSpace's API as the owner of the key sees it. Every call may raise any of `docspace.errors`.

    Ids are taken as they are: those of connected storage hold `|` and are encoded here.
    """

    def __init__(self, http: Http) -> None:
        self._http = http

    def get_file(self, file_id: str) -> FileInfo:
        """Return a file as it is now. One in a connected storage has version 1 for ever."""
        return _file(self._http.get(f"files/file/{_encoded(file_id)}"))

    def list_files_beneath(self, folder_id: str, *, start: int) -> FolderFilesPage:
        """Return up to 100 of the files at any depth that the key's user may read.

        DocSpace breaks no ties and pages while others work: a file can come twice or be missed, so a caller
        that needs all of them compares ids with the total. Oldest first moves the least. That order becomes
        the default of the key's user, as every `sortBy` does, and listing a folder clears the marks of what
        is new to that user. Of a connected storage only the folder's own files come, none from below it.
        (`GetFolderRequestDto`, `GetFilesQueryWithFilters`, ThirdPartyFileDao in DocSpace's source.)
        """
        return self._files(folder_id, start=start, by="DateAndTimeCreation", order="ascending")

    def list_newest_beneath(self, folder_id: str) -> FolderFilesPage:
        """Return the up to 100 files that were modified last, and how many there are in all."""
        return self._files(folder_id, start=0, by="DateAndTime", order="descending")

    def _files(self, folder_id: str, *, start: int, by: str, order: str) -> FolderFilesPage:
        found = as_object(
            self._http.get(
                f"files/{_encoded(folder_id)}",
                filterType=_FILES_ONLY,
                withSubFolders="true",
                count=str(PAGE_SIZE),
                startIndex=str(start),
                sortBy=by,
                sortOrder=order,
            )
        )
        files = [_file(row) for row in as_list(found.get("files"))]
        total = read_number(found, "total")
        return FolderFilesPage(files=files, start=start, total=start + len(files) if total is None else total)

    def sample_files(self, folder_id: str) -> list[FileInfo]:
        """Return a few of the files at any depth, in the order of the key's user, which stays as it is."""
        found = as_object(
            self._http.get(
                f"files/{_encoded(folder_id)}",
                filterType=_FILES_ONLY,
                withSubFolders="true",
                count=str(SOME),
            )
        )
        return [_file(row) for row in as_list(found.get("files"))]

    def list_versions(self, file_id: str) -> list[FileVersion]:
        """Return who made each version, oldest first (facts on DocSpace, 4.4).

        Without what an editing session that is still open has saved. Raises Forbidden for files of connected
        storage, of which DocSpace keeps no such history.
        """
        rows = self._http.get(f"files/file/{_encoded(file_id)}/edit/history", largest=MAX_LIST_BYTES)
        return [_edit(row) for row in as_list(rows)]

    def list_actions(self, file_id: str, *, since: datetime) -> list[FileAction]:
        """Return the newest audited actions on a file since then, grouped ones too, at most 100 rows.

        Written some time after the fact, and not for connected storage (facts on DocSpace, 4.4).
        """
        query = {"fromDate": format_time(since), "count": str(PAGE_SIZE)}
        rows = self._http.get(f"files/file/{_encoded(file_id)}/log", largest=MAX_LIST_BYTES, **query)
        return [done for row in as_list(rows) for done in _done(as_object(row))]

    def get_folder_path(self, folder_id: str) -> list[FolderInfo]:
        """Return the folders from the root down to this one, itself included (facts on DocSpace, 4.3)."""
        rows = as_list(self._http.get(f"files/folder/{_encoded(folder_id)}/path"))
        return [
            FolderInfo(id=read_id(row, "id"), title=read_text(row, "title")) for row in map(as_object, rows)
        ]

    def get_person(self, guid: str) -> AccountInfo:
        return _account(self._http.get(f"people/{_encoded(guid)}"), guid)

    def find_account(self, email: str) -> AccountInfo:
        """Return whose address this is; raises NotFound for nobody's, BadRequest for none."""
        return _account(self._http.get("people/email", email=email))

    def get_key_user(self) -> AccountInfo:
        """Return the key's user. A key with a list of permissions needs `accounts.self:read` for it."""
        return _account(self._http.get("people/@self"))

    def get_key(self) -> ApiKeyInfo:
        """Return what the key itself is, which every key may ask (facts on DocSpace, 4.1)."""
        found = as_object(self._http.get("keys/@self"))
        listed = frozenset(each for each in as_list(found.get("permissions")) if isinstance(each, str))
        return ApiKeyInfo(
            permissions=listed or None, expires=read_text(found, "expiresAt"), date=self._http.date
        )

    def write_comment(self, file_id: str, *, version: int, text: str) -> str:
        """Write a version's comment, cut to 255 characters, and return what DocSpace kept.

        Sends us a `file.updated` by the key's user. Raises Forbidden where the file is gone, in a trash,
        archived, locked by somebody else or in a connected storage, and for a user who is neither content
        creator nor manager nor owner of the room (facts on DocSpace, 10.2).
        """
        cut = text.encode("utf-16-le", "ignore")[: 2 * MAX_COMMENT_LENGTH].decode("utf-16-le", "ignore")
        kept = self._http.put(f"files/file/{_encoded(file_id)}/comment", version=version, comment=cut)
        return kept if isinstance(kept, str) else ""


def _encoded(entry_id: str) -> str:
    return quote(entry_id, safe="")


def _file(value: Any) -> FileInfo:
    found = as_object(value)
    return FileInfo(
        id=read_id(found, "id"),
        folder_id=read_id(found, "folderId"),
        title=read_text(found, "title"),
        version=read_number(found, "version"),
        updated=read_text(found, "updated"),
        web_url=read_text(found, "webUrl") or None,
        size=read_number(found, "pureContentLength"),
        locked=found.get("locked") is True,
        comment=read_text(found, "comment"),
        root_type=read_number(found, "rootFolderType"),
        rights=_rights(found.get("security")),
    )


def _rights(value: Any) -> frozenset[str] | None:
    if not isinstance(value, dict):
        return None
    return frozenset(right for right, is_granted in value.items() if is_granted is True)


def _edit(value: Any) -> FileVersion:
    found = as_object(value)
    changes = [as_object(change) for change in as_list(found.get("changes"))]
    return FileVersion(
        version=read_number(found, "version"),
        created=read_text(found, "created"),
        user=_author(found.get("user")),
        written=tuple(
            EditorChange(user=_author(change.get("user")), created=read_text(change, "created"))
            for change in changes
        ),
    )


def _done(row: dict[str, Any]) -> list[FileAction]:
    related = [done for each in as_list(row.get("related")) for done in _done(as_object(each))]
    who = read_id(as_object(row.get("initiator")), "id")
    return [FileAction(key=read_text(as_object(row.get("action")), "key"), who=who), *related]


def _author(value: Any) -> AccountInfo:
    found = as_object(value)
    return AccountInfo(id=read_id(found, "id"), name=read_text(found, "name"), email=None)


def _account(value: Any, guid: str = "") -> AccountInfo:
    found = as_object(value)
    return AccountInfo(
        id=read_id(found, "id") or guid,
        name=read_text(found, "displayName") or read_text(found, "userName"),
        email=read_id(found, "email") or None,
        is_admin=found.get("isAdmin") is True or found.get("isOwner") is True,
        sees_people=found.get("isCollaborator") is not True and found.get("isVisitor") is not True,
    )
