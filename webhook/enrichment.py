"""Enrichment of a webhook by the API: the file's place and state, and who acted (facts on DocSpace, 4)."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import structlog
from cachetools import TTLCache

from docspace import errors
from docspace.client import PAGE_SIZE
from reviews.errors import NotVisible, Permanent, TryLater
from reviews.identity import Person
from reviews.ports.docspace_logs import FileLog, LoggedAction, LoggedActionKind
from reviews.text import clean_name, clean_text, clean_title, strip_unstorable
from reviews.tree import FOLDER_ID_PREFIX, FilePresence, FileState, Place
from reviews.wording.placeholders import DOCSPACE, GUEST, HIDDEN_PERSON, REMOVED_PERSON, UNKNOWN_PERSON
from webhook.payload import MAX_NUMBER, TRASH, parse_time

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime

    from docspace.client import (
        AccountInfo,
        ApiKeyInfo,
        Client,
        FileAction,
        FileInfo,
        FileVersion,
        FolderFilesPage,
        FolderInfo,
    )

# Built-in accounts that are no particular person and have no profile (facts on DocSpace, 2.1).
_BUILT_IN = {
    "712d9ec3-5d2b-4b13-824f-71f00191dcca": GUEST,
    "a37ee56e-3302-4a7b-b67e-ddbea64cd032": DOCSPACE,
}
ARCHIVE = 20  # the type of the section of archived rooms (facts on DocSpace, 2.2)
MAX_FILE_SIZE = 2**62
MAX_FOLDERS = 200  # nested in one another
PEOPLE_FRESH = 600.0  # seconds

log = structlog.get_logger()

T = TypeVar("T")


class Enrichment:
    """Implementation of the product's port `Portal` on the API client. People are cached for a while."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._people: TTLCache[str, Person] = TTLCache(4096, PEOPLE_FRESH)
        self._accounts: TTLCache[str, Person | None] = TTLCache(4096, PEOPLE_FRESH)

    def get_place(self, folder_id: str) -> Place:
        try:
            folders = self._client.get_folder_path(folder_id)
        except errors.NotFound as error:
            raise NotVisible(str(error), gone=True) from error
        except (errors.Forbidden, errors.BadRequest) as error:
            raise NotVisible(str(error), gone=False) from error
        if not all(folder.id for folder in folders):
            raise TryLater(f"DocSpace's path of folder {folder_id} can't be read")
        if len(folders) > MAX_FOLDERS:
            raise TryLater(f"folder {folder_id} lies deeper than {MAX_FOLDERS} folders")
        if not folders or folders[-1].id != folder_id:
            raise NotVisible("DocSpace answers no path", gone=False)
        return _build_place(folders)

    def locate(self, file_id: str) -> tuple[str, Place]:
        """Return a file's title and where it is; raise one of the API client's errors."""
        file = self._client.get_file(file_id)
        folders = self._client.get_folder_path(file.folder_id)
        return clean_text(clean_title(file.title)), _build_place(folders)

    def get_file(self, file_id: str) -> FileState | None:
        try:
            file = self._client.get_file(file_id)
        except errors.RequestRefused:
            return None
        return _build_state(file, file_id)

    def list_files_beneath(self, folder_id: str, *, start: int) -> tuple[list[FileState], int]:
        return self._list_files(lambda: self._client.list_files_beneath(folder_id, start=start))

    def list_newest_beneath(self, folder_id: str) -> tuple[list[FileState], int]:
        return self._list_files(lambda: self._client.list_newest_beneath(folder_id))

    def _list_files(self, fetch: Callable[[], FolderFilesPage]) -> tuple[list[FileState], int]:
        try:
            page = fetch()
        except errors.RequestRefused as error:
            raise NotVisible(str(error), gone=isinstance(error, errors.NotFound)) from error
        if page.files and all(file.root_type in {TRASH, ARCHIVE} for file in page.files):
            return [], 0
        return [_build_state(file, file.id) for file in page.files if file.id], page.total

    def get_file_log(self, file_id: str, *, since: datetime) -> FileLog | None:
        if not file_id.isdecimal():
            return None  # DocSpace keeps no log of files in connected storage (facts on DocSpace, 4.4)
        try:
            actions = self._client.list_actions(file_id, since=since)
        except errors.RequestRefused as error:
            _warn_if_rejected(f"the log of file {file_id}", error)
            return None
        return FileLog(actions=tuple(map(_make_logged_action, actions)), is_complete=len(actions) < PAGE_SIZE)

    def list_origins(self, subject: str, *, since: datetime) -> list[str]:
        entry_id = subject.removeprefix(FOLDER_ID_PREFIX)
        is_folder = subject.startswith(FOLDER_ID_PREFIX)
        if not entry_id.isdecimal():
            return []
        list_actions = self._client.list_folder_actions if is_folder else self._client.list_actions
        try:
            actions = list_actions(entry_id, since=since)
        except errors.RequestRefused as error:
            _warn_if_rejected(f"the log of {subject}", error)
            return []
        key = "FolderMoved" if is_folder else "FileMoved"
        moves = (each for each in actions if (each.key, each.entry_id) == (key, entry_id))
        return [origin for each in moves if (origin := strip_unstorable(each.from_folder_id))]

    def find_version_before(self, file_id: str, *, version: int, at: datetime) -> int | None:
        try:
            file_versions = self._client.list_versions(file_id)
        except errors.RequestRefused as error:
            _warn_if_rejected(f"the versions of file {file_id}", error)
            return None
        older = (
            number
            for each in file_versions
            if (number := _check_version(each.version)) is not None
            and number < version
            and (created := parse_time(each.created)) is not None
            and created < at
        )
        return max(older, default=None)

    def was_unlocked(self, file_id: str, *, since: datetime) -> bool:
        if not file_id.isdecimal():
            return False
        try:
            actions = self._client.list_actions(file_id, since=since)
        except errors.RequestRefused as error:
            _warn_if_rejected(f"the log of file {file_id}", error)
            return False
        return any(action.key == "FileUnlocked" for action in actions)

    def list_editors(
        self,
        file_id: str,
        *,
        after: int | None,
        since: datetime | None,
        ignored_people: Collection[str] = (),
    ) -> list[Person]:
        try:
            file_versions = self._client.list_versions(file_id)
        except errors.RequestRefused as error:
            _warn_if_rejected(f"the versions of file {file_id}", error)
            return []
        newest = max((file_version.version or 0 for file_version in file_versions), default=0)
        version = newest - 1 if after is None else after
        dates = Counter(file_version.created for file_version in file_versions)
        later = (
            _list_later_writers(file_version, since)
            if since and (file_version.version or 0) <= version and dates[file_version.created] > 1
            else _list_editors(file_version, version, since, newest, ignored_people)
            for file_version in file_versions
        )
        accounts = [person for each in later for person in each]
        people = {person.id: person for person in accounts if person.id}
        return [Person(id=person.id, name=clean_text(clean_name(person.name))) for person in people.values()]

    def complete_person(self, person: Person) -> Person:
        if person.id is None:
            return replace(person, name=person.name or UNKNOWN_PERSON)
        if person.id in _BUILT_IN:
            return Person(id=None, name=_BUILT_IN[person.id])
        try:
            return self._get_cached(self._people, person.id, partial(self._fetch_person, person, person.id))
        except (errors.Forbidden, errors.BadRequest):
            return replace(person, name=person.name or HIDDEN_PERSON)

    def find_person(self, email: str) -> Person | None:
        return self._get_cached(self._accounts, email.casefold(), partial(self._fetch_account, email))

    def get_own_id(self) -> str | None:
        try:
            return self._get_cached(self._people, "", self._fetch_key_user).id
        except errors.RequestRefused:
            return None

    def get_key(self) -> ApiKeyInfo | None:
        """Return what the API key may do; `None` if the portal does not report it."""
        try:
            return self._client.get_key()
        except errors.RequestRefused:
            return None

    def write_comment(self, file_id: str, version: int, text: str) -> None:
        """Write a version's comment; raise `Permanent` if DocSpace will never accept it.

        A connected storage has no comments, and refuses each (facts on DocSpace, 10.2).
        """
        if not file_id.isdecimal():
            return
        try:
            self._client.write_comment(file_id, version=version, text=text)
        except errors.RequestRefused as error:
            sentence = (
                f"DocSpace rejects the comment: {error}; the key needs files:write, and its user the "
                "role content creator in the room"
            )
            raise Permanent(sentence) from error

    def _fetch_key_user(self) -> Person:
        account = self._client.get_key_user()
        return Person(id=account.id or None, name=account.name, email=account.email)

    def _get_cached(self, cache: TTLCache[str, T], key: str, fetch: Callable[[], T]) -> T:
        with self._lock:
            if key in cache:
                return cache[key]
        value = fetch()
        with self._lock:
            cache[key] = value
        return value

    def _fetch_person(self, person: Person, guid: str) -> Person:
        try:
            account = self._client.get_person(guid)
        except errors.NotFound:
            return replace(person, name=person.name or REMOVED_PERSON)
        name = account.name or person.name or account.email or "a person without a name"
        email = strip_unstorable(account.email or "") or person.email
        return Person(id=guid, name=clean_text(clean_name(name)) or "a person without a name", email=email)

    def _fetch_account(self, email: str) -> Person | None:
        try:
            account = self._client.find_account(email)
        except errors.RequestRefused:
            return None
        return (
            Person(id=account.id, name=clean_text(clean_name(account.name)), email=email)
            if account.id
            else None
        )


