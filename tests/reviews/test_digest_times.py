"""When a digest of reviews is due, in its own zone: across changes of the clock, weekends and holidays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from reviews.errors import RoutesInvalid
from reviews.routes import file_parser
from reviews.routes.closed_days import ClosedDays
from reviews.routes.digest_times import DigestTimes
from reviews.routes.working_time import WorkingHours

RIGA = WorkingHours.parse("Mon-Fri 09:00-17:00", ZoneInfo("Europe/Riga"))
EVERY_DAY = WorkingHours.parse("Mon-Sun 09:00-17:00", ZoneInfo("Europe/Riga"))
HOLIDAY = replace(RIGA, closed=ClosedDays(dates=frozenset({date(2026, 3, 10)})))
ROUTE = '[[route]]\nname = "a"\nwatch = ["1"]\nowners = ["o@example.com"]\nnotify = ["console"]\n'


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def list_times(text: str, hours: WorkingHours, since: str, until: str) -> list[str]:
    """Return all times from one time to another, as a round would find them one after another."""
    times, at = DigestTimes.parse(text), utc(since)
    due_times = []
    while (due := times.find_next(at, [hours])) is not None and due <= utc(until):
        due_times.append(f"{due:%a %d %H:%M}")
        at = due
    return due_times


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("daily 09:00", DigestTimes(at=time(9))),
        ("daily 9:00", DigestTimes(at=time(9))),
        (" Daily   23:59 ", DigestTimes(at=time(23, 59))),
        ("Mon 09:00", DigestTimes(at=time(9), weekday=0)),
        ("weekly Sun 00:00", DigestTimes(at=time(0), weekday=6)),
        ("WEEKLY fri 7:30", DigestTimes(at=time(7, 30), weekday=4)),
    ],
)
def test_a_time_is_read_and_written(text: str, times: DigestTimes) -> None:
    assert DigestTimes.parse(text) == times
    assert DigestTimes.parse(str(times)) == times


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hourly",
        "daily",
        "daily 25:00",
        "daily 09:60",
        "daily 9",
        "daily Mon 09:00",
        "Mon",
        "Monday 09:00",
        "weekly 09:00",
        "weekly 09:00 Mon",
        "09:00",
        "daily 009:00",
        "daily \N{ARABIC-INDIC DIGIT ZERO}9:00",
    ],
)
def test_any_other_text_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match='write "daily 09:00" or "Mon 09:00"'):
        DigestTimes.parse(text)


def test_a_daily_digest_comes_on_working_days_at_the_local_time() -> None:
    times = list_times("daily 09:00", RIGA, "2026-03-05T07:00", "2026-03-11T12:00")

    assert times == ["Fri 06 07:00", "Mon 09 07:00", "Tue 10 07:00", "Wed 11 07:00"]
    assert list_times("daily 09:00", HOLIDAY, "2026-03-09T00:00", "2026-03-11T12:00") == [
        "Mon 09 07:00",
        "Wed 11 07:00",
    ]


def test_a_weekly_digest_comes_on_its_day_be_it_a_working_day_or_not() -> None:
    assert list_times("Tue 09:00", HOLIDAY, "2026-03-04T00:00", "2026-03-20T00:00") == [
        "Tue 10 07:00",
        "Tue 17 07:00",
    ]
    assert list_times("weekly Sun 18:00", RIGA, "2026-03-04T00:00", "2026-03-20T00:00") == [
        "Sun 08 16:00",
        "Sun 15 16:00",
    ]


def test_a_time_that_the_clock_skips_comes_an_hour_later_by_the_clock() -> None:
    """On 29 March 2026 the clock in Riga goes from 03:00 to 04:00, which is 01:00 in UTC."""
    assert list_times("daily 03:30", EVERY_DAY, "2026-03-27T12:00", "2026-03-30T12:00") == [
        "Sat 28 01:30",
        "Sun 29 01:30",
        "Mon 30 00:30",
    ]


def test_of_a_time_that_comes_twice_the_first_counts() -> None:
    """On 25 October 2026 the clock in Riga goes from 04:00 back to 03:00, which is 01:00 in UTC."""
    assert list_times("daily 03:30", EVERY_DAY, "2026-10-24T12:00", "2026-10-26T12:00") == [
        "Sun 25 00:30",
        "Mon 26 01:30",
    ]


@pytest.mark.parametrize("text", ["daily 00:00", "daily 03:30", "daily 23:59", "Sun 03:30", "Mon 00:15"])
def test_the_last_time_is_that_before_the_next_at_any_moment_of_a_year(text: str) -> None:
    times, at = DigestTimes.parse(text), utc("2026-01-01T00:00:00.345678")
    for _ in range(365 * 5):
        last, next_ = times.find_last(at, [EVERY_DAY]), times.find_next(at, [EVERY_DAY])
        assert last is not None
        assert next_ is not None
        assert last <= at < next_
        assert times.find_next(last, [EVERY_DAY]) == next_
        assert times.find_last(next_, [EVERY_DAY]) == next_
        at += timedelta(hours=4, minutes=53)


def test_a_digest_of_several_routes_comes_on_the_working_days_of_any() -> None:
    saturdays = WorkingHours.parse("Sat-Sat 09:00-17:00", ZoneInfo("Europe/Riga"))

    friday = DigestTimes.parse("daily 09:00").find_next(utc("2026-03-06T08:00"), [RIGA, saturdays])

    assert friday == utc("2026-03-07T07:00")


def test_where_no_one_works_no_digest_is_due() -> None:
    closed = frozenset(date(2025, 1, 1) + timedelta(days=number) for number in range(1500))
    never = replace(RIGA, closed=ClosedDays(dates=closed))

    assert DigestTimes.parse("daily 09:00").find_last(utc("2026-12-01T08:00"), [never]) is None


def test_the_routing_file_says_when() -> None:
    text = f'{ROUTE}digest = "Mon 09:00"\n'

    [route] = file_parser.parse(text, notifiers={"console": None}).all

    assert route.digest == DigestTimes(at=time(9), weekday=0)
    assert file_parser.parse(ROUTE, notifiers={"console": None}).all[0].digest is None


@pytest.mark.parametrize("value", ['"hourly"', '"daily 25:00"', '"Mon"', "true", "9"])
def test_a_wrong_time_in_the_routing_file_is_named_with_its_line(value: str) -> None:
    with pytest.raises(RoutesInvalid, match=r"line 6: digest.*daily 09:00"):
        file_parser.parse(f"{ROUTE}digest = {value}\n", notifiers={"console": None})
