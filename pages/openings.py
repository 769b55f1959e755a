"""What a visitor opens on our pages: recorded when a person has navigated to it, and for nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from reviews.kinds import ReviewState
from reviews.opening import OpenedItem, OpenedRevision

if TYPE_CHECKING:
    from pages.changes import ChangesSection
    from reviews.answers.openings import Openings
    from reviews.identity import ProvenPerson
    from reviews.model import Review

_SPECULATION_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
"""Headers by which browsers mark what they load before a person asks for it, such as `prefetch`."""


def record_page(
    openings: Openings, review: Review, person: ProvenPerson | None, changes: ChangesSection | None
) -> None:
    """Record the page of a review as this visitor sees it, and the differences if it shows some."""
    shown = [OpenedItem.COMPARISON] if changes is not None and changes.rows else []
    record_items(openings, review, person, OpenedItem.PAGE, *shown)


def record_items(openings: Openings, review: Review, person: ProvenPerson | None, *items: OpenedItem) -> None:
    """Record what a visitor has opened of an open review that they see in full, at its revision."""
    is_recorded = review.state is ReviewState.OPEN and not review.redacted
    if person is not None and is_recorded and _is_navigation():
        openings.record(OpenedRevision(review_id=review.id, revision=review.revision), person, *items)


def _is_navigation() -> bool:
    """Return whether a person has opened the address: not a form, a script, a preview, or a part of a page.

    Browsers that don't send `Sec-Fetch-Dest` are believed; our own script says that it is one.
    """
    return (
        request.method == "GET"
        and "X-Requested-With" not in request.headers
        and request.headers.get("Sec-Fetch-Dest", "document") == "document"
        and not any(name in request.headers for name in _SPECULATION_HEADERS)
    )
