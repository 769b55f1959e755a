"""What people do in a year: documents change, and owners answer, snooze and take answers back."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from tests.year.absences import ModelAbsence
from tests.year.model import HOUR, ModelReview, ModelRoute
from tests.year.working_periods import count_microseconds, list_working_periods

if TYPE_CHECKING:
    from collections.abc import Mapping

YEAR = 2027
YEARS = range(YEAR - 1, YEAR + 3)
LATVIA = tuple(
    date(YEAR, month, day)
    for month, day in (
        *((1, 1), (3, 26), (3, 29), (5, 1), (5, 4), (6, 23), (6, 24), (11, 18)),
        *((12, 24), (12, 25), (12, 31)),
    )
)
"""The public holidays of Latvia in 2027 that are no Sundays, written down by hand."""
BAVARIA = tuple(
    date(YEAR, month, day)
    for month, day in (
        *((1, 1), (1, 6), (3, 26), (3, 29), (5, 1), (5, 6), (5, 17), (5, 27)),
        *((11, 1), (12, 25)),
    )
)
"""Those of Bavaria, in the same way."""
CLOSED = (date(YEAR, 8, 2), date(YEAR, 8, 3))
WORKDAYS, NIGHTS = range(5), (6, 0, 1, 2, 3)
ANNA, BORIS, CARLA, DAVID, EVA = (
    f"{name}@example.com" for name in ("anna", "boris", "carla", "david", "eva")
)
WRITERS = tuple(f"writer{number}@example.com" for number in range(6))

PEOPLE = (ANNA, BORIS, CARLA, DAVID, EVA)
DAY = 24 * HOUR
EARLY_RETURNS = 0.3
OTHERS_ACT = 0.3

_RIGA = list_working_periods(
    "Europe/Riga", weekdays=WORKDAYS, first=9, last=17, closed={*LATVIA, *CLOSED}, years=YEARS
)
_BOTH = list_working_periods(
    "Europe/Berlin", weekdays=WORKDAYS, first=8, last=16, closed={*LATVIA, *BAVARIA}, years=YEARS
)
_NIGHT = list_working_periods("Europe/Riga", weekdays=NIGHTS, first=0, last=6, closed=(), years=YEARS)
_UTC = list_working_periods("UTC", weekdays=WORKDAYS, first=9, last=17, closed=(), years=YEARS)
_LADDER = (
    (50, "remind", ""),
    (100, "escalate", "deputies"),
    (150, "escalate", "paper:OPS"),
    (200, "lapse", ""),
)
_URGENT = ((10, "remind", ""), (90, "escalate", EVA), (100, "escalate", "deputies"))

ROUTES = {
    route.name: route
    for route in (
        ModelRoute(
            name="riga",
            periods=_RIGA,
            owners=(ANNA, BORIS),
            deputies=(CARLA,),
            due=16 * HOUR,
            steps=_LADDER,
            after_request=24 * HOUR,
        ),
        ModelRoute(
            name="both",
            periods=_BOTH,
            owners=(BORIS,),
            deputies=(CARLA, ANNA),
            due=24 * HOUR,
            remind=6 * HOUR,
            after_request=5 * HOUR,
        ),
        ModelRoute(name="night", periods=_NIGHT, owners=(DAVID,), deputies=(), due=9 * HOUR, day=6 * HOUR),
        ModelRoute(
            name="urgent",
            periods=_UTC,
            owners=(EVA, ANNA),
            deputies=(DAVID,),
            due=8 * HOUR,
            steps=_URGENT,
            urgent=True,
        ),
        ModelRoute(
            name="no-deadline", periods=_UTC, owners=(CARLA,), deputies=(DAVID,), due=None, remind=10 * HOUR
        ),
    )
}


@dataclass(frozen=True, kw_only=True)
class Action:
    """Something that a person does, or a look of the clock (without a review).

    Where someone goes away or comes back, `who` is the name of the absence.
    """

    at: int
    what: str
    review: str = ""
    who: str = ""
    until: int = 0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The reviews of a year, and what happens in their order."""

    reviews: Mapping[str, ModelReview]
    absences: Mapping[str, ModelAbsence]
    actions: tuple[Action, ...]


def make_plan(seed: int, *, reviews: int, looks: int) -> Plan:
    """Make up a year by a seed: so many documents change, and the clock looks so many times."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    begin = count_microseconds(datetime(YEAR, 1, 1, tzinfo=UTC))
    end = count_microseconds(datetime(YEAR + 1, 1, 1, tzinfo=UTC))
    absences = {each.name: each for person in PEOPLE for each in _make_absences(chance, person, begin, end)}
    made = {}
    actions = [Action(at=chance.randrange(begin, end), what="look") for _ in range(looks)]
    for number in range(reviews):
        review = _make_review(chance, f"rev-{number}", chance.randrange(begin, end - 60 * 24 * HOUR))
        made[review.name] = review
        actions.append(Action(at=review.opened, what="open", review=review.name))
        actions += _make_actions(chance, review)
    actions += [Action(at=each.declared, what="away", who=each.name) for each in absences.values()]
    for each in absences.values():
        if chance.random() < EARLY_RETURNS:
            actions.append(Action(at=chance.randrange(each.declared, each.ends), what="back", who=each.name))
    return Plan(reviews=made, absences=absences, actions=tuple(sorted(actions, key=attrgetter("at"))))


def _make_absences(chance: random.Random, person: str, begin: int, end: int) -> list[ModelAbsence]:
    """Let a person be away now and then, one time after the other; some are declared long before."""
    absences: list[ModelAbsence] = []
    at = begin
    while (at := at + chance.randrange(10 * DAY, 60 * DAY)) < end:
        ends = at + chance.randrange(4 * HOUR, 25 * DAY)
        ahead = chance.choice((0, 0, chance.randrange(1, 9 * DAY)))
        stand_in = chance.choice(("", *(each for each in (*PEOPLE, *WRITERS[:2]) if each != person)))
        absences.append(
            ModelAbsence(
                name=f"{person} {len(absences)}",
                person=person,
                declared=at - ahead,
                begins=at,
                ends=ends,
                stand_in=stand_in,
            )
        )
        at = ends
    return absences


def _make_review(chance: random.Random, name: str, opened: int) -> ModelReview:
    route = chance.choice(list(ROUTES.values()))
    authors = tuple(chance.sample((*WRITERS, *route.owners, *route.deputies), chance.randint(1, 2)))
    return ModelReview(
        name=name, route=route, authors=authors, opened=opened, all_owners=chance.random() < 0.3
    )


def _make_actions(chance: random.Random, review: ModelReview) -> list[Action]:
    """Let the owners of one review do something, some days apart; now and then it is someone else."""
    at, actions = review.opened, []
    able = [each for each in review.route.owners if each not in review.authors]
    for _ in range(chance.randint(0, 4)):
        at += chance.randrange(HOUR, 60 * HOUR)
        who = chance.choice(able) if able else ""
        if chance.random() < OTHERS_ACT:
            who = chance.choice(PEOPLE)
        what = chance.choice(("acknowledge", "acknowledge", "request", "withdraw", "snooze"))
        until = at + chance.randrange(HOUR, 100 * HOUR)
        if who:
            actions.append(Action(at=at, what=what, review=review.name, who=who, until=until))
    if review.due is None and able:  # it would else be reminded of for the rest of the year
        at += chance.randrange(HOUR, 10 * 24 * HOUR)
        actions.append(Action(at=at, what="acknowledge", review=review.name, who=chance.choice(able)))
    return actions
