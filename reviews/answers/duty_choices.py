"""What the forms of a page to reassign and snooze a review offer: people and times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.answers.snooze_choices import list_choices
from reviews.people.answerers import list_candidates
from reviews.routes.route import find_zone

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from reviews.answers.snooze_choices import SnoozeChoice
    from reviews.identity import ProvenPerson
    from reviews.model import Review
    from reviews.routes.route import Route


@dataclass(frozen=True, kw_only=True)
class DutyChoices:
    """`people` are suggestions, by address: any person with an account in DocSpace may be named.

    `zone` is the route's, in which another time than `times` is entered.
    """

    people: tuple[str, ...]
    times: tuple[SnoozeChoice, ...]
    zone: ZoneInfo


def list_duty_choices(
    review: Review, route: Route | None, person: ProvenPerson | None, *, now: datetime
) -> DutyChoices:
    """Return the choices of a person who may reassign and snooze the review.

    Without a `person`, no people are suggested: not everyone to whom a review was reassigned sees who the
    deputies are. No database is read, so that a page of many reviews asks nothing more.
    """
    own = {address.casefold() for address in person.addresses} if person else set()
    hours = route.working_hours if route else None
    return DutyChoices(
        people=list_candidates(review, route, excluded=own) if person else (),
        times=list_choices(hours, now),
        zone=find_zone(route),
    )
