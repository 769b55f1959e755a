"""The differences of a document, for those who may see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.comparisons.parts import read_parts
from reviews.language import _
from reviews.people.answerers import is_contributor, is_responsible_for
from reviews.routes.route import MayAcknowledge, ShowChanges
from reviews.wording.comparison_sentences import has_differences

if TYPE_CHECKING:
    from reviews.comparison import Comparison
    from reviews.comparisons.parts import ChangedPart
    from reviews.identity import ProvenPerson
    from reviews.model import Review
    from reviews.ports.documents import Sealer
    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.route import Route, Routes


@dataclass(frozen=True, kw_only=True)
class ShownComparison:
    """A comparison with its parts, the most important first; they are empty where there are none to show."""

    comparison: Comparison
    parts: tuple[ChangedPart, ...]

    @property
    def unlisted_count(self) -> int:
        """How many more differences there are than parts."""
        return max(sum(self.comparison.summary.counts.values()) - len(self.parts), 0)


@dataclass(frozen=True, kw_only=True)
class VisibleChanges:
    """What a person may see of a comparison: it, or the reason why not; neither without differences."""

    shown: ShownComparison | None = None
    refusal: str = ""


@dataclass(frozen=True, kw_only=True)
class ComparisonViews:
    """Looks up comparisons. Without a `sealer` none can be read."""

    transactions: Transactions
    routes: Routes
    sealer: Sealer | None

    def find(self, review_id: str) -> ShownComparison | None:
        """Return the comparison of a review, for operators; `None` if none was requested."""
        with self.transactions(reading=True) as work:
            comparison = work.comparisons.get(review_id)
        return self._open(comparison) if comparison is not None else None

    def is_turned_off(self, review: Review) -> bool:
        route = self.routes.find_route(review.route)
        return route is not None and route.show_changes is ShowChanges.OFF

    def show_to(
        self, review: Review, person: ProvenPerson | None, *, is_member: bool = False
    ) -> VisibleChanges:
        """Return what a person sees: owners, deputies, contributors, and those to whom it was reassigned.

        Args:
            review: As stored, not redacted.
            person: `None` where no one has proven who they are.
            is_member: Whether they ask in a channel whose members may answer, as one of them.
        """
        if not has_differences(review.changes):
            return VisibleChanges()
        if person is None:
            return VisibleChanges(refusal=_("Confirm who you are to see the differences."))
        route = self.routes.find_route(review.route)
        if (route is not None and route.private) or self.is_turned_off(review):
            return VisibleChanges()
        with self.transactions(reading=True) as work:
            if not (
                is_member
                or is_responsible_for(work, review, route, person)
                or is_contributor(review, person.aliases)
            ):
                return VisibleChanges(refusal=_explain_refusal(route))
            comparison = work.comparisons.get(review.id)
        is_current = comparison is not None and comparison.revision == review.revision
        shown = self._open(comparison) if comparison is not None and is_current else None
        if shown is None or not shown.parts:
            return VisibleChanges(refusal=_("The differences are no longer stored."))
        return VisibleChanges(shown=shown)

    def _open(self, comparison: Comparison) -> ShownComparison:
        content = self.sealer.open(comparison.parts) if self.sealer and comparison.parts else None
        return ShownComparison(comparison=comparison, parts=tuple(read_parts(content or b"")))


def _explain_refusal(route: Route | None) -> str:
    if route is not None and route.may_acknowledge is MayAcknowledge.CHANNEL:
        return _(
            "Members of the channel see the differences on the card there. Everywhere else, only the owners, "
            "their deputies and the people who changed it see them."
        )
    return _("Only those who may answer, and the people who changed it, see the differences.")
