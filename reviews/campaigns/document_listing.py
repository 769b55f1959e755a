"""The documents that are in a campaign's folder when it begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.campaign import MAX_ACKNOWLEDGEMENTS, MAX_DOCUMENTS
from reviews.errors import ReviewError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.ports.portal import TreeReader
    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.route import Routes
    from reviews.tree import FileState, Place

MAX_PASSES = 3  # DocSpace pages without order among equals, so one pass may miss a file


class UnusableFolder(ReviewError):
    """There is no campaign for this folder; the message says why, to operators and owners."""


@dataclass(frozen=True, kw_only=True)
class ListedDocument:
    """A document as DocSpace listed it, with its place."""

    state: FileState
    place: Place


@dataclass(frozen=True, kw_only=True)
class DocumentList:
    """The documents of a campaign, and when they were listed; `elsewhere` counts those of other routes.

    `known_ids` are those that were stored as present before.
    """

    documents: tuple[ListedDocument, ...]
    at: datetime
    known_ids: frozenset[str] = frozenset()
    elsewhere: int = 0


def require_within_limit(listed: DocumentList, *, people: int) -> None:
    """Raise `UnusableFolder` if this many people can't be asked for so many documents in one campaign."""
    count = len(listed.documents) * people
    if count > MAX_ACKNOWLEDGEMENTS:
        raise UnusableFolder(
            f"{len(listed.documents)} documents and {people} people are {count:,} acknowledgements, and a "
            f"campaign has at most {MAX_ACKNOWLEDGEMENTS:,}: start one for each of its subfolders, or for "
            "fewer people"
        )


@dataclass(frozen=True, kw_only=True)
class DocumentListing:
    """Lists the documents beneath a folder. It raises the errors of the portal, and `UnusableFolder`."""

    transactions: Transactions
    portal: TreeReader
    routes: Routes
    clock: Clock

    def list_documents(
        self, folder_id: str, route: str, *, progress: Callable[[int, int], None] = lambda _done, _of: None
    ) -> DocumentList:
        """Return the documents beneath a folder that belong to its route.

        `progress` is called with how many of how many were listed.
        """
        at = self.clock()
        with self.transactions(reading=True) as work:
            known_ids = frozenset(work.files.list_present_beneath(folder_id))
        states = self._list_states(folder_id, progress)
        places = {parent: self.portal.get_place(parent) for parent in {each.parent_id for each in states}}
        documents = tuple(
            ListedDocument(state=state, place=places[state.parent_id])
            for state in states
            if (owner := self.routes.match(places[state.parent_id])) is not None and owner.name == route
        )
        if not documents:
            raise UnusableFolder("there is no document in this folder")
        return DocumentList(
            documents=documents, at=at, known_ids=known_ids, elsewhere=len(states) - len(documents)
        )

    def _list_states(self, folder_id: str, progress: Callable[[int, int], None]) -> list[FileState]:
        listed: dict[str, FileState] = {}
        for _pass in range(MAX_PASSES):
            start, total = 0, 1
            while start < total:
                states, total = self.portal.list_files_beneath(folder_id, start=start)
                if total > MAX_DOCUMENTS:
                    raise UnusableFolder(
                        f"there are {total} documents in this folder, and a campaign has at most "
                        f"{MAX_DOCUMENTS}: start one for each of its subfolders"
                    )
                listed |= {state.file_id: state for state in states}
                start += len(states)
                progress(min(len(listed), total), total)
                if not states:
                    break
            if len(listed) >= total:
                break
        return sorted(listed.values(), key=lambda state: (state.title.casefold(), state.file_id))
