"""What the product asks of DocSpace, and the rules that whoever answers for it must keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from reviews.identity import Person
    from reviews.ports.docspace_logs import FileLog, LogPage
    from reviews.tree import FileState, Place


class TreeReader(Protocol):
    """What DocSpace says of folders and of the files in them. Raises what `Portal` does."""

    def place(self, folder_id: str) -> Place:
        """Return the folders from the top down to this one, included; `NotVisible` if it shows none."""
        ...

    def file(self, file_id: str) -> FileState | None:
        """Return the file as it is now; `None` where DocSpace does not show it: gone, or somebody's trash."""
        ...

    def files_beneath(self, folder_id: str, *, start: int) -> tuple[list[FileState], int]:
        """Return a page of the files beneath a folder at any depth, and how many there are in all.

        A folder in the archive or in a trash holds none: what was in it has left with it.
        """
        ...

    def newest_beneath(self, folder_id: str) -> tuple[list[FileState], int]:
        """Return the files that were modified last, a page of them, and how many there are in all."""
        ...


class Portal(TreeReader, Protocol):
    """What DocSpace says. Each call may raise `TryLater`, `RateLimitReached` or `Permanent`."""

    def get_file_log(self, file_id: str, *, since: datetime) -> FileLog | None:
        """Return what the file's log says since then; `None` where DocSpace does not show it."""
        ...

    def was_unlocked(self, file_id: str, *, since: datetime) -> bool:
        """Tell whether the file's log knows of an unlock since then."""
        ...

    def editors(
        self,
        file_id: str,
        *,
        after: int | None,
        since: datetime | None,
        stamped: Collection[str] = (),
    ) -> list[Person]:
        """Return everybody who edited a version later than `after`, or that one later than `since`.

        Without `after`, those of the newest version; nobody where DocSpace does not tell. `stamped` are the
        ids of those who renamed the file or threw it away: DocSpace gives versions their name, though they
        wrote nothing.
        """
        ...

    def complete_person(self, person: Person) -> Person:
        """Return the person with name and e-mail where the portal knows them; never fails for a stranger."""
        ...

    def get_own_id(self) -> str | None:
        """Return the id of the API key's user, by whom our own comments come; `None` if it is not told."""
        ...

    def find_person(self, email: str) -> Person | None:
        """Return whoever has this address in DocSpace."""
        ...


class PortalLogs(Protocol):
    """What DocSpace has written down of what happened. Raises what the portal does; newest first."""

    def undelivered(self, start: int) -> LogPage:
        """Return a page of our deliveries that got no 2xx; `NotVisible` where the key may not see them."""
        ...

    def logged(self, folder_id: str, since: datetime, until: datetime, start: int) -> LogPage:
        """Return a page of what happened beneath a folder, also what left it.

        `NotVisible` where it is not shown, and `LogNotKept` where none is kept.
        """
        ...
