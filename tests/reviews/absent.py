"""Reviews of which an owner or deputy is away, with a stand-in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.identity import Person, Reviewer
from reviews.model import StandIn
from tests.reviews.samples import OWNER, START

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.model import Review
    from tests.reviews.desk import Desk

DANA = Reviewer(name="Dana Ozola", email=OWNER)
ILZE = Reviewer(name="Ilze Kalna", email="ilze@example.com")
JURIS = Reviewer(name="Juris Bite", email="juris@example.com")
BACK_AT = START + timedelta(days=5)


def make_stand_in(*people: str, absent: str = OWNER, until: datetime = BACK_AT) -> StandIn:
    """Return that these people stand in for an owner; without people, Ilze."""
    return StandIn(absent=absent, people=people or (str(ILZE.email),), until=until)


def put_stand_ins(desk: Desk, review: Review, *stand_ins: StandIn) -> Review:
    """Store who stands in on a review, as when an absence begins or ends, and return it as it is then."""
    with desk.transactions() as work:
        locked = work.reviews.lock(review.id)
        assert locked is not None
        work.reviews.save_stand_ins(replace(locked, stand_ins=stand_ins))
        work.commit()
    return desk.latest(review.file_id)


def remember_names(desk: Desk, *people: Reviewer) -> None:
    """Have the people with these addresses been met, by their names in DocSpace."""
    with desk.transactions() as work:
        work.people.remember(
            *(Person(id=f"d-{each.email}", name=each.name, email=each.email) for each in people),
            at=desk.clock(),
        )
        work.commit()
