"""State of the portal: people, folders and files, with setters that emit nothing, and look-ups."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from demo.content import write_content
from demo.counter import Counter
from demo.entries import (
    ROOM_FOLDERS,
    TERMINATED,
    ApiKey,
    EntryId,
    FolderType,
    PortalEntry,
    PortalFile,
    PortalFolder,
    PortalPerson,
    Role,
    Version,
)
from demo.entry_index import Shelf
from demo.errors import ForbiddenError, NotFoundError
from demo.rights import has_right
from demo.scopes import ALL_SCOPES, permits
from demo.starting_data import API_KEY, DRIVE, FOLDERS, OLGA, PEOPLE, ROLES, ROOMS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from demo.content import Content

_FILE_MISSING = "The required file was not found"
_FOLDER_MISSING = "The required folder was not found"
_BACKED_UP_ATTRIBUTES: Final = ("keys_expire", "_keys", "_people", "_roles", "_folders", "_files", "_ids")


class Tree:
    """State with setters that emit nothing. Entries are frozen; a change replaces the entry. Thread-safe."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.guard = threading.RLock()
        self.api_key = API_KEY
        self._keys = {API_KEY: ApiKey(OLGA.id)}
        self.keys_expire = ""  # ISO 8601; a key may have an expiry date
        self._people = {person.id: person for person in PEOPLE}
        self._roles: dict[tuple[EntryId, str], Role] = dict(ROLES)
        self._folders = Shelf(FOLDERS)
        self._files: Shelf[PortalFile] = Shelf()
        self._ids = Counter(3400001)

    def dump_rows(self) -> dict[str, Any]:
        """Return the database rows of the tree: not a copy, and only for a backup."""
        return {name: vars(self)[name] for name in _BACKED_UP_ATTRIBUTES}

    def restore_rows(self, rows: dict[str, Any]) -> None:
        vars(self).update(rows)

    def add_person(self, person: PortalPerson) -> PortalPerson:
        with self.guard:
            self._people[person.id] = person
        return person

    def set_status(self, person_id: str, status: int) -> None:
        """Disable an account (2) or enable it (1); a disabled one is looked up as any other."""
        with self.guard:
            self._people[person_id] = replace(self._people[person_id], status=status)

    def remove_person(self, person_id: str) -> None:
        """Remove a person, who can't be looked up afterwards; what they did keeps their id.

        The account has to be disabled before: "Users are not suspended" (`RemoveUsers` in the server's
        UserController.cs).
        """
        with self.guard:
            if self._people[person_id].status != TERMINATED:
                raise ForbiddenError("Users are not suspended")
            del self._people[person_id]

    def give_role(self, room_id: EntryId, person_id: str, role: Role) -> None:
        """Give a person a role in a room; `RESTRICT` removes them from it."""
        with self.guard:
            self._roles[room_id, person_id] = role

    def role(self, room_id: EntryId, person_id: str) -> Role:
        with self.guard:
            return self._roles.get((room_id, person_id), Role.RESTRICT)

    def add_key(self, person_id: str, *scopes: str) -> str:
        """Add an API key that acts as this person; without scopes it may do all that the person may."""
        key = "sk-" + hashlib.sha256(" ".join((person_id, *scopes)).encode()).hexdigest()
        with self.guard:
            self._keys[key] = ApiKey(person_id, frozenset(scopes) or ALL_SCOPES)
        return key

    def hand_key_to(self, person_id: str) -> None:
        """Give the portal's first key to another person, with all scopes."""
        with self.guard:
            self._keys[self.api_key] = ApiKey(person_id)

    def add_folder(
        self,
        title: str,
        parent: EntryId = ROOMS,
        *,
        by: str = OLGA.id,
        folder_id: EntryId | None = None,
        room_type: int | None = None,
    ) -> PortalFolder:
        """Add a folder, or a room if `room_type` is set (5 custom, 6 public ...)."""
        with self.guard:
            now, above = self.clock(), self.folder(parent)
            folder = PortalFolder(
                id=self._new_id(above) if folder_id is None else folder_id,
                parent_id=parent,
                title=title,
                created=now,
                created_by=by,
                updated=now,
                updated_by=by,
                provider_id=above.provider_id,
                provider_key=above.provider_key,
                type=FolderType.DEFAULT if room_type is None else ROOM_FOLDERS[room_type],
                room_type=room_type,
            )
            return self._put_folder(folder)

    def protect_room(
        self, room_id: EntryId, *, denies_download: bool = False, watermark: str = ""
    ) -> PortalFolder:
        """Set what a room does about downloads; without arguments nothing."""
        with self.guard:
            room = replace(self.folder(room_id), denies_download=denies_download, watermark=watermark)
            return self._put_folder(room)

    def add_file(
        self,
        title: str,
        parent: EntryId,
        *,
        by: str,
        file_id: EntryId | None = None,
        content: Content | None = None,
    ) -> PortalFile:
        """Add a file at version 1; without `content` it is a document of the stand-in's own."""
        with self.guard:
            now, above = self.clock(), self.folder(parent)
            file = PortalFile(
                id=self._new_id(above) if file_id is None else file_id,
                parent_id=parent,
                title=title,
                created=now,
                created_by=by,
                provider_id=above.provider_id,
                provider_key=above.provider_key,
                versions=(Version(1, now, by, content or write_content(title), "Created"),),
            )
            return self._put_file(file)

    def add_version(self, file_id: EntryId, *, by: str, content: Content | None = None) -> PortalFile:
        """Add one more version; without `content` the document is edited."""
        with self.guard:
            file = self.file(file_id)
            content = content or file.current.content.edit()
            version = Version(file.version + 1, self.clock(), by, content, "Edited")
            return self._put_file(replace(file, versions=(*file.versions, version)))

    def key_holder(self, key: str) -> PortalPerson | None:
        with self.guard:
            return self._people.get(self._keys[key].person_id) if key in self._keys else None

    def key_scopes(self, key: str) -> frozenset[str]:
        with self.guard:
            return self._keys[key].scopes

    def key_permits(self, key: str, method: str, path: str) -> bool:
        with self.guard:
            return key in self._keys and permits(self._keys[key].scopes, method, path)

    def person(self, who: str) -> PortalPerson:
        """Return a person by GUID or user name; NotFoundError for removed, unknown and anonymous accounts."""
        return self._find_person(lambda person: who.lower() in {person.id, person.user_name.lower()})

    def person_by_email(self, email: str) -> PortalPerson:
        return self._find_person(lambda person: person.email.lower() == email.lower())

    def file(self, file_id: EntryId) -> PortalFile:
        with self.guard:
            if file_id not in self._files:
                raise NotFoundError(_FILE_MISSING)
            return self._files[file_id]

    def folder(self, folder_id: EntryId) -> PortalFolder:
        with self.guard:
            if folder_id not in self._folders:
                raise NotFoundError(_FOLDER_MISSING)
            return self._folders[folder_id]

    def children(self, folder_id: EntryId) -> tuple[list[PortalFolder], list[PortalFile]]:
        with self.guard:
            return list(self._folders.list_children(folder_id)), list(self._files.list_children(folder_id))

    def chain(self, folder_id: EntryId) -> list[PortalFolder]:
        """Return the folders from the top of the tree down to this one, which is included."""
        with self.guard:
            folders = [self.folder(folder_id)]
            while folders[0].parent_id != 0:
                folders.insert(0, self.folder(folders[0].parent_id))
            return folders

    def root(self, entry: PortalEntry) -> PortalFolder:
        """Return an entry's section; for a connected storage the storage itself (facts on DocSpace, 2.2)."""
        if entry.provider_id:
            return self.folder(DRIVE)
        return (
            entry
            if isinstance(entry, PortalFolder) and entry.parent_id == 0
            else self.chain(entry.parent_id)[0]
        )

    def root_type(self, entry: PortalEntry) -> int:
        """Return the type of an entry's section; a connected storage is below Rooms, so it counts as that."""
        return int(FolderType.ROOMS if entry.provider_id else self.root(entry).type)

    def room(self, entry: PortalEntry) -> PortalFolder | None:
        above = self.chain(entry.parent_id) if entry.parent_id != 0 else []
        return next((folder for folder in above if folder.room_type is not None), None)

    def trashed_by(self, entry: PortalEntry) -> str | None:
        """Return the person whose trash an entry is in, by itself or with a folder above it."""
        above = self.chain(entry.parent_id) if entry.parent_id != 0 else []
        return next((each.trashed_by for each in [entry, *above] if each.trashed_by is not None), None)

    def check_readable(self, entry: PortalEntry, reader: PortalPerson) -> None:
        """Raise ForbiddenError for an entry in another person's trash or room."""
        if not has_right(self, entry, reader, "Read"):
            kind = "file" if isinstance(entry, PortalFile) else "folder"
            raise ForbiddenError(f"You don't have enough permission to view the {kind}")

    def _find_person(self, matches: Callable[[PortalPerson], bool]) -> PortalPerson:
        with self.guard:
            for person in self._people.values():
                if matches(person):
                    return person
        raise NotFoundError("The user could not be found")

    def _new_id(self, parent_folder: PortalFolder) -> EntryId:
        number = self._ids.take()
        return f"{DRIVE}-|{number}" if parent_folder.provider_id else number

    def _put_file(self, file: PortalFile) -> PortalFile:
        """Store a file. A connected storage keeps only the newest content, as its owner's version 1.

        (`GetFile` in the server's ThirdPartyProviderDao.)
        """
        if file.provider_id:
            owner = self.folder(DRIVE).created_by
            only = replace(file.current, number=1, updated_by=owner, comment="")
            file = replace(file, created_by=owner, versions=(only,))
        return self._files.put(file)

    def _put_folder(self, folder: PortalFolder) -> PortalFolder:
        return self._folders.put(folder)

    def _remove_folder(self, folder_id: EntryId) -> None:
        folders, files = self.children(folder_id)
        for file in files:
            self._files.take(file.id)
        for folder in folders:
            self._remove_folder(folder.id)
        self._folders.take(folder_id)
