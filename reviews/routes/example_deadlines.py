"""The next deadlines of a route, by which a person sees that its working time is right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from reviews.routes.route import Route
    from reviews.routes.working_time import WorkingHours

EXAMPLES = 5
CLOSED_DAYS, LATER_DAYS = 3, 366
"""How many closed days are listed at least, if there are as many within so many days."""


@dataclass(frozen=True, kw_only=True)
class ExampleDeadline:
    """When a change at one time would be due, both in the route's zone."""

    changed_at: datetime
    due_at: datetime


def list_deadlines(route: Route, now: datetime) -> list[ExampleDeadline]:
    """Return the deadlines of a change made now, and at the same local time on the working days after today.

    Without `due` there are none.
    """
    hours, due = route.working_hours, route.due
    if not due or hours is None:
        return []
    local = now.astimezone(hours.zone)
    changes = [local]
    for _ in range(EXAMPLES - 1):
        tomorrow = changes[-1].date() + timedelta(days=1)
        day = hours.find_opening_on(tomorrow).astimezone(hours.zone).date()
        changes.append(datetime.combine(day, local.time(), hours.zone))
    return [
        ExampleDeadline(
            changed_at=changed_at,
            due_at=hours.add_working_time(changed_at, due).astimezone(hours.zone),
        )
        for changed_at in changes
    ]


def list_closed_days(hours: WorkingHours, deadlines: list[ExampleDeadline]) -> list[date]:
    """Return the closed days of the working week from the first change to the last deadline.

    If those are few, later ones follow, but none that is more than a year away.
    """
    first, last = deadlines[0].changed_at.date(), deadlines[-1].due_at.date()
    closed: list[date] = []
    for number in range(max((last - first).days, LATER_DAYS) + 1):
        day = first + timedelta(days=number)
        if day.weekday() in hours.days and day in hours.closed and (day <= last or len(closed) < CLOSED_DAYS):
            closed.append(day)
    return closed