# What logged actions did to the file, and the number of events by which DocSpace reports each as a save
# (facts on DocSpace, 2.5, 4.4, 10.2, 10.4): an unlock by two, a conversion by none.
_LOGGED = {
    "FileCreated": (LoggedActionKind.MADE, 0),
    "FileCopied": (LoggedActionKind.MADE, 0),
    "FileUploaded": (LoggedActionKind.SAVED, 1),
    "UserFileUpdated": (LoggedActionKind.SAVED, 1),
    "FormSubmit": (LoggedActionKind.SAVED, 1),
    "FormCompletelyFilled": (LoggedActionKind.SAVED, 1),
    "FileConverted": (LoggedActionKind.SAVED, 0),
    "FileRenamed": (LoggedActionKind.RENAMED, 1),
    "FileLocked": (LoggedActionKind.OTHER, 1),
    "FileUnlocked": (LoggedActionKind.OTHER, 2),
    "FileIndexChanged": (LoggedActionKind.OTHER, 1),
    "FileVersionRemoved": (LoggedActionKind.OTHER, 1),
}


_WITHOUT_MODIFICATION = {"FileLocked", "FileUnlocked", "FileIndexChanged", "FileMoved"}
"""Actions that need not change the modification time (facts on DocSpace, 2.2)."""


