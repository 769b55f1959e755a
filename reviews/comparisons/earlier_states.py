"""Earlier states of a document that people answered, each compared with what is reviewed now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.comparison import Comparison, ComparisonState, ComparisonSummary
from reviews.comparisons.sealed_places import place_earlier_parts, place_text
from reviews.errors import TryLater, describe_error
from reviews.people.answerers import is_same_person
from reviews.ports.reports import EarlierStateLeftOut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reviews.comparison import AnsweredState, DocumentState
    from reviews.identity import Reviewer
    from reviews.model import Review
    from reviews.ports.documents import DocumentComparer, FetchedDocument, Sealer
    from reviews.ports.reports import Report
    from reviews.ports.unit_of_work import Transactions

MAX_EARLIER_STATES = 3
"""How many states a document is compared with besides the one with which it is compared for all."""
IDENTICAL_REASON = "identical"
NOT_OPENED_REASON = "not_opened"
"""Sealed with another key, or for another place."""
OLD_TEXT_REASON = "old_text"
_COMPARED = (ComparisonState.COMPARED, ComparisonState.SAME_TEXT, ComparisonState.MARKS_DIFFER)


class _StateLeftOut(Exception):
    """The text of one state can't be used."""


class _ReadingFailed(Exception):
    """The document could not be read or compared, which would cost as much with the next state."""


@dataclass(frozen=True, kw_only=True)
class EarlierStates:
    """Compares a document with what people answered last, for each of them."""

    transactions: Transactions
    comparer: DocumentComparer
    report: Callable[[Report], None]

    def compare(
        self, review: Review, after: FetchedDocument, *, compared: DocumentState | None, sealer: Sealer
    ) -> tuple[Comparison, ...]:
        """Return the comparisons with at most `MAX_EARLIER_STATES` states, the newest first.

        A state that fails is left out with a report: the comparison for all does not depend on it.

        Args:
            review: The review as it was read.
            after: What is reviewed.
            compared: The state with which it is compared for all, and not again.
            sealer: Opens the stored texts, and seals the differences.
        """
        with self.transactions(reading=True) as work:
            answered = work.earlier_comparisons.list_answered(review)
        states = _select_states(answered, without=compared.sha256 if compared else None)
        comparisons = []
        for state in states[:MAX_EARLIER_STATES]:
            try:
                comparisons.append(self._compare_with(state, review, after, sealer))
            except _StateLeftOut as error:
                self._report(review, state, str(error))
            except _ReadingFailed as error:
                self._report(review, state, str(error))
                break
        return tuple(comparisons)

    def _compare_with(
        self, state: AnsweredState, review: Review, after: FetchedDocument, sealer: Sealer
    ) -> Comparison:
        with self.transactions(reading=True) as work:
            stored = work.earlier_comparisons.get_text(state)
        if stored is None:
            raise _StateLeftOut("removed")
        comparison = Comparison(
            review_id=review.id,
            revision=review.revision,
            summary=ComparisonSummary(state=ComparisonState.SAME_TEXT, reason=IDENTICAL_REASON),
            before=stored.state,
        )
        if stored.state.sha256 == after.state.sha256:
            return comparison
        text = sealer.open(stored.text, place_text(state.review_id, state.revision, stored.state))
        summary, parts = self._compare_text(text, after)
        sealed = sealer.seal(parts, place_earlier_parts(comparison)) if parts else b""
        return replace(comparison, summary=summary, parts=sealed)

    def _compare_text(self, text: bytes | None, after: FetchedDocument) -> tuple[ComparisonSummary, bytes]:
        if text is None:
            raise _StateLeftOut(NOT_OPENED_REASON)
        if not self.comparer.accepts_text(text):
            raise _StateLeftOut(OLD_TEXT_REASON)
        try:
            result = self.comparer.compare(text, after)
        except TryLater as error:
            raise _ReadingFailed(describe_error(error)) from error
        if result.summary.state not in _COMPARED:
            raise _ReadingFailed(result.summary.reason or result.summary.state)
        return result.summary, result.parts

    def _report(self, review: Review, state: AnsweredState, reason: str) -> None:
        self.report(
            EarlierStateLeftOut(
                review_id=review.id,
                revision=review.revision,
                answered_review_id=state.review_id,
                answered_revision=state.revision,
                reason=reason,
            )
        )


def find_last_answered(
    answered: Sequence[AnsweredState], aliases: Sequence[Reviewer]
) -> AnsweredState | None:
    """Return the state that a person answered last, under any of their addresses; the newest come first."""
    return next((state for state in answered if is_same_person(state.reviewer, aliases)), None)


def _select_states(answered: Sequence[AnsweredState], *, without: str | None) -> list[AnsweredState]:
    """Return the states that someone answered last and whose texts are stored, each once."""
    hashes = {without}
    selected = []
    for state in _list_last_answered(answered):
        if state.has_text and state.sha256 not in hashes:
            hashes.add(state.sha256)
            selected.append(state)
    return selected


def _list_last_answered(answered: Sequence[AnsweredState]) -> Iterator[AnsweredState]:
    """Yield what each person answered last: only with that a comparison is shown to them."""
    seen: list[Reviewer] = []
    for state in answered:
        is_known = bool(state.reviewer.email or state.reviewer.docspace_id or state.reviewer.chat_ids)
        if is_known and not is_same_person(state.reviewer, seen):
            yield state
        seen.append(state.reviewer)
