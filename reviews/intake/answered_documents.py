"""Whether a document still is what was answered: DocSpace is asked once after each answer.

A save shortly before the answer may have come without a delivery. What has come meanwhile is received as an
event of the file, and is a change like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.answers.answer_events import ANSWER_ID_PREFIX
from reviews.changes.listed_files import ListedFiles, is_different
from reviews.kinds import EventState
from reviews.tree import FilePresence

if TYPE_CHECKING:
    from reviews.model import ChangeEvent, Review
    from reviews.ports.portal import Portal
    from reviews.ports.unit_of_work import Transactions

UNCHANGED_REASON = "the document still is what was answered"
CHANGED_REASON = "the document has changed, and no delivery had reported it"
PENDING_REASON = "the document has changed, and the change is being handled"
NOT_SHOWN_REASON = "DocSpace does not show the document any more"
NO_REVIEW_REASON = "the review is no longer stored"
NO_FILE_REASON = "the document is not in a watched folder any more"


@dataclass(frozen=True, kw_only=True)
class DocumentCheck:
    """The outcome of a check; `missed` is the event of a change that no delivery has reported."""

    state: EventState
    reason: str
    missed: ChangeEvent | None = None


@dataclass(frozen=True, kw_only=True)
class AnsweredDocuments:
    transactions: Transactions
    portal: Portal

    def check(self, subject: str) -> DocumentCheck:
        """Compare the document of an answer's event with its stored state; raise the errors of the portal."""
        with self.transactions(reading=True) as work:
            review = work.reviews.get(subject.removeprefix(ANSWER_ID_PREFIX))
        if review is None:
            return DocumentCheck(state=EventState.IGNORED, reason=NO_REVIEW_REASON)
        return self._compare(review)

    def _compare(self, review: Review) -> DocumentCheck:
        current = self.portal.get_file(review.file_id)
        if current is None or current.presence is not FilePresence.PRESENT:
            return DocumentCheck(state=EventState.IGNORED, reason=NOT_SHOWN_REASON)
        # Read after DocSpace was asked: what has been handled by then is stored.
        with self.transactions(reading=True) as work:
            stored = work.files.get(review.file_id)
            is_pending = bool(work.events.find_pending_files([review.file_id]))
        if is_pending:
            return DocumentCheck(state=EventState.IGNORED, reason=PENDING_REASON)
        if stored is None:
            return DocumentCheck(state=EventState.IGNORED, reason=NO_FILE_REASON)
        if not is_different(stored, current):
            return DocumentCheck(state=EventState.IGNORED, reason=UNCHANGED_REASON)
        files = ListedFiles(transactions=self.transactions)
        missed = files.build_event(current, since=review.modified_at or review.changed_at)
        return DocumentCheck(state=EventState.DONE, reason=CHANGED_REASON, missed=missed)
