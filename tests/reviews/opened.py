"""What people open before they answer, and what is recorded of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.ledger.ledger_entries import format_moment
from reviews.opening import OpenedRevision
from reviews.people.docspace_accounts import recognize
from reviews.people.person_digests import list_person_digests
from store.schema import openings
from tests.reviews.desk import DANA
from tests.reviews.people import make_proven_person

if TYPE_CHECKING:
    from reviews.identity import ProvenPerson
    from reviews.model import Review
    from reviews.opening import OpenedItem
    from tests.reviews.desk import Desk

PERSON = make_proven_person(DANA)


def list_opened(desk: Desk, review: Review, person: ProvenPerson) -> set[OpenedItem]:
    """Return what a person has opened of a review at its revision."""
    with desk.transactions(reading=True) as work:
        digests = list_person_digests(recognize(work, person))
        opened = work.openings.list_first(review.id, review.revision, digests, until=desk.clock())
    return {opening.item for opening in opened}


def open_items(
    desk: Desk, review: Review, *items: OpenedItem, person: ProvenPerson = PERSON, revision: int = 0
) -> str | None:
    """Open something of a review a second later; return the time as the ledger writes it."""
    desk.clock.advance(seconds=1)
    opened = OpenedRevision(review_id=review.id, revision=revision or review.revision)
    desk.openings.record(opened, person, *items)
    return format_moment(desk.clock())


def count_rows(desk: Desk) -> int:
    with desk.engine.connect() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(openings)).scalar_one())
