"""What is recorded as opened by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.people.docspace_accounts import recognize
from reviews.people.person_keys import list_person_keys

if TYPE_CHECKING:
    from reviews.identity import ProvenPerson
    from reviews.model import Review
    from reviews.opening import OpenedItem
    from tests.reviews.desk import Desk


def list_opened(desk: Desk, review: Review, person: ProvenPerson) -> set[OpenedItem]:
    """Return what a person has opened of a review at its revision."""
    with desk.transactions(reading=True) as work:
        keys = list_person_keys(recognize(work, person))
        openings = work.openings.list_first(review.id, review.revision, keys, until=desk.clock())
    return {opening.item for opening in openings}
