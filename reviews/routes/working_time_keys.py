"""The keys of a route about working time: its hours, closed days, `due`, `remind` and `after_request`."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reviews.errors import NoWorkingTime
from reviews.routes import value_parsers
from reviews.routes.closed_days import ClosedDays
from reviews.routes.ladder import DEADLINE
from reviews.routes.working_time import WorkingHours

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.routes.closed_days import FindCalendar, HolidayCalendar
    from reviews.routes.route import Route
    from reviews.routes.toml_table import TomlTable

DEFAULT_WORKING_HOURS = "Mon-Fri 09:00-17:00"
CHECKED_YEARS = 11
"""The current year and the ten after it."""
MAX_WEEKS = 520
MAX_WORKING_DAYS = 366
_WORKING_DAYS_PATTERN = re.compile(r"([0-9]+) +working +days?")
_DATE_PATTERN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UTC = ZoneInfo("UTC")


def read_working_hours(
    table: TomlTable, *, find_calendar: FindCalendar, today: date | None
) -> WorkingHours | None:
    """Read the hours with the closed days; `None` where a problem with the hours was reported."""
    zone = table.read_text("timezone", "UTC", value_parsers.parse_zone)
    hours = table.read_text(
        "working_hours", DEFAULT_WORKING_HOURS, lambda text: WorkingHours.parse(text, zone or _UTC)
    )
    dates = frozenset(table.read_list("closed", parse_date))
    calendars = table.read_list("holidays", find_calendar, allow_single=True)
    if hours is None:
        return None
    hours = replace(hours, closed=ClosedDays(dates=dates, calendars=calendars))
    if today is not None:
        _check_years(table, hours, range(today.year, today.year + CHECKED_YEARS))
    return hours


def _check_years(table: TomlTable, hours: WorkingHours, years: range) -> None:
    """Refuse calendars without data, and the first year in which no one would ever work."""
    for calendar in hours.closed.calendars:
        year = _find_year_without_data(calendar, years)
        if year:
            table.add_problem(
                "holidays",
                f"holidays: no public holidays of {calendar.code!r} are available for {year}: "
                "leave it out, and write the days into closed",
            )
    closed_year = next((year for year in years if not hours.has_working_day_in(year)), None)
    if closed_year:
        key = "closed" if hours.closed.dates else "holidays"
        table.add_problem(
            key, f"{key}: {closed_year} has no working day: each day of working_hours is closed"
        )


def _find_year_without_data(calendar: HolidayCalendar, years: range) -> int | None:
    return next((year for year in years if not calendar.list_holidays(year)), None)


def read_due(table: TomlTable, hours: WorkingHours | None) -> timedelta | None:
    """Read the working time until an answer counts as late; `None` for never."""
    return _read_working_time(table, "due", lambda text: parse_working_time(text, hours), hours)


def read_remind(table: TomlTable, hours: WorkingHours | None) -> timedelta | None:
    """Read the working time between reminders; `None` for never."""
    return _read_interval(table, "remind", hours)


def read_after_request(table: TomlTable, hours: WorkingHours | None) -> timedelta | None:
    """Read the working time until contributors are asked again for requested changes; `None` for never."""
    return _read_interval(table, "after_request", hours)


def find_latest_percentage(due: timedelta | None, hours: WorkingHours | None) -> int | None:
    """Return which percentage of the time until due takes at most `MAX_WEEKS` weeks of working time."""
    return hours.weekly_time * MAX_WEEKS * 100 // due if due and hours else None


def refuse_unreachable(table: TomlTable, route: Route, today: date) -> None:
    """Refuse working times that would not pass within the years that a search looks ahead.

    A week may have them, but not with the closed days.
    """
    hours = route.working_hours
    if hours is None or table.problems:
        return
    ladder = route.due * route.ladder[-1].after / DEADLINE if route.due and route.ladder else None
    for key, duration in (
        ("due", route.due),
        ("remind", route.remind),
        ("after_request", route.after_request),
        ("ladder", ladder),
    ):
        if duration and not _passes(hours, duration, today):
            table.add_problem(
                key, f"{key}: so many days are closed that this much working time takes more than 30 years"
            )


def _passes(hours: WorkingHours, duration: timedelta, today: date) -> bool:
    try:
        hours.add_working_time(datetime.combine(today, hours.start, hours.zone), duration)
    except NoWorkingTime:
        return False
    return True


def _read_interval(table: TomlTable, key: str, hours: WorkingHours | None) -> timedelta | None:
    return _read_working_time(
        table, key, lambda text: value_parsers.refuse_no_wait(text, parse_working_time(text, hours)), hours
    )


def _read_working_time(
    table: TomlTable, key: str, convert: Callable[[str], timedelta], hours: WorkingHours | None
) -> timedelta | None:
    duration = table.read_text(key, None, convert, example="8h")
    if duration and hours and duration > hours.weekly_time * MAX_WEEKS:
        table.add_problem(key, f"{key}: this much working time takes more than {MAX_WEEKS} weeks")
    return duration


def parse_working_time(text: str, hours: WorkingHours | None) -> timedelta:
    """Read a duration, or `2 working days`: so many times the hours of one working day.

    Where the hours could not be read, the file is refused anyway, and a working day counts as a whole one.
    """
    form = _WORKING_DAYS_PATTERN.fullmatch(text.strip())
    if form is None and "day" in text.lower():
        raise ValueError(f'{text!r} is not a working time: write "1 working day", "2 working days" and so on')
    if form is None and not value_parsers.DURATION_PATTERN.fullmatch(text.strip()):
        raise ValueError(f'{text!r} is not a working time: write it as in "8h" or "2 working days"')
    if form is None:
        return value_parsers.parse_duration(text)
    if len(form[1]) > 3 or not 1 <= int(form[1]) <= MAX_WORKING_DAYS:
        raise ValueError(f"{text!r} is out of range: write from 1 to {MAX_WORKING_DAYS} working days")
    return int(form[1]) * (hours.daily_time if hours else timedelta(days=1))


def parse_date(text: str) -> date:
    """Read `2026-12-24`. Other forms of ISO 8601 are refused: the same day could be listed twice by them."""
    try:
        if _DATE_PATTERN.fullmatch(text.strip()):
            return date.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(f"there is no day {text!r} ({error})") from None
    raise ValueError(f'{text!r} is not a date: write year, month and day, as in "2026-12-24"')
