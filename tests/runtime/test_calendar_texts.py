"""What is read in the text of a calendar, as Google, Outlook and others write it, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from reviews.ports.calendars import CalendarFailed
from runtime.calendars.calendar_reader import read_isolated
from runtime.calendars.calendar_text import MAX_EVENTS, NOT_WELL_FORMED
from tests.reviews.calendars import write_calendar

if TYPE_CHECKING:
    from reviews.ports.calendars import CalendarContent

NOW = datetime(2026, 10, 20, 12, 0, 0, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

GOOGLE = """\
BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:PUBLISH
X-WR-CALNAME:Absences
X-WR-TIMEZONE:Europe/Riga
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261021
DTEND;VALUE=DATE:20261024
DTSTAMP:20261020T080000Z
UID:0abc1defg2@google.com
CREATED:20261001T080000Z
DESCRIPTION:Gone fishing.<br>stand-in: eli@example.com
LAST-MODIFIED:20261001T080000Z
SEQUENCE:1
STATUS:CONFIRMED
SUMMARY:Dana Park\\, holiday
TRANSP:OPAQUE
END:VEVENT
BEGIN:VEVENT
DTSTART:20261022T060000Z
DTEND:20261022T140000Z
DTSTAMP:20261020T080000Z
ORGANIZER;CN=Team:mailto:team@group.calendar.google.com
UID:3hijk4lmn5@google.com
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=Dana
 Park;X-NUM-GUESTS=0:mailto:Dana@Example.com
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;CN=e
 li@example.com;X-NUM-GUESTS=0:mailto:eli@example.com
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=DECLINED;X-NUM-GUES
 TS=0:mailto:finn@example.com
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=TENTATIVE;X-NUM-GUE
 STS=0:mailto:gil@example.com
SEQUENCE:0
STATUS:CONFIRMED
SUMMARY:Conference
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-P0DT0H10M0S
END:VALARM
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261027
DTEND;VALUE=DATE:20261028
DTSTAMP:20261020T080000Z
UID:6opqr7stu8@google.com
STATUS:CANCELLED
SUMMARY:Dana Park: cancelled holiday
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261028
DTSTAMP:20261020T080000Z
UID:9vwxyz@google.com
STATUS:TENTATIVE
SUMMARY:Dana Park: perhaps
END:VEVENT
END:VCALENDAR
"""

OUTLOOK = """\
BEGIN:VCALENDAR
METHOD:PUBLISH
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
X-WR-CALNAME:Abwesenheiten
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
DESCRIPTION:Bin nicht da.\\nVertretung: eli@example.com\\n
RRULE:FREQ=WEEKLY;UNTIL=20261109T080000Z;INTERVAL=1;BYDAY=MO;WKST=MO
UID:040000008200E00074C5B7101A82E00800000000
SUMMARY:Dana Park: Pflegezeit
DTSTART;TZID=W. Europe Standard Time:20261012T090000
DTEND;TZID=W. Europe Standard Time:20261012T170000
CLASS:PUBLIC
PRIORITY:5
DTSTAMP:20261001T080000Z
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:0
X-MICROSOFT-CDO-BUSYSTATUS:OOF
END:VEVENT
BEGIN:VEVENT
UID:040000008200E00074C5B7101A82E00800000000
RECURRENCE-ID;TZID=W. Europe Standard Time:20261102T090000
SUMMARY:Dana Park: Pflegezeit
DTSTART;TZID=W. Europe Standard Time:20261103T130000
DTEND;TZID=W. Europe Standard Time:20261103T170000
DTSTAMP:20261001T080000Z
SEQUENCE:1
END:VEVENT
END:VCALENDAR
"""

HR_EXPORT = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example HR//Absences//EN
BEGIN:VEVENT
UID:leave-4711
DTSTAMP:20261001T080000Z
DTSTART;VALUE=DATE:20261019
DTEND;VALUE=DATE:20261103
SUMMARY:Dana Park - Annual leave
END:VEVENT
BEGIN:VEVENT
UID:leave-4712
DTSTAMP:20261001T080000Z
DTSTART;VALUE=DATE:20261021
SUMMARY:Eli Ross - Sick leave
END:VEVENT
END:VCALENDAR
"""


