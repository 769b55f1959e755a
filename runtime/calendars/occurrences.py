"""Reads the events of a calendar by icalendar and recurring-ical-events, in the process that reads."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

import icalendar
import recurring_ical_events
from icalendar.timezone import tzp
from icalendar.timezone.zoneinfo import ZONEINFO

from reviews.ports.calendars import CalendarContent, CalendarEvent
from runtime.calendars.calendar_text import NOT_WELL_FORMED, UnreadableCalendar, require_calendar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, tzinfo

PAST, FUTURE = timedelta(days=1), timedelta(days=60)
"""The window around now: it moves on with each hour, and who is away next year need not be stored today."""
MAX_OCCURRENCES = 20_000
MAX_SUMMARY_LENGTH = 500
MAX_ATTENDEES = 500
_ZONE = "X-WR-TIMEZONE"
_DAILY_OR_RARER = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_TIMES_OF_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
_NOT_SURE = {"CANCELLED", "TENTATIVE"}
_FIRST_CALENDAR = b"""\
BEGIN:VCALENDAR
X-WR-TIMEZONE:Europe/Berlin
BEGIN:VTIMEZONE
TZID:Own
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:1
DTSTART;TZID=Own:20261001T090000
DURATION:PT1H
RRULE:FREQ=WEEKLY;UNTIL=20261101T080000Z
EXDATE;TZID=/vendor.example/Europe/Berlin:20261008T090000
RDATE;VALUE=PERIOD:20261009T090000Z/PT1H
ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.com
END:VEVENT
BEGIN:VEVENT
UID:1
RECURRENCE-ID;TZID=Own;RANGE=THISANDFUTURE:20261015T090000
DTSTART;TZID=Nowhere:20261015T100000
DTEND:20261015Tx
END:VEVENT
END:VCALENDAR
"""


class LoadedZones(ZONEINFO):
    """All time zones, loaded before the process gives up the right to open files."""

    def __init__(self) -> None:
        self._zones = {name: ZoneInfo(name) for name in available_timezones()}

    def timezone(self, name: str) -> tzinfo | None:
        return self._zones.get(name)

    def knows_timezone_id(self, tzid: str) -> bool:
        return tzid in self._zones


def load_zones() -> LoadedZones:
    """Load all time zones, have icalendar use them, and load what the libraries import at their first use."""
    zones = LoadedZones()
    tzp.use(zones)
    read_calendar(_FIRST_CALENDAR, datetime(2026, 10, 1, tzinfo=UTC), zones)
    tzp.use(zones)  # forgets the zone of that calendar
    return zones


def read_calendar(content: bytes, now: datetime, zones: LoadedZones) -> CalendarContent:
    """Return what is in a calendar around now.

    Raises `UnreadableCalendar`, and for defects that the libraries do not expect, any exception.
    """
    warnings.simplefilter("ignore")
    calendar = _parse_calendar(require_calendar(content))
    zone = _read_zone(calendar, zones)
    events = calendar.walk("VEVENT")
    for event in events:
        if not _is_readable(event):
            calendar.subcomponents.remove(event)
    unread = len(events) - len(calendar.walk("VEVENT"))
    query = recurring_ical_events.of(calendar, skip_bad_series=True)
    # What is cancelled is left out last: until then it takes the place of the occurrence that it cancels.
    occurrences = tuple(
        _build_event(each)
        for each in _list_occurrences(query, now)
        if str(each.get("STATUS", "")).upper() not in _NOT_SURE
    )
    return CalendarContent(events=occurrences, event_count=len(events), unread=unread, zone=zone)


def _parse_calendar(content: bytes) -> icalendar.Calendar:
    """Return the calendar; events after the end of the first one belong to none."""
    try:
        return icalendar.Calendar.from_ical(content)
    except ValueError:
        raise UnreadableCalendar(NOT_WELL_FORMED) from None


def _read_zone(calendar: icalendar.Calendar, zones: LoadedZones) -> str | None:
    """Return the zone of the calendar; one that does not exist is taken out: the library fails on it."""
    name = calendar.get(_ZONE)
    if name is None:
        return None
    zone: Any = tzp.timezone(str(name)[:100])
    if not isinstance(zone, ZoneInfo) or zones.timezone(zone.key) is None:
        del calendar[_ZONE]
        return None
    calendar[_ZONE] = zone.key
    return zone.key


def _is_readable(event: Any) -> bool:
    """Return whether an event has a beginning and recurs daily at most; no absence is an hourly one."""
    if event.errors or "DTSTART" not in event:
        return False
    rules: Any = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        if min(map(int, rule.get("INTERVAL", [1]))) < 1:
            return False  # it would never end
        if not {str(each).upper() for each in rule.get("FREQ", [""])} <= _DAILY_OR_RARER:
            return False
        if any(len(rule.get(name, [])) > 1 for name in _TIMES_OF_A_DAY):
            return False
    return True


def _list_occurrences(query: recurring_ical_events.CalendarQuery, now: datetime) -> Iterator[Any]:
    count = 0
    for series in query.series:
        for occurrence in series.between(now - PAST, now + FUTURE):
            count += 1
            if count > MAX_OCCURRENCES:
                raise UnreadableCalendar(f"it has more than {MAX_OCCURRENCES:,} events in two months")
            yield occurrence.as_component(keep_recurrence_attributes=False)


def _build_event(event: Any) -> CalendarEvent:
    attendees = event.get("ATTENDEE", [])
    attendees = attendees if isinstance(attendees, list) else [attendees]
    accepted = [each for each in attendees[:MAX_ATTENDEES] if _read_answer(each) == "ACCEPTED"]
    organizer = event.get("ORGANIZER")
    return CalendarEvent(
        uid=str(event.get("UID", "")),
        starts_at=_normalize_time(event["DTSTART"].dt),
        ends_at=_normalize_time(event["DTEND"].dt),
        summary=str(event.get("SUMMARY", ""))[:MAX_SUMMARY_LENGTH],
        attendees=tuple(filter(None, map(_read_address, accepted))),
        has_attendees=bool(attendees),
        organizer=_read_address(organizer) if organizer is not None else None,
    )


def _read_answer(attendee: Any) -> str:
    return str(attendee.params.get("PARTSTAT", "NEEDS-ACTION")).upper()


def _read_address(value: Any) -> str | None:
    """Return the address of a person who is named by mailto (RFC 5545, 3.3.3)."""
    scheme, _, address = str(value).strip().partition(":")
    return address.casefold() if scheme.lower() == "mailto" and "@" in address else None


def _normalize_time(value: date) -> date:
    is_zoned = isinstance(value, datetime) and value.tzinfo is not None
    return value.astimezone(UTC) if is_zoned and isinstance(value, datetime) else value
