"""People who declare absences, at a desk."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.absences.declarations import Declaration
from reviews.absences.planned_absences import Cancellation
from reviews.identity import Reviewer
from reviews.ports.absences import Absence, AbsenceSource
from tests.reviews.desk import DANA
from tests.reviews.people import make_proven_person
from tests.reviews.samples import DEPUTY, OWNER

if TYPE_CHECKING:
    from typing import Any

    from reviews.absences.replies import AbsenceReply
    from tests.reviews.desk import Desk

ILZE = Reviewer(name="Ilze Kalna", email=DEPUTY, chat_ids={"slack": "U2"})
STRANGER = Reviewer(name="Eve", email="eve@example.com", chat_ids={"slack": "U6"})
OTHER_ADDRESS = "dana@home.example.com"
WEEK = timedelta(days=7)


def declare(desk: Desk, who: Reviewer = DANA, *, lasting: timedelta = WEEK, **more: Any) -> AbsenceReply:
    values = {
        "person": make_proven_person(who),
        "source": AbsenceSource.CHAT,
        "ends_at": desk.clock() + lasting,
        **more,
    }
    return desk.absences.declare(Declaration(**values))


def stored(desk: Desk, *people: str) -> list[Absence]:
    """Return the absences of these people that have not ended."""
    with desk.transactions(reading=True) as work:
        return work.absences.list_of_people(people or (OWNER,), not_ended_by=desk.clock())


def cancel(desk: Desk, **which: Any) -> AbsenceReply:
    return desk.absences.cancel(Cancellation(person=make_proven_person(DANA), **which))


def add_calendar_absence(desk: Desk, *, starts_in: timedelta = -WEEK, lasting: timedelta = WEEK) -> None:
    now = desk.clock()
    with desk.transactions() as work:
        work.absences.add(
            Absence(
                person=OWNER, starts_at=now + starts_in, ends_at=now + lasting, stand_in=None,
                source=AbsenceSource.CALENDAR, made_at=now, key="event",
            )
        )  # fmt: skip
        work.commit()
