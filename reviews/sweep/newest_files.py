"""A look at the hundred files of a watched folder that were modified last, which takes one call."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from reviews.ports.docspace_logs import MAX_LOG_DELAY
from reviews.sweep.reconciliation import NUMBER_OF_FILES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviews.ports.portal import TreeReader
    from reviews.sweep.listing_comparison import ListingComparison
    from reviews.sweep.missed_event_intake import MissedEventIntake
    from reviews.sweep.sweep_lease import LeasedCaller
    from reviews.tree import FileState, Watermark


@dataclass(frozen=True, kw_only=True)
class NewestLook:
    """The result of a look: its digest, the number of new events, and what has to follow.

    `is_listing_due` means that the whole listing has to be compared now, `is_listed` that it just was. Of the
    subjects that were `checked`, the `unexplained` ones differ without an event.
    """

    digest: str
    new_events: int = 0
    is_listing_due: bool = False
    is_listed: bool = False
    checked: frozenset[str] = frozenset()
    unexplained: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class NewestFiles:
    """Looks at the files that were modified last, at a time `now`."""

    tree: TreeReader
    missed_event_intake: MissedEventIntake
    call_docspace: LeasedCaller
    folder_id: str
    now: datetime

    def look_without_log(self, mark: Watermark, comparison: ListingComparison) -> NewestLook:
        """Look at a folder without a usable log: up to a hundred files are a whole listing.

        Of more, the whole is due where this page or the number of files differs from the last time.
        """
        states, total = self._list_newest()
        digest = _hash_listing(states, total, comparison.until)
        if len(states) < total:
            return NewestLook(digest=digest, is_listing_due=_is_changed(digest, mark))
        comparison.compare_page(states)
        events = self.call_docspace(comparison.find_differences)
        return NewestLook(digest=digest, new_events=self.missed_event_intake.receive(events), is_listed=True)

    def look_beside_log(
        self, mark: Watermark, comparison: ListingComparison, *, has_unexplained: bool
    ) -> NewestLook:
        """Look for saves that no log has (facts on DocSpace, 4.4), after the log was read.

        A file that is new or missing is left to the log, which says what happened and who did it. While the
        log lacks it, it is unexplained. If it stays so for as long as the log may take, the whole listing is
        compared.
        """
        states, total = self._list_newest()
        digest = _hash_listing(states, total, comparison.until)
        if not has_unexplained and not _is_changed(digest, mark):
            return NewestLook(digest=digest)
        comparison.compare_page(states)
        changed = self.call_docspace(comparison.find_changed_files)
        count = self.missed_event_intake.receive(changed)
        unexplained = comparison.find_unexplained(log_awaited_since=self.now - MAX_LOG_DELAY)
        if comparison.count_missing(total) and not unexplained:
            unexplained = frozenset({NUMBER_OF_FILES})
        return NewestLook(
            digest=digest,
            new_events=count,
            is_listing_due=self._is_whole_due(states, total, comparison),
            checked=comparison.listed_files | {NUMBER_OF_FILES},
            unexplained=unexplained,
        )

    def _is_whole_due(self, states: Sequence[FileState], total: int, comparison: ListingComparison) -> bool:
        """Return whether more changed than this page shows, or all of it went with its room."""
        if not states:
            return self.call_docspace(comparison.has_left_with_room)
        return len(states) < total and comparison.different_count >= len(states)

    def _list_newest(self) -> tuple[Sequence[FileState], int]:
        return self.call_docspace(partial(self.tree.list_newest_beneath, self.folder_id))


def _is_changed(digest: str, mark: Watermark) -> bool:
    return not digest or digest != mark.listing_digest


def _hash_listing(states: Sequence[FileState], total: int, until: datetime) -> str:
    """Return a digest of the most recently modified files and of the total.

    It is empty if a file was modified so late that it is not compared yet: the next glance must differ.
    """
    if any(state.modified_at and state.modified_at > until for state in states):
        return ""
    listed = [[each.file_id, each.version, str(each.modified_at), each.size, each.title] for each in states]
    return hashlib.sha256(json.dumps([total, listed]).encode()).hexdigest()
