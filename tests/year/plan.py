"""What people do in a year: documents change, and owners answer, snooze and take answers back."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from tests.year.absences import ModelAbsence
from tests.year.actions import DAY, Action
from tests.year.campaign_plan import plan_campaigns
from tests.year.model import HOUR, ModelReview
from tests.year.routes import PEOPLE, ROUTES, WRITERS, YEAR
from tests.year.working_periods import count_microseconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.year.campaigns import ModelCampaign

EARLY_RETURNS = 0.3
OTHERS_ACT = 0.3


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The reviews of a year, its campaigns, and what happens in their order."""

    reviews: Mapping[str, ModelReview]
    absences: Mapping[str, ModelAbsence]
    campaigns: Mapping[str, ModelCampaign]
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
        review = _make_review(chance, f"change-{number}", chance.randrange(begin, end - 60 * 24 * HOUR))
        made[review.name] = review
        actions.append(Action(at=review.opened, what="open", review=review.name))
        actions += _make_actions(chance, review)
    actions += [Action(at=each.declared, what="away", who=each.name) for each in absences.values()]
    for each in absences.values():
        if chance.random() < EARLY_RETURNS:
            actions.append(Action(at=chance.randrange(each.declared, each.ends), what="back", who=each.name))
    campaigns = plan_campaigns(chance, reviews=reviews)
    return Plan(
        reviews={**made, **campaigns.changes},
        absences=absences,
        campaigns=campaigns.campaigns,
        actions=tuple(sorted([*actions, *campaigns.actions], key=attrgetter("at"))),
    )


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
