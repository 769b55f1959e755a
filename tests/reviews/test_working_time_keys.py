"""The keys of a route about working time: holidays, closed days, and durations in working days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reviews.errors import RoutesInvalid
from reviews.routes.file_parser import parse
from reviews.routes.toml_table import TomlTable
from reviews.routes.working_time_keys import parse_date, parse_working_time
from runtime.settings.holiday_calendars import find_calendar
from tests.reviews.routing_files import CHANNELS, LEAST, problems

TODAY = date(2026, 12, 1)
RIGA = ZoneInfo("Europe/Riga")
ZONE = 'timezone = "Europe/Riga"\n'
MONDAYS_OF_2028 = [date(2028, 1, 3) + timedelta(days=7 * number) for number in range(52)]


def read(text: str) -> list[str]:
    """Return the problems of a route with these lines from the fifth on, none if it is good."""
    try:
        parse(LEAST + text, notifiers=CHANNELS, find_calendar=find_calendar, today=TODAY)
    except RoutesInvalid as invalid:
        return invalid.problems
    return []


@pytest.mark.parametrize(
    ("text", "codes", "dates"),
    [
        ('holidays = "LV"', ["LV"], set()),
        ('holidays = ["LV", "DE-BY"]', ["LV", "DE-BY"], set()),
        ('closed = ["2026-12-24", "2027-01-02"]', [], {date(2026, 12, 24), date(2027, 1, 2)}),
        ('holidays = []\nclosed = [" 2026-12-24 "]', [], {date(2026, 12, 24)}),
        ("", [], set()),
    ],
)
def test_closed_days_are_part_of_the_working_time_without_due(
    text: str, codes: list[str], dates: set[date]
) -> None:
    [route] = parse(LEAST + text, notifiers=CHANNELS, find_calendar=find_calendar, today=TODAY).all

    assert route.working_hours is not None
    assert [each.code for each in route.working_hours.closed.calendars] == codes
    assert route.working_hours.closed.dates == dates
    assert route.due is None


LEAVE_OUT = "leave it out, and write the days into closed"
WRITE = 'write "1 working day", "2 working days" and so on'
REFUSED = {
    "an unknown country": (
        'holidays = "VL"', "holidays: there is no calendar 'VL'; did you mean 'LV' (Latvia)?"
    ),
    "an unknown subdivision": (
        'holidays = ["LV", "DE-BAY"]', "holidays: there is no calendar 'DE-BAY'; did you mean 'DE-BY'?"
    ),
    "a country twice": ('holidays = ["LV", "LV "]', "holidays: 'LV ' is listed twice"),
    "a number for a country": ("holidays = 371", 'holidays must be a list, as in holidays = ["..."]'),
    "a number among countries": ("holidays = [371]", "holidays must hold texts in quotes, not 371"),
    "a country without data": (
        'holidays = "BV"',
        f"holidays: no public holidays of 'BV' are available for 2026: {LEAVE_OUT}",
    ),
    "a day that is none": (
        'closed = ["2026-02-30"]', "closed: there is no day '2026-02-30' (day is out of range for month)"
    ),
    "a day in another form": (
        'closed = ["24.12.2026"]',
        "closed: '24.12.2026' is not a date: write year, month and day, as in \"2026-12-24\"",
    ),
    "a week": (
        'closed = ["2026-W52"]',
        "closed: '2026-W52' is not a date: write year, month and day, as in \"2026-12-24\"",
    ),
    "a day without quotes": ("closed = [2026-12-24]", "closed must hold texts in quotes, not 2026-12-24"),
    "a day twice": ('closed = ["2026-12-24", " 2026-12-24"]', "closed: ' 2026-12-24' is listed twice"),
    "a day without a list": ('closed = "2026-12-24"', 'closed must be a list, as in closed = ["..."]'),
    "no working days": (
        'due = "0 working days"', "due: '0 working days' is out of range: write from 1 to 366 working days"
    ),
    "too many working days": (
        'due = "367 working days"',
        "due: '367 working days' is out of range: write from 1 to 366 working days",
    ),
    "monstrously many": (
        f'remind = "{"9" * 5000} working days"',
        f"remind: '{'9' * 5000} working days' is out of range: write from 1 to 366 working days",
    ),
    "days of another name": (
        'due = "2 days"',
        f"due: '2 days' is not a working time: {WRITE}",
    ),
    "a part of a day": (
        'remind = "1.5 working days"',
        f"remind: '1.5 working days' is not a working time: {WRITE}",
    ),
    "a reminder without end of waiting": (
        'remind = "4000h"\nworking_hours = "Mon 09:00-10:00"',
        "remind: this much working time takes more than 520 weeks",
    ),
    "a due without end of waiting": (
        'due = "4000h"\nworking_hours = "Mon 09:00-10:00"',
        "due: this much working time takes more than 520 weeks",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_mistake_is_said_with_its_line_and_reason(text: str, reason: str) -> None:
    assert read(text) == [f"line 5: {reason}"]


def test_without_calendars_no_country_is_taken() -> None:
    assert problems(f'{LEAST}holidays = "LV"') == [
        "line 5: holidays: 'LV' can't be looked up: no public holidays are available here"
    ]


def test_a_year_without_a_working_day_is_refused_by_name() -> None:
    closed = "closed = [" + ", ".join(f'"{day}"' for day in MONDAYS_OF_2028)

    assert read(f'working_hours = "Mon 09:00-17:00"\n{closed}, "2028-12-31"]') == [
        "line 6: closed: 2028 has no working day: each day of working_hours is closed"
    ]
    assert read(f'working_hours = "Mon 09:00-17:00"\n{closed.replace("2028-07-03", "2028-07-04")}]') == []
    assert read(f'working_hours = "Mon-Tue 09:00-17:00"\n{closed}]') == []


@pytest.mark.parametrize(("year", "is_checked"), [(2025, False), (2026, True), (2036, True), (2037, False)])
def test_this_year_and_the_next_ten_are_checked(year: int, is_checked: bool) -> None:  # noqa: FBT001
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(366)]
    closed = ", ".join(f'"{day}"' for day in days if day.year == year)

    assert bool(read(f"closed = [{closed}]")) is is_checked


@pytest.mark.parametrize(
    ("key", "text", "length"),
    [
        ("due", "2 working days", 16),
        ("due", "1 working day", 8),
        ("remind", " 3  working days ", 24),
        ("due", "2d", 48),
        ("remind", "4h", 4),
    ],
)
def test_working_days_are_so_many_times_the_hours_of_one(key: str, text: str, length: int) -> None:
    [route] = parse(f'{LEAST}{key} = "{text}"', notifiers=CHANNELS).all

    assert getattr(route, key) == timedelta(hours=length)


def test_a_working_day_is_as_long_as_that_of_the_route() -> None:
    [route] = parse(
        f'{LEAST}due = "2 working days"\nworking_hours = "Sat 10:00-13:30"', notifiers=CHANNELS
    ).all

    assert route.due == timedelta(hours=7)


def test_hours_that_are_no_good_are_the_only_mistake_beside_working_days() -> None:
    [problem] = problems(f'{LEAST}due = "2 working days"\nworking_hours = "9 to 5"')

    assert problem == 'line 6: working_hours: working hours look like "Mon-Fri 09:00-17:00"'
    assert parse_working_time("2 working days", None) == timedelta(days=2)


@pytest.mark.parametrize(
    ("changed", "due"),
    [
        ("2026-11-30T14:00", "2026-12-02T14:00"),  # Monday to Wednesday
        ("2026-11-28T14:00", "2026-12-01T17:00"),  # Saturday to the end of Tuesday
        ("2026-12-01T08:00", "2026-12-02T17:00"),  # before work
        ("2026-12-23T14:00", "2026-12-29T14:00"),  # over Christmas
        ("2026-12-24T14:00", "2026-12-29T17:00"),  # on Christmas Eve
    ],
)
def test_two_working_days_after_a_change(changed: str, due: str) -> None:
    text = f'{LEAST}{ZONE}due = "2 working days"\nholidays = "LV"'
    [route] = parse(text, notifiers=CHANNELS, find_calendar=find_calendar).all
    moment = datetime.fromisoformat(changed).replace(tzinfo=RIGA)
    assert route.working_hours is not None
    assert route.due is not None

    due_at = route.working_hours.add_working_time(moment.astimezone(UTC), route.due)

    assert due_at == datetime.fromisoformat(due).replace(tzinfo=RIGA)


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ('due = "4000h"', "due", 5),
        ('remind = "4000h"', "remind", 5),
        ('after_request = "4000h"', "after_request", 5),
        ('due = "400h"\nladder = [{after = "1000%", do = "lapse"}]', "ladder", 6),
    ],
)
def test_working_time_that_closed_days_put_off_by_decades_is_refused(text: str, key: str, line: int) -> None:
    first = date(2026, 1, 1)
    days = (first + timedelta(days=number) for number in range(40 * 366))
    closed = [day.isoformat() for day in days if day.timetuple().tm_yday > 7]

    assert read(text) == []
    assert read(f"{text}\nclosed = {closed}") == [
        f"line {line}: {key}: so many days are closed that this much working time takes more than 30 years"
    ]


def test_many_problems_of_one_list_are_found_by_few_looks_for_its_line() -> None:
    looks: list[str] = []

    def find_line(key: str) -> int:
        looks.append(key)
        return 5

    table = TomlTable({"closed": [f"day {number}" for number in range(100)]}, find_line=find_line)
    table.read_list("closed", parse_date)

    assert len(table.problems) == 100
    assert looks == ["closed"]
