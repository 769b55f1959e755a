"""Days and times as people say them, in their own zone, as moments in UTC; and back into words."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from reviews.language import _, format_day, gettext_noop

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 2000, 2999
"""Years that a person may name; others are slips, and could not be shown in every zone."""
_WEEKDAYS = (
    gettext_noop("Monday"),
    gettext_noop("Tuesday"),
    gettext_noop("Wednesday"),
    gettext_noop("Thursday"),
    gettext_noop("Friday"),
    gettext_noop("Saturday"),
    gettext_noop("Sunday"),
)


def resolve_local_time(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return a local time as a moment in UTC.

    As in calendars (RFC 5545, 3.3.5), a time that occurs twice when clocks go back is the first of the two,
    and one that clocks skip is by the offset before the gap: 02:30 becomes 03:30.
    """
    return datetime.combine(day, at, zone).replace(fold=0).astimezone(UTC)


def format_local_time(moment: datetime, zone: ZoneInfo, *, now: datetime) -> str:
    """Return a moment in words: the weekday and the day, and the year and the time where they matter."""
    local = moment.astimezone(zone)
    day = format_day(local)
    if local.year != now.astimezone(zone).year:
        day = _("{day} {year}").format(day=day, year=local.year)
    words = _("{weekday}, {day}").format(weekday=_(_WEEKDAYS[local.weekday()]), day=day)
    if (local.hour, local.minute) == (0, 0):
        return words
    clock_time = f"{local:%H:%M}" if zone.key != "UTC" else f"{local:%H:%M} UTC"
    return _("{day}, {time}").format(day=words, time=clock_time)
