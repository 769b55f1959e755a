"""The few calls we make, with tolerant readers: absent members are defaults (facts on DocSpace, 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from docspace.http import LARGEST_LIST
from docspace.members import as_list, as_object, identifier, number, text
from docspace.times import format_time

if TYPE_CHECKING:
    from datetime import datetime

    from docspace.http import Http

PAGE = 100
"""What DocSpace gives at once at most (`ApiContext.MaxCount` in its source)."""

SOME = 20
"""So many files are enough to find one that says something."""

LONGEST_COMMENT = 255
"""In UTF-16 units, as DocSpace counts (facts on DocSpace, 4.4)."""

_FILES_ONLY = "1"  # `FilterType` in DocSpace's source


@dataclass(frozen=True, kw_only=True)
class File:
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
class Page:
    """Some of the files beneath a folder, from number `start` of `total`."""

    files: list[File]
    start: int
    total: int

    @property
    def following(self) -> int | None:
        """Where the next page starts, if there is one."""
        start = self.start + PAGE
        return start if self.files and start < self.total else None


@dataclass(frozen=True, kw_only=True)
class Folder:
    id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Account:
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
class Written:
    """What one person wrote into a version in the editor, and when, in ISO 8601."""

    user: Account
    created: str


@dataclass(frozen=True, kw_only=True)
class Edit:
    """Who made a version: `user` modified it last, `written` is all that was written into it in the editor.

    A rename and the trash modify a version too (facts on DocSpace, 2.2). Nobody's mail is told here, and a
    guest may have no id. `created` is ISO 8601.
    """

    version: int | None
    created: str
    user: Account
    written: tuple[Written, ...]


@dataclass(frozen=True, kw_only=True)
class Done:
    """One audited action on a file: its key, and the id of whoever did it, where DocSpace says that."""

    key: str
    who: str


@dataclass(frozen=True, kw_only=True)
class Key:
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

    def file(self, file_id: str) -> File:
        """Return a file as it is now. One in a connected storage has version 1 for ever."""
        return _file(self._http.get(f"files/file/{_encoded(file_id)}"))

    def files_beneath(self, folder_id: str, *, start: int) -> Page:
        """Return up to 100 of the files at any depth that the key's user may read.

        DocSpace breaks no ties and pages while others work: a file can come twice or be missed, so a caller
        that needs all of them compares ids with the total. Oldest first moves the least. That order becomes
        the default of the key's user, as every `sortBy` does, and listing a folder clears the marks of what
        is new to that user. Of a connected storage only the folder's own files come, none from below it.
        (`GetFolderRequestDto`, `GetFilesQueryWithFilters`, ThirdPartyFileDao in DocSpace's source.)
        """
        return self._files(folder_id, start=start, by="DateAndTimeCreation", order="ascending")

    def newest_beneath(self, folder_id: str) -> Page:
        """Return the up to 100 files that were modified last, and how many there are in all."""
        return self._files(folder_id, start=0, by="DateAndTime", order="descending")

    def _files(self, folder_id: str, *, start: int, by: str, order: str) -> Page:
        found = as_object(
            self._http.get(
                f"files/{_encoded(folder_id)}",
                filterType=_FILES_ONLY,
                withSubFolders="true",
                count=str(PAGE),
                startIndex=str(start),
                sortBy=by,
                sortOrder=order,
            )
        )
        files = [_file(row) for row in as_list(found.get("files"))]
        total = number(found, "total")
        return Page(files=files, start=start, total=start + len(files) if total is None else total)

    def some_files(self, folder_id: str) -> list[File]:
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

    def edits(self, file_id: str) -> list[Edit]:
        """Return who made each version, oldest first (facts on DocSpace, 4.4).

        Without what an editing session that is still open has saved. Raises Forbidden for files of connected
        storage, of which DocSpace keeps no such history.
        """
        rows = self._http.get(f"files/file/{_encoded(file_id)}/edit/history", largest=LARGEST_LIST)
        return [_edit(row) for row in as_list(rows)]

    def actions(self, file_id: str, *, since: datetime) -> list[Done]:
        """Return the newest audited actions on a file since then, grouped ones too, at most 100 rows.

        Written some time after the fact, and not for connected storage (facts on DocSpace, 4.4).
        """
        query = {"fromDate": format_time(since), "count": str(PAGE)}
        rows = self._http.get(f"files/file/{_encoded(file_id)}/log", largest=LARGEST_LIST, **query)
        return [done for row in as_list(rows) for done in _done(as_object(row))]

    def path(self, folder_id: str) -> list[Folder]:
        """Return the folders from the root down to this one, itself included (facts on DocSpace, 4.3)."""
        rows = as_list(self._http.get(f"files/folder/{_encoded(folder_id)}/path"))
        return [Folder(id=identifier(row, "id"), title=text(row, "title")) for row in map(as_object, rows)]

    def person(self, guid: str) -> Account:
        return _account(self._http.get(f"people/{_encoded(guid)}"), guid)

    def account(self, email: str) -> Account:
        """Return whose address this is; raises NotFound for nobody's, BadRequest for none."""
        return _account(self._http.get("people/email", email=email))

    def myself(self) -> Account:
        """Return the key's user. A key with a list of permissions needs `accounts.self:read` for it."""
        return _account(self._http.get("people/@self"))

    def key(self) -> Key:
        """Return what the key itself is, which every key may ask (facts on DocSpace, 4.1)."""
        found = as_object(self._http.get("keys/@self"))
        listed = frozenset(each for each in as_list(found.get("permissions")) if isinstance(each, str))
        return Key(permissions=listed or None, expires=text(found, "expiresAt"), date=self._http.date)

    def comment(self, file_id: str, *, version: int, text: str) -> str:
        """Write a version's comment, cut to 255 characters, and return what DocSpace kept.

        Sends us a `file.updated` by the key's user. Raises Forbidden where the file is gone, in a trash,
        archived, locked by somebody else or in a connected storage, and for a user who is neither content
        creator nor manager nor owner of the room (facts on DocSpace, 10.2).
        """
        cut = text.encode("utf-16-le", "ignore")[: 2 * LONGEST_COMMENT].decode("utf-16-le", "ignore")
        kept = self._http.put(f"files/file/{_encoded(file_id)}/comment", version=version, comment=cut)
        return kept if isinstance(kept, str) else ""


def _encoded(entry_id: str) -> str:
    return quote(entry_id, safe="")


def _file(value: Any) -> File:
    found = as_object(value)
    return File(
        id=identifier(found, "id"),
        folder_id=identifier(found, "folderId"),
        title=text(found, "title"),
        version=number(found, "version"),
        updated=text(found, "updated"),
        web_url=text(found, "webUrl") or None,
        size=number(found, "pureContentLength"),
        locked=found.get("locked") is True,
        comment=text(found, "comment"),
        root_type=number(found, "rootFolderType"),
        rights=_rights(found.get("security")),
    )


def _rights(value: Any) -> frozenset[str] | None:
    if not isinstance(value, dict):
        return None
    return frozenset(right for right, is_granted in value.items() if is_granted is True)


def _edit(value: Any) -> Edit:
    found = as_object(value)
    changes = [as_object(change) for change in as_list(found.get("changes"))]
    return Edit(
        version=number(found, "version"),
        created=text(found, "created"),
        user=_author(found.get("user")),
        written=tuple(
            Written(user=_author(change.get("user")), created=text(change, "created")) for change in changes
        ),
    )


def _done(row: dict[str, Any]) -> list[Done]:
    related = [done for each in as_list(row.get("related")) for done in _done(as_object(each))]
    who = identifier(as_object(row.get("initiator")), "id")
    return [Done(key=text(as_object(row.get("action")), "key"), who=who), *related]


def _author(value: Any) -> Account:
    found = as_object(value)
    return Account(id=identifier(found, "id"), name=text(found, "name"), email=None)


def _account(value: Any, guid: str = "") -> Account:
    found = as_object(value)
    return Account(
        id=identifier(found, "id") or guid,
        name=text(found, "displayName") or text(found, "userName"),
        email=identifier(found, "email") or None,
        is_admin=found.get("isAdmin") is True or found.get("isOwner") is True,
        sees_people=found.get("isCollaborator") is not True and found.get("isVisitor") is not True,
    )