def _make_logged_action(action: FileAction) -> LoggedAction:
    kind, events = _LOGGED.get(action.key, (LoggedActionKind.OTHER, 0))
    return LoggedAction(
        kind=kind,
        actor_id=action.person_id,
        events=events,
        at=parse_time(action.date),
        modifies=action.key not in _WITHOUT_MODIFICATION,
    )


def _warn_if_rejected(request: str, error: Exception) -> None:
    """Log that DocSpace rejected a request: a defect of ours, which the sweep reports too."""
    if isinstance(error, errors.BadRequest):
        log.warning("docspace_rejected_request", asked=request, reason=str(error))


def _build_state(file_info: FileInfo, file_id: str) -> FileState:
    return FileState(
        file_id=file_id,
        parent_id=strip_unstorable(file_info.folder_id),
        title=clean_title(file_info.title) or "a document without a title",
        version=_check_version(file_info.version),
        modified_at=parse_time(file_info.updated),
        size=file_info.size if file_info.size is not None and 0 <= file_info.size < MAX_FILE_SIZE else None,
        locked=file_info.locked,
        comment=strip_unstorable(file_info.comment),
        link=strip_unstorable(file_info.web_url or "") or None,
        presence=FilePresence.TRASHED if file_info.root_type == TRASH else FilePresence.PRESENT,
    )


def _list_editors(
    file_version: FileVersion,
    version: int,
    since: datetime | None,
    newest: int,
    ignored_people: Collection[str],
) -> Iterator[AccountInfo]:
    """Yield the people who wrote what is beyond a version, or later than a moment.

    Saves may share a version, and a restored portal counts on from a lower one. A rename gives its version a
    new date, and the trash gives one to all versions, in the name of the person who did it, not of the author
    (facts on DocSpace, 2.2). So if a version is not the newest, what was written into it counts only if it is
    later than that moment.
    """
    number, at = file_version.version or 0, parse_time(file_version.created)
    is_later = since is not None and at is not None and at > since
    if number <= version and not is_later:
        return
    if number <= version and number < newest and file_version.edits:
        yield from _list_later_writers(file_version, since)
        return
    if file_version.user.id not in ignored_people:
        yield file_version.user
    yield from (each.user for each in file_version.edits)


def _list_later_writers(file_version: FileVersion, since: datetime | None) -> Iterator[AccountInfo]:
    """Yield who wrote into a version after a moment, whatever its date: the trash changes all dates."""
    yield from (each.user for each in file_version.edits if _is_after(each.created, since))


def _is_after(text: str, since: datetime | None) -> bool:
    at = parse_time(text)
    return at is None or since is None or at > since


def _build_place(folders: list[FolderInfo]) -> Place:
    return Place(
        folders=tuple((strip_unstorable(folder.id), clean_title(folder.title)) for folder in folders)
    )


def _check_version(number: int | None) -> int | None:
    return number if number is not None and 0 < number < MAX_NUMBER else None