def read(content: bytes | str, now: datetime = NOW) -> CalendarContent:
    return read_isolated(content.encode() if isinstance(content, str) else content, now)


def list_times(content: bytes | str, now: datetime = NOW) -> list[tuple[date, date]]:
    return sorted((each.starts_at, each.ends_at) for each in read(content, now).events)


def test_a_calendar_of_google_is_read() -> None:
    content = read(GOOGLE.replace("\n", "\r\n"))

    holiday, conference = content.events
    assert (content.event_count, content.unread, content.zone) == (4, 0, "Europe/Riga")
    assert (holiday.starts_at, holiday.ends_at) == (date(2026, 10, 21), date(2026, 10, 24))
    assert (holiday.uid, holiday.summary) == ("0abc1defg2@google.com", "Dana Park, holiday")
    assert (holiday.has_attendees, holiday.organizer) == (False, None)
    assert conference.starts_at == datetime(2026, 10, 22, 6, tzinfo=UTC)
    assert conference.attendees == ("dana@example.com",)
    assert (conference.has_attendees, conference.organizer) == (True, "team@group.calendar.google.com")


def test_a_calendar_of_outlook_is_read_with_its_moved_occurrence() -> None:
    content = read(OUTLOOK.replace("\n", "\r\n"))

    times = [(each.starts_at, each.ends_at) for each in content.events]
    # Europe's clocks go back on 25 October: nine o'clock is 7:00 UTC before and 8:00 UTC after.
    assert sorted(times) == [
        (datetime(2026, 10, 19, 7, tzinfo=UTC), datetime(2026, 10, 19, 15, tzinfo=UTC)),
        (datetime(2026, 10, 26, 8, tzinfo=UTC), datetime(2026, 10, 26, 16, tzinfo=UTC)),
        (datetime(2026, 11, 3, 12, tzinfo=UTC), datetime(2026, 11, 3, 16, tzinfo=UTC)),
        (datetime(2026, 11, 9, 8, tzinfo=UTC), datetime(2026, 11, 9, 16, tzinfo=UTC)),
    ]
    assert {each.uid for each in content.events} == {"040000008200E00074C5B7101A82E00800000000"}


def test_an_export_with_plain_line_ends_and_a_byte_order_mark_is_read() -> None:
    assert list_times(b"\xef\xbb\xbf" + HR_EXPORT.encode()) == [
        (date(2026, 10, 19), date(2026, 11, 3)),
        (date(2026, 10, 21), date(2026, 10, 22)),
    ]


def test_an_event_that_began_long_ago_counts_while_it_lasts() -> None:
    parental_leave = "DTSTART;VALUE=DATE:20250101\nDTEND;VALUE=DATE:20270101"
    over = "DTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20261015"
    distant = "DTSTART;VALUE=DATE:20270601\nDTEND;VALUE=DATE:20270605"
    content = read(write_calendar(parental_leave, over, distant))

    assert [each.starts_at for each in content.events] == [date(2025, 1, 1)]
    assert content.event_count == 3


@pytest.mark.parametrize(
    ("now", "before", "after"),
    [
        (datetime(2026, 10, 24, 12, tzinfo=UTC), (24, 6), (25, 7)),
        (datetime(2026, 3, 28, 12, tzinfo=UTC), (28, 7), (29, 6)),
    ],
    ids=["autumn", "spring"],
)
def test_a_recurring_event_keeps_its_hour_over_the_change_of_the_clock(
    now: datetime, before: tuple[int, int], after: tuple[int, int]
) -> None:
    daily = "DTSTART;TZID=Europe/Riga:20260105T090000\nDURATION:PT8H\nRRULE:FREQ=DAILY"

    times = list_times(write_calendar(daily), now)

    for day, hour in (before, after):
        start = now.replace(day=day, hour=hour)
        assert (start, start + 8 * HOUR) in times


def test_an_event_over_the_change_of_the_clock_is_an_hour_longer() -> None:
    night = "DTSTART;TZID=Europe/Riga:20261024T200000\nDTEND;TZID=Europe/Riga:20261025T200000"
    ((starts_at, ends_at),) = list_times(write_calendar(night))
    assert ends_at - starts_at == 25 * HOUR


