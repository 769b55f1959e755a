"""Pending changes of the folders above a new file, which go first: one of them may have brought the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.errors import RateLimitReached
from reviews.tree import FOLDER_ID_PREFIX

if TYPE_CHECKING:
    from collections.abc import Collection

    from reviews.ports.unit_of_work import UnitOfWork

FOLDERS_FIRST_SECONDS = 1.0  # seconds


@dataclass(frozen=True, kw_only=True)
class FoldersAbove:
    """The folders above a file whose changes go first; none for a file with a stored state.

    A folder's change waits for earlier ones of stored files, and the two must never wait for each other. So
    for a file whose stored state does not count only the changes before `earlier_than` do, its first event.
    """

    folder_ids: tuple[str, ...] = ()
    earlier_than: int | None = None

    def require_settled(self, work: UnitOfWork) -> None:
        """Raise `RateLimitReached` while a change of a folder is pending."""
        if self.folder_ids:
            require_no_changes(list_pending_folders(work, self.folder_ids, before=self.earlier_than))


def list_pending_folders(
    work: UnitOfWork, folder_ids: Collection[str], *, before: int | None = None
) -> frozenset[str]:
    """Return those of the folders that have pending events; with `before`, only of earlier ids."""
    subjects = [f"{FOLDER_ID_PREFIX}{folder_id}" for folder_id in folder_ids]
    pending = work.events.find_pending_files(subjects, before=before)
    return frozenset(subject.removeprefix(FOLDER_ID_PREFIX) for subject in pending)


def require_no_changes(pending_folders: Collection[str]) -> None:
    if pending_folders:
        raise RateLimitReached(
            "changes of the folders above the file come first", retry_after=FOLDERS_FIRST_SECONDS
        )
