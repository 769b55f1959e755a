"""Compares the document of a review with what was reviewed before, in a worker."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from reviews.backoff import MAX_ATTEMPTS, compute_wait
from reviews.comparison import Comparison, ComparisonState, ComparisonSummary, UnreadReason, WithheldReason
from reviews.comparisons.earlier_states import IDENTICAL_REASON, EarlierStates
from reviews.comparisons.parts import read_parts
from reviews.comparisons.sealed_places import place_parts, place_snippets, place_text
from reviews.comparisons.snippets import cut_snippets, write_snippets
from reviews.errors import Permanent, RateLimitReached, TryLater, describe_error
from reviews.kinds import ChangeKind, ReviewState
from reviews.ports.documents import ContentWithheld, DocumentTooLarge
from reviews.ports.reports import ComparisonSettled, ignore_report
from reviews.routes.route import ShowChanges, is_private

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.comparison import ComparisonRequest, DocumentState
    from reviews.model import Review
    from reviews.ports.documents import (
        CompareResult,
        DocumentComparer,
        DocumentSource,
        FetchedDocument,
        Sealer,
    )
    from reviews.ports.reports import Report
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Route, Routes

FILE_SIZE_REASON = "file_size"
CRASHED_REASON = "crashed"


class Carry(Protocol):
    """Closes a review whose document has not changed materially, as far as its route wants that."""

    def __call__(
        self,
        work: UnitOfWork,
        comparison: Comparison,
        *,
        acknowledged: Comparison | None,
        route: Route | None,
        at: datetime,
    ) -> bool:
        """Return whether it was closed, and its cards are due for a redraw.

        Args:
            comparison: Of the review's document, as it was just made.
            acknowledged: Of the state that was acknowledged last, as it was then; `None` if none was.
            route: The review's, as it is now.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Comparing:
    """Makes the comparisons that were requested. Without a `sealer` no content is read."""

    transactions: Transactions
    routes: Routes
    source: DocumentSource
    comparer: DocumentComparer
    sealer: Sealer | None
    carry: Carry
    clock: Clock
    random: Callable[[], float]
    report: Callable[[Report], None] = ignore_report

    def process(self, comparison_id: int) -> float | None:
        """Make one comparison and store it; return in how many seconds to try again, or `None` when done."""
        with self.transactions(reading=True) as work:
            request = work.comparisons.get_request(comparison_id)
            review = work.reviews.get(request.review_id) if request else None
            earlier = (
                work.comparisons.find_acknowledged(review.file_id, review.route, before_review=review.id)
                if review
                else None
            )
        if request is None:
            return None
        if review is None or review.revision != request.revision:
            self._drop(request)
            return None
        try:
            comparison = self._compare(review, earlier)
        except ContentWithheld as error:
            comparison = _describe_without(review, ComparisonState.WITHHELD, error.reason)
        except DocumentTooLarge:
            comparison = _describe_without(review, ComparisonState.TOO_LARGE, FILE_SIZE_REASON)
        except RateLimitReached as error:
            return error.retry_after
        except TryLater as error:
            return self.count_failure(comparison_id, error)
        self._store(request, comparison, acknowledged=earlier, route=self.routes.find_route(review.route))
        return None

    def count_failure(self, comparison_id: int, error: Exception) -> float | None:
        """Count a failed attempt; return in how many seconds to try again, or `None` if it is given up."""
        with self.transactions() as work:
            attempts = work.comparisons.count_failure(comparison_id)
            request = work.comparisons.get_request(comparison_id)
            work.commit()
        if request is None:
            return None
        is_permanent = isinstance(error, Permanent)
        if attempts < MAX_ATTEMPTS and not is_permanent:
            self._report(request, ComparisonState.WAITING, describe_error(error))
            retry_after = getattr(error, "retry_after", None)
            return compute_wait(attempts, retry_after=retry_after, random=self.random)
        reason = CRASHED_REASON if is_permanent else WithheldReason.NOT_FETCHED
        summary = ComparisonSummary(state=ComparisonState.UNREADABLE, reason=reason, not_read=reason)
        self._store(
            request, Comparison(review_id=request.review_id, revision=request.revision, summary=summary)
        )
        return None

    def _compare(self, review: Review, earlier: Comparison | None) -> Comparison:
        route = self.routes.find_route(review.route)
        sealer = self._require_allowed(review, route)
        after = self.source.fetch_version(review.file_id, review.version_to)
        is_reviewed_state = after.state.updated == review.modified_at
        if not is_reviewed_state and review.state is not ReviewState.OPEN:
            raise ContentWithheld(WithheldReason.EARLIER_REPLACED)
        result, before_state = self._compare_or_read(review, earlier, after, sealer)
        if before_state is not None and before_state.sha256 == after.state.sha256:
            same = ComparisonSummary(state=ComparisonState.SAME_TEXT, reason=IDENTICAL_REASON)
            result = replace(result, summary=same, parts=b"")
        summary = result.summary
        if is_reviewed_state:
            summary = replace(summary, sha256=after.state.sha256, size=after.state.size)
        else:
            summary = replace(summary, not_read=UnreadReason.SAVED_AGAIN)
        # A document that can't be read costs as much with any other state.
        is_unread = summary.state in {ComparisonState.UNREADABLE, ComparisonState.TOO_LARGE}
        compare_earlier = self._earlier_states.compare
        comparison = Comparison(
            review_id=review.id,
            revision=review.revision,
            summary=summary,
            before=before_state,
            after=after.state,
            earlier=() if is_unread else compare_earlier(review, after, compared=before_state, sealer=sealer),
        )
        return replace(
            comparison,
            parts=sealer.seal(result.parts, place_parts(comparison)) if result.parts else b"",
            snippets=_seal_snippets(result.parts, review, route, sealer),
            # What was saved since may never be acknowledged; the next comparison must not rely on it.
            text=sealer.seal(result.text, place_text(review.id, review.revision, after.state))
            if result.text and is_reviewed_state
            else b"",
        )

    @property
    def _earlier_states(self) -> EarlierStates:
        return EarlierStates(transactions=self.transactions, comparer=self.comparer, report=self.report)

    def _require_allowed(self, review: Review, route: Route | None) -> Sealer:
        if route is None or route.show_changes is ShowChanges.OFF:
            raise ContentWithheld(WithheldReason.TURNED_OFF)
        if is_private(review, route):
            raise ContentWithheld(WithheldReason.PRIVATE_ROUTE)
        if self.sealer is None:
            raise ContentWithheld(WithheldReason.NO_KEY)
        return self.sealer

    def _compare_or_read(
        self, review: Review, earlier: Comparison | None, after: FetchedDocument, sealer: Sealer
    ) -> tuple[CompareResult, DocumentState | None]:
        """Compare; where only the earlier content can't be had, read what the next is compared with."""
        try:
            return self._compare_with_earlier(review, earlier, after, sealer)
        except ContentWithheld as error:
            summary = ComparisonSummary(state=ComparisonState.WITHHELD, reason=error.reason)
        except DocumentTooLarge:
            summary = ComparisonSummary(state=ComparisonState.TOO_LARGE, reason=FILE_SIZE_REASON)
        return replace(self.comparer.compare(None, after), summary=summary, parts=b""), None

    def _compare_with_earlier(
        self, review: Review, earlier: Comparison | None, after: FetchedDocument, sealer: Sealer
    ) -> tuple[CompareResult, DocumentState | None]:
        """Compare with what was acknowledged last, else with the version before the change.

        The stored text counts first: a save may have replaced the content of that version since.
        """
        reviewed = earlier.after if earlier else None
        if reviewed is not None and reviewed.version != review.version_from:
            earlier = reviewed = None  # a bulk review was acknowledged since
        text = None
        if earlier and earlier.text:
            place = place_text(earlier.review_id, earlier.revision, earlier.after)
            text = sealer.open(earlier.text, place)
        if text is not None and self.comparer.accepts_text(text):
            return self.comparer.compare(text, after), reviewed
        if earlier and earlier.summary.not_read == UnreadReason.SAVED_AGAIN:
            # What was read then is not what was acknowledged.
            raise ContentWithheld(WithheldReason.EARLIER_REPLACED)
        version_from = _find_version_before(review)
        if version_from is None:
            return self.comparer.compare(None, after), None
        if version_from == review.version_to:
            raise ContentWithheld(WithheldReason.EARLIER_REPLACED)
        before = self.source.fetch_version(review.file_id, version_from)
        if reviewed and reviewed.sha256 != before.state.sha256:
            raise ContentWithheld(WithheldReason.EARLIER_REPLACED)
        return self.comparer.compare(before, after), before.state

    def _store(
        self,
        request: ComparisonRequest,
        comparison: Comparison,
        *,
        acknowledged: Comparison | None = None,
        route: Route | None = None,
    ) -> None:
        with self.transactions() as work:
            if not work.comparisons.finish(request, comparison):
                return
            if comparison.earlier or request.revision > 1:
                work.earlier_comparisons.replace(request.review_id, comparison.earlier)
            if not self.carry(work, comparison, acknowledged=acknowledged, route=route, at=self.clock()):
                work.cards.redraw_later(request.review_id)
            work.commit()
        self._report(request, comparison.summary.state, comparison.summary.reason)

    def _drop(self, request: ComparisonRequest) -> None:
        """Drop a request whose review was removed, or revised by a change that has no content."""
        with self.transactions() as work:
            work.comparisons.drop(request)
            work.commit()

    def _report(self, request: ComparisonRequest, state: ComparisonState, reason: str | None) -> None:
        self.report(
            ComparisonSettled(
                review_id=request.review_id,
                revision=request.revision,
                state=state,
                reason=reason,
                attempts=request.attempts,
            )
        )


def _find_version_before(review: Review) -> int | None:
    """Return the version before the change; `None` for a document that is new.

    Of a document that was first seen when it changed, no earlier version is stored here. DocSpace has it.
    """
    is_first_seen = review.version_from is None and review.kind is ChangeKind.CONTENT
    if is_first_seen and review.version_to is not None and review.version_to > 1:
        return review.version_to - 1
    return review.version_from


def _seal_snippets(parts: bytes, review: Review, route: Route | None, sealer: Sealer) -> bytes:
    """Return what stands on cards, sealed; nothing is cut where the route shows none there."""
    if route is None or route.show_changes is not ShowChanges.CARD:
        return b""
    snippets = write_snippets(cut_snippets(read_parts(parts)))
    return sealer.seal(snippets, place_snippets(review.id, review.revision)) if snippets else b""


def _describe_without(review: Review, state: ComparisonState, reason: str) -> Comparison:
    """Return the comparison of a review whose content could not be compared."""
    summary = ComparisonSummary(state=state, reason=reason, not_read=reason)
    return Comparison(review_id=review.id, revision=review.revision, summary=summary)
