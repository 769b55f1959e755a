"""The differences of a document, for those who may see them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.absences.authority import Authority
from reviews.comparison import ComparisonState
from reviews.comparisons.earlier_states import find_last_answered
from reviews.comparisons.parts import read_parts
from reviews.comparisons.sealed_places import place_earlier_parts, place_parts
from reviews.language import _
from reviews.people.answerers import is_contributor
from reviews.routes.route import MayAcknowledge, ShowChanges, is_private
from reviews.wording.comparison_sentences import has_differences

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.comparison import AnsweredState, Comparison
    from reviews.comparisons.parts import ChangedPart
    from reviews.identity import ProvenPerson
    from reviews.model import Review
    from reviews.ports.documents import SealedPlace, Sealer
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Route, Routes


@dataclass(frozen=True, kw_only=True)
class ReadableComparison:
    """A comparison with its parts, the most important first; they are empty where there are none to show.

    Attributes:
        answered_at: When the reader answered the state with which the document is compared; `None` where
            another state is the last that they answered.
    """

    comparison: Comparison
    parts: tuple[ChangedPart, ...]
    answered_at: datetime | None = None
    is_sealed: bool = False
    """Whether there are parts that don't open: without their key, or stored for another place."""

    @property
    def unlisted_count(self) -> int:
        """How many more differences there are than parts."""
        return max(sum(self.comparison.summary.counts.values()) - len(self.parts), 0)


@dataclass(frozen=True, kw_only=True)
class VisibleChanges:
    """What a person may see of a comparison: it, or the reason why not; neither without differences.

    Attributes:
        has_other: Whether the document was compared both with what the reader answered last and with another
            state, which is the one for all: one of the two is shown.
    """

    readable: ReadableComparison | None = None
    refusal: str = ""
    has_other: bool = False


@dataclass(frozen=True, kw_only=True)
class ComparisonViews:
    """Looks up comparisons. Without a `sealer` none can be read."""

    transactions: Transactions
    routes: Routes
    clock: Clock
    sealer: Sealer | None

    def find(self, review_id: str) -> ReadableComparison | None:
        """Return the comparison of a review, for operators; `None` if none was requested."""
        with self.transactions(reading=True) as work:
            comparison = work.comparisons.get(review_id)
        return self._open(comparison, place_parts(comparison)) if comparison is not None else None

    def is_turned_off(self, review: Review) -> bool:
        route = self.routes.find_route(review.route)
        return route is not None and route.show_changes is ShowChanges.OFF

    def show_to(
        self,
        review: Review,
        person: ProvenPerson | None,
        *,
        is_member: bool = False,
        since_own_answer: bool = True,
    ) -> VisibleChanges:
        """Return what a person sees: owners, deputies, contributors, and those to whom it was reassigned.

        People who answered an earlier state of the document see what changed since that one.

        Args:
            review: As stored, not redacted.
            person: `None` where no one has proven who they are.
            is_member: Whether they ask in a channel whose members may answer, as one of them.
            since_own_answer: Otherwise they see the comparison for all.
        """
        differs = has_differences(review.changes)
        if review.changes is None or (person is None and not differs):
            return VisibleChanges()
        if person is None:
            return VisibleChanges(refusal=_("Confirm who you are to see the differences."))
        route = self.routes.find_route(review.route)
        if is_private(review, route) or self.is_turned_off(review):
            return VisibleChanges()
        with self.transactions(reading=True) as work:
            authority = Authority(work=work, review=review, routes=self.routes, at=self.clock())
            if not (is_member or authority.includes(person) or is_contributor(review, person.aliases)):
                return VisibleChanges(refusal=_explain_refusal(route) if differs else "")
            return self._choose(work, review, person, since_own_answer=since_own_answer)

    def _choose(
        self, work: UnitOfWork, review: Review, person: ProvenPerson, *, since_own_answer: bool
    ) -> VisibleChanges:
        """Return the comparison that a person sees who may see one."""
        differs = has_differences(review.changes)
        answered = find_last_answered(work.earlier_comparisons.list_answered(review), person.aliases)
        own = self._find_own(work, review, answered)
        if own is not None and since_own_answer:
            return VisibleChanges(readable=own, has_other=differs)
        readable = self._find_common(work, review, answered)
        if readable is not None and readable.is_sealed:
            refusal = _(
                "The differences can't be opened: the key is another one, or they were stored "
                "for another review."
            )
            return VisibleChanges(refusal=refusal, has_other=own is not None)
        if readable is None and differs:
            refusal = _("The differences are no longer stored.")
            return VisibleChanges(refusal=refusal, has_other=own is not None)
        return VisibleChanges(readable=readable, has_other=own is not None)

    def _find_own(
        self, work: UnitOfWork, review: Review, answered: AnsweredState | None
    ) -> ReadableComparison | None:
        """Return the comparison with what the reader answered last, if it is not the one for all."""
        if answered is None or answered.sha256 is None:
            return None
        comparison = work.earlier_comparisons.find(review, answered.sha256)
        readable = self._open_complete(comparison, place_earlier_parts(comparison)) if comparison else None
        return replace(readable, answered_at=answered.at) if readable and not readable.is_sealed else None

    def _find_common(
        self, work: UnitOfWork, review: Review, answered: AnsweredState | None
    ) -> ReadableComparison | None:
        """Return the comparison for all; without differences, to those who answered what it is with."""
        comparison = work.comparisons.get(review.id)
        if comparison is None or comparison.revision != review.revision:
            return None
        before = comparison.before
        is_own = answered is not None and before is not None and before.sha256 == answered.sha256
        if not is_own and not has_differences(comparison.summary):
            return None
        readable = self._open_complete(comparison, place_parts(comparison))
        return replace(readable, answered_at=answered.at) if readable and answered and is_own else readable

    def _open_complete(self, comparison: Comparison, place: SealedPlace) -> ReadableComparison | None:
        """Return a comparison of two known texts, unless it has differences that are not stored any more."""
        readable = self._open(comparison, place)
        is_same_text = comparison.summary.state is ComparisonState.SAME_TEXT
        return readable if readable.parts or readable.is_sealed or is_same_text else None

    def _open(self, comparison: Comparison, place: SealedPlace) -> ReadableComparison:
        content = self.sealer.open(comparison.parts, place) if self.sealer and comparison.parts else None
        return ReadableComparison(
            comparison=comparison,
            parts=tuple(read_parts(content or b"")),
            is_sealed=bool(comparison.parts) and content is None,
        )


def _explain_refusal(route: Route | None) -> str:
    if route is not None and route.may_acknowledge is MayAcknowledge.CHANNEL:
        return _(
            "Members of the channel see the differences on the card there. Everywhere else, only the owners, "
            "their deputies and the people who changed it see them."
        )
    return _("Only those who may answer, and the people who changed it, see the differences.")