def test_exceptions_take_occurrences_out() -> None:
    series = "UID:a\nDTSTART;VALUE=DATE:20261020\nRRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;VALUE=DATE:20261103"
    cancelled = "UID:a\nRECURRENCE-ID;VALUE=DATE:20261027\nDTSTART;VALUE=DATE:20261027\nSTATUS:CANCELLED"

    days = [start for start, _ in list_times(write_calendar(series, cancelled))]

    assert days == [date(2026, 10, 20), date(2026, 11, 10)]


def test_the_calendars_zone_holds_for_times_without_one_and_may_be_unknown() -> None:
    floating = "DTSTART:20261021T090000\nDURATION:PT1H"
    start = datetime(2026, 10, 21, 9)  # noqa: DTZ001 - as the calendar has it

    riga = read(write_calendar(floating, head="X-WR-TIMEZONE:Europe/Riga"))
    windows = read(write_calendar(floating, head="X-WR-TIMEZONE:FLE Standard Time"))
    unknown = read(write_calendar(floating, head="X-WR-TIMEZONE:../../../etc/passwd"))

    assert riga.events[0].starts_at == datetime(2026, 10, 21, 6, tzinfo=UTC)
    assert (windows.zone, windows.events[0].starts_at) == ("Europe/Kiev", riga.events[0].starts_at)
    assert (unknown.zone, unknown.events[0].starts_at) == (None, start)
    assert read(write_calendar(floating)).events[0].starts_at == start


@pytest.mark.parametrize(
    "unread",
    [
        "DTSTART:20261021T090000Z\nRRULE:FREQ=SECONDLY",
        "DTSTART:20261021T090000Z\nRRULE:FREQ=MINUTELY;COUNT=1000000000",
        "DTSTART:20261021T090000Z\nRRULE:FREQ=HOURLY",
        "DTSTART:20261021T090000Z\nRRULE:FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=0",
        "DTSTART:20261021T090000Z\nRRULE:FREQ=DAILY;INTERVAL=0",
        "DTSTART:20261021T090000Z\nRRULE:nonsense",
        "DTSTART:2026102xT090000Z",
        "SUMMARY:no beginning",
    ],
)
def test_an_event_that_can_not_be_read_is_counted_and_takes_no_other_along(unread: str) -> None:
    content = read(write_calendar(unread, "DTSTART;VALUE=DATE:20261021\nSUMMARY:good"))

    assert [each.summary for each in content.events] == ["good"]
    assert (content.event_count, content.unread) == (2, 1)


def test_a_rule_with_a_billion_occurrences_gives_those_of_two_months() -> None:
    events = read(write_calendar("DTSTART;VALUE=DATE:20200101\nRRULE:FREQ=DAILY;COUNT=1000000000")).events
    assert len(events) == 62


ONE = "DTSTART;VALUE=DATE:20261021"
GOOD = write_calendar(ONE)
DAILY = "DTSTART:20261001T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"
FLOOD = "\n".join(
    f"RDATE:{(NOW + number * timedelta(minutes=1)).strftime('%Y%m%dT%H%M%SZ')}" for number in range(20_001)
)
DEEP = "BEGIN:VEVENT\r\n" * 9 + "END:VEVENT\r\n" * 9
HOSTILE = {
    "a page": (b"<!DOCTYPE html><html><title>Sign in</title></html>", "not a calendar"),
    "nothing": (b"", "not a calendar"),
    "an address book": (b"BEGIN:VCARD\r\nEND:VCARD\r\n", "not a calendar"),
    "wrong bytes": (GOOD.replace(b"Example", b"Ex\xe4mple"), "not text in UTF-8"),
    "a NUL": (GOOD.replace(b"Example", b"Ex\0mple"), "bytes that no calendar has"),
    "no end": (GOOD.replace(b"END:VCALENDAR", b""), "ends in the middle"),
    "cut in an event": (GOOD[: GOOD.index(b"END:VEVENT")], "ends in the middle"),
    "an end too much": (GOOD.replace(b"END:VEVENT", b"END:VEVENT\r\nEND:VEVENT"), "do not end where"),
    "ends exchanged": (GOOD.replace(b"END:VEVENT", b"END:VTODO"), "do not end where"),
    "parts in parts": (GOOD.replace(b"BEGIN:VEVENT", DEEP.encode() + b"BEGIN:VEVENT"), "nested too deeply"),
    "a long line": (write_calendar(f"{ONE}\nDESCRIPTION:{'x' * 300_000}"), "a line of more than 256 KiB"),
    "two calendars": (GOOD + GOOD, "not written as a calendar"),
    "another scale": (write_calendar(ONE, head="CALSCALE:JULIAN"), "not written as a calendar"),
    "many events": (write_calendar(*[ONE] * (MAX_EVENTS + 1)), "more than 5,000 events"),
    "many occurrences": (write_calendar(*[DAILY] * 340), "more than 20,000 events in two months"),
    "many dates": (write_calendar(f"{ONE}T000000Z\n{FLOOD}".replace(";VALUE=DATE", "")), "more than 20,000"),
}


