"""Acknowledgements that count on where nothing material has changed, so that no one is asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.comparison import ComparisonState
from reviews.kinds import ChangeKind, ReviewState
from reviews.ledger import ledger_entries
from reviews.model import CarriedAcknowledgement
from reviews.quorum import list_acknowledgements, list_valid_answers
from reviews.routes.route import Unchanged
from reviews.text import clean_text

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.comparison import Comparison
    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Route

IMMATERIAL_REASONS = frozenset({"identical", "formatting"})
"""What a comparison says of the same text where pictures, objects, macros and formulas are the same too."""


def carry_acknowledgement(
    work: UnitOfWork,
    comparison: Comparison,
    *,
    acknowledged: Comparison | None,
    route: Route | None,
    at: datetime,
) -> bool:
    """Close a review that needs no answer, with its entry in the ledger; `False` if it needs one.

    It is the `Carry` of `reviews.comparisons.comparing`.
    """
    before, after = comparison.before, comparison.after
    if acknowledged is None or before is None or after is None or before != acknowledged.after:
        return False
    if route is None or route.unchanged is not Unchanged.CARRY or not _is_immaterial(comparison):
        return False
    review = work.reviews.lock(comparison.review_id)
    if review is None or review.revision != comparison.revision or not _needs_only_content(review):
        return False
    carried = _find_acknowledgement(work.reviews.get(acknowledged.review_id), at)
    if carried is None or not work.reviews.carry(review, carried):
        return False
    reason = str(comparison.summary.reason)
    work.ledger.append(
        ledger_entries.build_carried(review, carried, before=before, after=after, reason=reason)
    )
    work.cards.redraw(review.id)
    return True


def _is_immaterial(comparison: Comparison) -> bool:
    """Return whether the revision has the text, pictures and formulas that it is compared with."""
    summary = comparison.summary
    is_of_revision = summary.sha256 is not None
    is_same = summary.state is ComparisonState.SAME_TEXT and summary.reason in IMMATERIAL_REASONS
    return is_of_revision and is_same


def _needs_only_content(review: Review) -> bool:
    """Return whether an open review is of saved content alone, and no one has answered it yet."""
    was_relabelled = review.title_before or review.path_before or review.moved_to or review.acts
    is_of_content = review.kind is ChangeKind.CONTENT and not was_relabelled
    return review.state is ReviewState.OPEN and is_of_content and not list_valid_answers(review)


def _find_acknowledgement(review: Review | None, at: datetime) -> CarriedAcknowledgement | None:
    """Return the acknowledgement of a review, which may itself have been carried over."""
    if review is None:
        return None
    if review.carried is not None:
        earlier = review.carried
        return CarriedAcknowledgement(**{**vars(earlier), "at": at})
    acknowledgements = list_acknowledgements(review)
    if review.state is not ReviewState.ACKNOWLEDGED or not acknowledgements:
        return None
    return CarriedAcknowledgement(
        review_id=review.id,
        version=review.version_to,
        names=tuple(clean_text(answer.reviewer.name) for answer in acknowledgements),
        acknowledged_at=acknowledgements[-1].at,
        at=at,
    )
