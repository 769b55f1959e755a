"""The times offered for snoozing reminders, within the route's working hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reviews.language import _, format_day
from reviews.routes.working_time import WorkingHours

if TYPE_CHECKING:
    from datetime import datetime

DEFAULT_WORKING_HOURS = WorkingHours.parse("Mon-Fri 09:00-17:00", ZoneInfo("UTC"))
SHORT_SNOOZE = timedelta(hours=2)
MONDAY = 0


class SnoozeTime(StrEnum):
    IN_A_WHILE = "in_a_while"
    TOMORROW = "tomorrow"
    NEXT_WEEK = "next_week"


@dataclass(frozen=True, kw_only=True)
class SnoozeChoice:
    """One choice: `until` is in UTC, `zone` the route's."""

    when: SnoozeTime
    until: datetime
    zone: ZoneInfo
    is_later: bool = False
    """Whether next week has no working day at all, so that it is a later one."""

    @property
    def label(self) -> str:
        """The choice and its time, in the route's time zone."""
        local = self.until.astimezone(self.zone)
        next_week = _("Next Monday") if local.weekday() == MONDAY else _("Next week")
        label = {
            SnoozeTime.IN_A_WHILE: _("In two hours"),
            SnoozeTime.TOMORROW: _("Tomorrow morning"),
            SnoozeTime.NEXT_WEEK: _("Next working day") if self.is_later else next_week,
        }[self.when]
        return f"{label}: {format_day(local)}, {local:%H:%M} ({self.zone.key})"


def list_choices(hours: WorkingHours | None, now: datetime) -> tuple[SnoozeChoice, ...]:
    """Return the choices available now: each is within working hours, and none appears twice.

    In two hours the working day may be over, and tomorrow may be a Sunday. All of next week may be closed:
    then the last choice is the working day after it.
    """
    working = hours or DEFAULT_WORKING_HOURS
    today = now.astimezone(working.zone).date()
    tomorrow = today + timedelta(days=1)
    soon, morning = now + SHORT_SNOOZE, working.find_opening_on(tomorrow)
    next_monday = today + timedelta(days=7 - today.weekday())
    monday = working.find_opening_on(next_monday)
    choices: list[tuple[SnoozeTime, datetime]] = []
    if working.find_next_opening(soon) == soon:
        choices.append((SnoozeTime.IN_A_WHILE, soon))
    if morning.astimezone(working.zone).date() == tomorrow:
        choices.append((SnoozeTime.TOMORROW, morning))
    if (SnoozeTime.TOMORROW, monday) not in choices:
        choices.append((SnoozeTime.NEXT_WEEK, monday))
    week_after = next_monday + timedelta(days=7)
    return tuple(
        SnoozeChoice(
            when=when,
            until=until,
            zone=working.zone,
            is_later=until.astimezone(working.zone).date() >= week_after,
        )
        for when, until in choices
    )