@pytest.mark.parametrize(("content", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_calendar_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(CalendarFailed, match=reason):
        read(content)


def write_zone(line: str) -> str:
    """Return a time zone `Own` of one rule, with a line of an attacker."""
    rule = (
        f"BEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n{line}\nEND:STANDARD"
    )
    return f"BEGIN:VTIMEZONE\nTZID:Own\n{rule}\nEND:VTIMEZONE"


OWN_ZONE = "DTSTART;TZID=Own:20261021T090000\nDURATION:PT1H"
OVERRIDES = [
    f"UID:a\nRECURRENCE-ID;RANGE=THISANDFUTURE:{NOW + number * HOUR:%Y%m%dT%H%M%SZ}\n{ONE}"
    for number in range(500)
]
ATTACKS = {
    "a zone that changes each second": (
        write_calendar(OWN_ZONE, head=write_zone("RRULE:FREQ=SECONDLY")),
        "1 events",
    ),
    "a zone in terms of itself": (
        write_calendar(OWN_ZONE, head=write_zone("RDATE;TZID=Own:20261021T090000")),
        NOT_WELL_FORMED,
    ),
    "an event that ends after all time": (write_calendar(f"{ONE}\nDURATION:P99999999D"), NOT_WELL_FORMED),
    "an endless number": (write_calendar(f"{ONE}\nRRULE:FREQ=DAILY;INTERVAL={'9' * 20}"), "0 events"),
    "a series changed 500 times": (write_calendar(f"UID:a\n{DAILY}", *OVERRIDES), "561 events"),
    "one UID 300 times": (write_calendar(*[f"UID:a\n{DAILY}"] * 300), "61 events"),
    "another encoding": (GOOD.decode().encode("utf-16"), "what is there is not a calendar (iCalendar)"),
}


def test_an_attack_ends_within_the_limits_with_what_can_be_read_or_a_reason() -> None:
    for name, (content, expected) in ATTACKS.items():
        try:
            outcome = f"{len(read(content).events)} events"
        except CalendarFailed as failure:
            outcome = str(failure)
        assert (name, outcome) == (name, expected)


def test_what_takes_too_long_ends_with_the_process_that_reads() -> None:
    endless = "DTSTART:00010101T000000Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31"
    with pytest.raises(CalendarFailed, match="too long to read, or too much memory"):
        read_isolated(write_calendar(*[endless] * 200), NOW, wait_seconds=1.0)


def test_a_zone_that_the_calendar_brings_along_is_used() -> None:
    own = OUTLOOK.replace("W. Europe Standard Time", "Our office").replace("+0200", "+0330")

    times = list_times(own)

    assert times[-1][0] == datetime(2026, 11, 9, 8, tzinfo=UTC)
    assert times[0][0] == datetime(2026, 10, 19, 5, 30, tzinfo=UTC)


def test_the_process_that_asks_loads_no_library_for_calendars() -> None:
    code = (
        "import json, sys, runtime.wiring.wiring, runtime.worker.worker, runtime.doctor;"
        "print(json.dumps([each for each in sys.modules if each.split('.')[0] in"
        " ('icalendar', 'recurring_ical_events', 'x_wr_timezone', 'dateutil')]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert [each for each in json.loads(done.stdout) if not each.startswith("dateutil")] == []
