"""The next deadlines and digests of the routes, as `routes check` prints them."""

from __future__ import annotations

import textwrap
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from reviews.digests.digest_routes import get_hours
from reviews.kinds import StepAction
from reviews.routes.closed_days import NO_CLOSED_DAYS, ClosedDays
from reviews.routes.example_deadlines import list_closed_days, list_deadlines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from reviews.routes.ladder import LadderStep
    from reviews.routes.route import Route, Routes
    from reviews.routes.working_time import WorkingHours

WIDTH = 80
MAX_CLOSED_DAYS = 10
"""More closed days than this are counted only: a `due` may take years."""
_NO_BREAK = "\u00a0"
_DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def build_json(routes: Routes, now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "name": route.name,
            "deadlines": [each.due_at.isoformat() for each in list_deadlines(route, now)],
            "next_digest": each.isoformat() if (each := _find_next_digest(route, now)) else None,
        }
        for route in routes.all
    ]


def describe_deadlines(route: Route, now: datetime) -> Iterator[str]:
    """Yield the lines of a route, which fit a terminal; none without `due`."""
    hours, deadlines = route.working_hours, list_deadlines(route, now)
    if route.due is None or hours is None or not deadlines:
        return
    yield from _wrap(f"due after {_format_due(route.due, hours)}, {_format_hours(hours)}")
    if route.ladder:
        yield from _wrap(f"ladder: {', '.join(map(_describe_step, route.ladder))}")
    if hours.closed != NO_CLOSED_DAYS:
        yield from _wrap(f"closed on {' and '.join(_describe_closed(hours.closed))}")
    changes, dues = zip(
        *((_format_time(each.changed_at), _format_time(each.due_at)) for each in deadlines), strict=True
    )
    width = max(map(len, changes))
    for changed_at, due_at in zip(changes, dues, strict=True):
        yield f"    a change at {changed_at:<{width}} → due {due_at}"
    passed = list_closed_days(hours, deadlines)
    if passed:
        more = f" and {len(passed) - MAX_CLOSED_DAYS} more" if len(passed) > MAX_CLOSED_DAYS else ""
        yield from _wrap(f"next closed days: {', '.join(map(_format_day, passed[:MAX_CLOSED_DAYS]))}{more}")


def describe_digest(route: Route, now: datetime) -> list[str]:
    """Return a line with the next digest of the route in its zone, if it has one."""
    due = _find_next_digest(route, now)
    return [f"  next digest: {_format_time(due)}"] if due else []


def _find_next_digest(route: Route, now: datetime) -> datetime | None:
    hours = get_hours([route])
    due = route.digest.find_next(now, hours) if route.digest else None
    return due.astimezone(hours[0].zone) if due else None


def _format_due(due: timedelta, hours: WorkingHours) -> str:
    """Return a working time in whole working days where it is that: `2d` is six of eight hours."""
    hour, minute = timedelta(hours=1), timedelta(minutes=1)
    duration = f"{due / minute:g} min" if due < hour else f"{due / hour:g} h"
    days, rest = divmod(due, hours.daily_time)
    if rest or not days:
        return f"{duration} of working time"
    return f"{days} working {'day' if days == 1 else 'days'} ({duration})"


def _describe_step(step: LadderStep) -> str:
    words = [step.label, str(step.action), *(["to", step.to] if step.to else [])]
    urgent = ["(urgent)"] if step.urgent and step.action is not StepAction.LAPSE else []
    return _NO_BREAK.join([*words, *urgent])


def _format_hours(hours: WorkingHours) -> str:
    """Return hours as the routing file has them: its days are in a row."""
    first = next((day for day in sorted(hours.days) if (day - 1) % 7 not in hours.days), 0)
    last = (first + len(hours.days) - 1) % 7
    days = _DAY_NAMES[first] if first == last else f"{_DAY_NAMES[first]}-{_DAY_NAMES[last]}"
    return f"{days} {hours.start:%H:%M}-{hours.end:%H:%M} in {hours.zone.key}"


def _describe_closed(closed: ClosedDays) -> Iterator[str]:
    if closed.calendars:
        yield f"public holidays ({', '.join(each.code for each in closed.calendars)})"
    if closed.dates:
        other, count = "other " if closed.calendars else "", len(closed.dates)
        yield f"{count} {other}{'day' if count == 1 else 'days'}"


def _wrap(sentence: str) -> list[str]:
    lines = textwrap.wrap(
        sentence, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
    )
    return [line.replace(_NO_BREAK, " ") for line in lines]


def _format_time(moment: datetime) -> str:
    return f"{_format_day(moment)} {moment:%H:%M %Z}".replace(_NO_BREAK, " ")


def _format_day(day: date) -> str:
    return f"{_DAY_NAMES[day.weekday()]}{_NO_BREAK}{day:%Y-%m-%d}"
