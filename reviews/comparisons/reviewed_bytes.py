"""Which bytes a review is about, as an answer records them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.comparison import UnreadReason, WithheldReason
from reviews.comparisons.requests import is_comparable
from reviews.routes.route import ShowChanges, is_private

if TYPE_CHECKING:
    from reviews.model import Review
    from reviews.routes.route import Route


@dataclass(frozen=True, kw_only=True)
class ReviewedBytes:
    """The bytes of a revision, or in `not_read` the reason why they are not known.

    Attributes:
        sha256: In hex.
        size: Bytes.
    """

    sha256: str | None = None
    size: int | None = None
    not_read: str | None = None


def find_reviewed_bytes(review: Review, route: Route | None) -> ReviewedBytes:
    """Return the bytes of a review's revision, as far as a worker has read them."""
    changes = review.changes
    if changes is not None and (changes.sha256 or changes.not_read):
        return ReviewedBytes(sha256=changes.sha256, size=changes.size, not_read=changes.not_read)
    return ReviewedBytes(not_read=_explain_unread(review, route))


def _explain_unread(review: Review, route: Route | None) -> str:
    if review.bulk is not None:
        return UnreadReason.BULK
    if not is_comparable(review):
        return UnreadReason.NO_CONTENT
    if route is not None and route.show_changes is ShowChanges.OFF:
        return WithheldReason.TURNED_OFF
    if is_private(review, route):
        return WithheldReason.PRIVATE_ROUTE
    return UnreadReason.NOT_YET
