"""What is recorded as opened by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.people.docspace_accounts import recognize
from reviews.people.person_digests import list_person_digests

if TYPE_CHECKING:
    from reviews.identity import ProvenPerson
    from reviews.model import Review
    from reviews.opening import OpenedItem
    from tests.reviews.desk import Desk


def list_opened(desk: Desk, review: Review, person: ProvenPerson) -> set[OpenedItem]:
    """Return what a person has opened of a review at its revision."""
    with desk.transactions(reading=True) as work:
        digests = list_person_digests(recognize(work, person))
        openings = work.openings.list_first(review.id, review.revision, digests, until=desk.clock())
    return {opening.item for opening in openings}
