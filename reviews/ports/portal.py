"""The interface to DocSpace, and the rules that an implementation must keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from reviews.identity import Person
    from reviews.ports.docspace_logs import FileLog, LogPage
    from reviews.tree import FileState, Place


class TreeReader(Protocol):
    """Reads folders and the files in them from DocSpace. Raises the same errors as `Portal`."""

    def get_place(self, folder_id: str) -> Place:
        """Return the folders from the top down to and including this one; `NotVisible` if none is shown."""
        ...

    def get_file(self, file_id: str) -> FileState | None:
        """Return the file as it is now; `None` if DocSpace doesn't show it: deleted, or in a user's trash."""
        ...

    def list_files_beneath(self, folder_id: str, *, start: int) -> tuple[list[FileState], int]:
        """Return a page of the files beneath a folder at any depth, and how many there are in all.

        A folder in the archive or in a trash contains none: its files have left with it.
        """
        ...

    def list_newest_beneath(self, folder_id: str) -> tuple[list[FileState], int]:
        """Return a page of the most recently modified files, and how many there are in all."""
        ...


class Portal(TreeReader, Protocol):
    """Reads DocSpace. Each call may raise `TryLater`, `RateLimitReached` or `Permanent`."""

    def get_file_log(self, file_id: str, *, since: datetime) -> FileLog | None:
        """Return the file's log since then; `None` where DocSpace does not show it."""
        ...

    def list_origins(self, subject: str, *, since: datetime) -> list[str]:
        """Return the folders that a file, or with its prefix a folder, was moved out of since then.

        Empty where DocSpace does not show its log, or has not written it yet.
        """
        ...

    def find_version_before(self, file_id: str, *, version: int, at: datetime) -> int | None:
        """Return the newest version before this one that is older than that time; `None` if none is shown."""
        ...

    def was_unlocked(self, file_id: str, *, since: datetime) -> bool:
        """Return whether the file's log has an unlock since then."""
        ...

    def list_editors(
        self,
        file_id: str,
        *,
        after: int | None,
        since: datetime | None,
        ignored_people: Collection[str] = (),
    ) -> list[Person]:
        """Return everyone who edited a version later than `after`, or that one later than `since`.

        Without `after`, those of the newest version; empty where DocSpace does not say. `ignored_people` are
        the ids of those who renamed or deleted the file: DocSpace gives versions their name, though they
        wrote nothing.
        """
        ...

    def complete_person(self, person: Person) -> Person:
        """Return the person with name and e-mail where the portal has them; never fails for a stranger."""
        ...

    def get_own_id(self) -> str | None:
        """Return the id of the API key's user, the author of our own comments; `None` if it is not shown."""
        ...

    def find_person(self, email: str) -> Person | None:
        """Return the person who has this address in DocSpace."""
        ...


class PortalLogs(Protocol):
    """DocSpace's logs of past events. Raises the same errors as the portal; newest first."""

    def list_undelivered(self, start: int) -> LogPage:
        """Return a page of our deliveries that got no 2xx; `NotVisible` where the key may not see them."""
        ...

    def list_logged(self, folder_id: str, since: datetime, until: datetime, start: int) -> LogPage:
        """Return a page of what happened beneath a folder, including what left it.

        `NotVisible` where it is not shown, and `LogNotKept` where DocSpace has no such log.
        """
        ...
