"""What a text has to be before it is read as a calendar (RFC 5545, 3.1 and 3.6)."""

from __future__ import annotations

import re

MAX_EVENTS = 5000
MAX_LINE_LENGTH = 256 * 1024
"""Bytes. RFC 5545 wants 75, but not all calendars fold their lines."""
MAX_DEPTH = 8
"""Components in each other: an alarm in an event in a calendar is 3."""
TOO_MUCH = "it takes too long to read, or too much memory: have it hold fewer events and time zones"
NOT_WELL_FORMED = "it is not written as a calendar (iCalendar)"
_PART = re.compile(rb"^(BEGIN|END):([^\r\n]{1,64}?)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class UnreadableCalendar(Exception):
    """A text is no calendar, or one beyond the limits; the message says why, in words for operators."""


def require_calendar(content: bytes) -> bytes:
    """Return the calendar without what is around it; raise `UnreadableCalendar`."""
    content = content.removeprefix(_BYTE_ORDER_MARK).strip()
    if not content.upper().startswith(b"BEGIN:VCALENDAR"):
        raise UnreadableCalendar("what is there is not a calendar (iCalendar)")
    if b"\0" in content:
        raise UnreadableCalendar("it has bytes that no calendar has")
    try:
        content.decode()
    except UnicodeDecodeError:
        raise UnreadableCalendar("it is not text in UTF-8") from None
    if max(map(len, content.splitlines())) > MAX_LINE_LENGTH:
        raise UnreadableCalendar("it has a line of more than 256 KiB")
    _require_whole(content)
    return content


def _require_whole(content: bytes) -> None:
    """Refuse a calendar that ends early, is too deep, or has too many events."""
    within: list[bytes] = []
    events = 0
    for match in _PART.finditer(content):
        name = match[2].upper()
        if match[1].upper() == b"BEGIN":
            within.append(name)
            events += name == b"VEVENT"
        elif not within or within.pop() != name:
            raise UnreadableCalendar("its parts do not end where they have to")
        if len(within) > MAX_DEPTH:
            raise UnreadableCalendar("its parts are nested too deeply")
        if events > MAX_EVENTS:
            raise UnreadableCalendar(f"it has more than {MAX_EVENTS:,} events")
    if within:
        raise UnreadableCalendar("it ends in the middle")
