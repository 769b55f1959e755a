"""Which cards show snippets, and the snippets that are stored for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.comparisons.sealed_places import place_snippets
from reviews.comparisons.snippets import read_snippets
from reviews.kinds import ReviewState
from reviews.routes.route import ShowChanges, is_private
from reviews.wording.comparison_sentences import has_differences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviews.comparisons.snippets import Snippet
    from reviews.model import Review
    from reviews.ports.documents import Sealer
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Route


def find_snippets(
    work: UnitOfWork, reviews: Iterable[tuple[Review, Route | None]], sealer: Sealer | None
) -> dict[str, tuple[Snippet, ...]]:
    """Return the snippets for the cards of reviews, by id, as their routes are now.

    Nothing is read unless one of them shows any. What does not open is left out.
    """
    revisions = {review.id: review.revision for review, route in reviews if _shows_snippets(review, route)}
    if sealer is None or not revisions:
        return {}
    sealed = work.comparisons.list_snippets(revisions)
    contents = {
        review_id: sealer.open(each, place_snippets(review_id, revisions[review_id]))
        for review_id, each in sealed.items()
    }
    return {review_id: read_snippets(content) for review_id, content in contents.items() if content}


def _shows_snippets(review: Review, route: Route | None) -> bool:
    """Return whether a card shows snippets: while the review waits, where the route says so in the open."""
    if route is None or is_private(review, route) or route.show_changes is not ShowChanges.CARD:
        return False
    waits = review.state is ReviewState.OPEN and review.superseded_by is None and not review.redacted
    return waits and has_differences(review.changes)
