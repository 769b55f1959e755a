"""Reviews of which an owner or deputy is away, with a stand-in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.identity import Person, Reviewer
from reviews.ledger import absence_entries
from reviews.model import StandIn
from reviews.people.stand_ins import find_stand_in
from reviews.ports.absences import Absence, AbsenceSource
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
    """Let these people stand in on a review from now on, and no one else, and return it as it is then."""
    now = desk.clock()
    with desk.transactions() as work:
        locked = work.reviews.lock(review.id)
        assert locked is not None
        for absence in work.absences.list_of_people(
            (each.absent for each in locked.stand_ins), not_ended_by=now
        ):
            work.absences.update(replace(absence, ended_at=now))
        for each in stand_ins:
            work.absences.add(_make_absence(each, at=now))
        after = replace(locked, stand_ins=stand_ins)
        work.reviews.save_stand_ins(after)
        for owner in locked.owners:
            former, present = find_stand_in(locked.stand_ins, owner), find_stand_in(after.stand_ins, owner)
            if present is not None and present != former:
                entry = absence_entries.build_handed_over(
                    after, present, source=AbsenceSource.CHAT, declared_at=now, at=now
                )
                work.ledger.append(entry)
            elif present is None and former is not None:
                entry = absence_entries.build_handed_back(
                    after, owner=owner, former_people=former.people, at=now
                )
                work.ledger.append(entry)
        work.commit()
    return desk.latest(review.file_id)


def _make_absence(stand_in: StandIn, *, at: datetime) -> Absence:
    return Absence(
        person=stand_in.absent,
        starts_at=at,
        ends_at=stand_in.until,
        stand_in=next(iter(stand_in.people), None),
        source=AbsenceSource.CHAT,
        made_at=at,
    )


def remember_names(desk: Desk, *people: Reviewer) -> None:
    """Have the people with these addresses been met, by their names in DocSpace."""
    with desk.transactions() as work:
        work.people.remember(
            *(Person(id=f"d-{each.email}", name=each.name, email=each.email) for each in people),
            at=desk.clock(),
        )
        work.commit()
