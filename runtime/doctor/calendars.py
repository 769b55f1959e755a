"""The calendar of absences: whether it can be read, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.ports.calendars import CalendarFailed
from reviews.text import clean_text
from runtime.doctor.database import has_database
from runtime.doctor.findings import report_error, report_ok, report_warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.absences.calendar_reading import CalendarReading
    from reviews.ports.calendars import CalendarContent
    from runtime.doctor.findings import Finding
    from runtime.wiring.wiring import Wiring

CALENDAR = "absences"
MAX_LISTED_EVENTS = 20


def check_calendar(wiring: Wiring) -> Iterator[Finding]:
    """Read the calendar once, and report what is in it and what is ignored. Nothing is stored."""
    reader = wiring.calendar_reader
    if reader is None or not has_database(wiring):
        return
    try:
        content = reader.read(wiring.clock())
    except CalendarFailed as failure:
        message = f"the calendar on {reader.host} can't be read: {failure}"
        remedy = "see whether absences in the routing file is its address; the absences known from it stay"
        yield report_error(CALENDAR, message, remedy)
        return
    reading = wiring.calendar_sync.read(content)
    yield report_ok(CALENDAR, _describe_reading(reader.host, content, reading))
    for event in reading.unclear[:MAX_LISTED_EVENTS]:
        message = (
            f"the event {clean_text(event.title)!r} of {event.starts_at:%Y-%m-%d} is ignored: {event.reason}"
        )
        yield report_warning(
            CALENDAR, message, "begin its title with an address, as in anna@example.com: holiday"
        )
    if len(reading.unclear) > MAX_LISTED_EVENTS:
        message = f"{_format_count(len(reading.unclear) - MAX_LISTED_EVENTS)} more are not clear, and ignored"
        yield report_warning(CALENDAR, message, "correct those above first")
    if content.unread:
        message = f"it can't be read when they are, or more than once a day: {_format_count(content.unread)}"
        yield report_warning(CALENDAR, message, "correct these events in the calendar")


def _describe_reading(host: str, content: CalendarContent, reading: CalendarReading) -> str:
    return (
        f"the calendar on {host} has {_format_count(content.event_count)}; in the next two months "
        f"{_format_count(len(reading.absences), 'absence')} of "
        f"{_format_count(reading.people, 'known person', 'known people')}, "
        f"{reading.without_person:,} of no one known"
    )


def _format_count(count: int, noun: str = "event", plural: str | None = None) -> str:
    return f"1 {noun}" if count == 1 else f"{count:,} {plural or f'{noun}s'}"
