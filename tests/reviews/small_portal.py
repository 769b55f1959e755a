"""A portal of a few folders, files and people, in memory."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from reviews.changes.classification import PRESENCE_AFTER_REMOVAL
from reviews.errors import NotVisible
from reviews.tree import FileState, Place
from tests.reviews.samples import ALICE, BOB, FIRST_VERSION, START, WATCHED

if TYPE_CHECKING:
    from collections.abc import Collection

    from reviews.identity import Person
    from reviews.model import ChangeEvent
    from reviews.ports.docspace_logs import FileLog


@dataclass
class SmallPortal:
    """A portal of a few folders, files and people; `trouble` is raised once by the next call of that name.

    A file is where the last event of it said; what its version is decides its size and time.
    """

    versions: dict[str, int] = field(default_factory=lambda: defaultdict(lambda: FIRST_VERSION))
    modified: dict[str, datetime] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)
    parents: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    saved_again: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    log: FileLog | None = None
    coauthors: dict[str, list[Person]] = field(default_factory=lambda: defaultdict(list))
    history: dict[str, list[tuple[int, datetime, Person]]] = field(default_factory=lambda: defaultdict(list))
    strangers: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    """The addresses whose accounts were asked for."""
    trouble: dict[str, list[Exception]] = field(default_factory=dict)
    people: dict[str | None, Person] = field(
        default_factory=lambda: {person.id: person for person in (ALICE, BOB)}
    )

    def happen(self, event: ChangeEvent) -> None:
        """Let the file be as an event says."""
        if event.trigger in PRESENCE_AFTER_REMOVAL:
            self.gone.add(event.file_id)
            return
        self.gone.discard(event.file_id)
        self.parents[event.file_id] = event.parent_id
        self.titles.setdefault(event.file_id, event.title)

    def get_place(self, folder_id: str) -> Place:
        self._maybe_fail("place")
        if folder_id in self.hidden:
            raise NotVisible("the API key's user may not see this (403)", gone=False)
        return Place(folders=(("1", "Rooms"), ("2", "Legal"), (folder_id, "Compliance")))

    def get_file(self, file_id: str) -> FileState | None:
        self._maybe_fail("file")
        if file_id in self.gone:
            return None
        version = self.versions[file_id]
        return FileState(
            file_id=file_id,
            parent_id=self.parents.get(file_id, WATCHED),
            title=self.titles.get(file_id, "AML Policy 2026.docx"),
            version=version,
            modified_at=self._modified_at(file_id),
            size=1000 + version,
            locked=file_id in self.locked,
            comment=self.comments.get(file_id, ""),
            link=f"https://acme.example.com/doceditor?fileid={file_id}&version={version}",
        )

    def list_files_beneath(self, folder_id: str, *, start: int) -> tuple[list[FileState], int]:
        inside = [file for file, parent in self.parents.items() if parent == folder_id]
        files = [state for file in inside if (state := self.get_file(file)) is not None]
        return files[start : start + 100], len(files)

    def list_newest_beneath(self, folder_id: str) -> tuple[list[FileState], int]:
        return self.list_files_beneath(folder_id, start=0)

    def get_file_log(self, file_id: str, *, since: datetime) -> FileLog | None:  # noqa: ARG002
        self._maybe_fail("log")
        return self.log

    def list_origins(self, subject: str, *, since: datetime) -> list[str]:  # noqa: ARG002
        self._maybe_fail("log")
        return []

    def find_version_before(self, file_id: str, *, version: int, at: datetime) -> int | None:  # noqa: ARG002
        self._maybe_fail("editors")
        return None

    def was_unlocked(self, file_id: str, *, since: datetime) -> bool:  # noqa: ARG002
        self._maybe_fail("log")
        return False

    def list_editors(
        self,
        file_id: str,
        *,
        after: int | None,
        since: datetime | None,
        ignored_people: Collection[str] = (),  # noqa: ARG002
    ) -> list[Person]:
        self._maybe_fail("editors")
        version = self.versions[file_id] - 1 if after is None else after
        later = [
            who
            for number, at, who in self.history[file_id]
            if number > version or (number == version and since is not None and at > since)
        ]
        return [*self.coauthors[file_id], *later]

    def wrote(self, file_id: str, who: Person, at: datetime | None = None) -> None:
        """Let the newest version of a file hold something of this person's."""
        if at is not None:
            self.modified[file_id] = at
        self.history[file_id].append((self.versions[file_id], self._modified_at(file_id), who))

    def complete_person(self, person: Person) -> Person:
        self._maybe_fail("person")
        return self.people.get(person.id) or replace(person, name=person.name or "a removed person")

    def get_own_id(self) -> str | None:
        return "the key's user"

    def find_person(self, email: str) -> Person | None:
        return next((person for person in self.people.values() if person.email == email), None)

    def find_account(self, address: str) -> str | None:
        """Return the account with an address; everybody has one but `strangers`."""
        self._maybe_fail("find_account")
        self.asked.append(address)
        person = self.find_person(address.lower())
        return person.id if person else None if address in self.strangers else f"account of {address.lower()}"

    def _modified_at(self, file_id: str) -> datetime:
        later = timedelta(
            seconds=self.versions[file_id] - FIRST_VERSION, milliseconds=self.saved_again[file_id]
        )
        return self.modified.get(file_id, START + later)

    def _maybe_fail(self, call: str) -> None:
        if self.trouble.get(call):
            raise self.trouble[call].pop(0)
