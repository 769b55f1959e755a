"""Which reviews get a comparison, requested in the transaction that opens or revises them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.kinds import ChangeKind
from reviews.routes.route import ShowChanges
from reviews.tree import FOLDER_ID_PREFIX

if TYPE_CHECKING:
    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Route

_KINDS_WITH_CONTENT = {
    *(ChangeKind.CONTENT, ChangeKind.CREATED, ChangeKind.MOVED_IN, ChangeKind.RESTORED),
    ChangeKind.CAMPAIGN,  # so that an answer names the bytes
}


def request_comparison(work: UnitOfWork, review: Review, route: Route) -> None:
    """Request the comparison of a review whose document has content to review.

    It replaces the text of the revision before, which is kept where people answered that.
    """
    if is_comparable(review) and route.show_changes is not ShowChanges.OFF:
        if any(answer.withdrawn_at is None for answer in review.answers):
            work.earlier_comparisons.keep_answered_text(review.id)
        work.comparisons.request(review.id, review.revision, at=review.changed_at)


def is_comparable(review: Review) -> bool:
    """Return whether a review is of the content of one document: not of a folder, a move or a removal."""
    is_file = review.contents is None and not review.file_id.startswith(FOLDER_ID_PREFIX)
    return is_file and review.content and review.kind in _KINDS_WITH_CONTENT
