"""Calendars for tests, and what is read in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from reviews.ports.calendars import CalendarContent, CalendarEvent

EVENT = CalendarEvent(
    uid="event-1", starts_at=date(2026, 3, 9), ends_at=date(2026, 3, 14), summary="Dana Park: holiday"
)


def calendar_event(**more: Any) -> CalendarEvent:
    """Return an event of five whole days around `START`, of Dana Park."""
    return replace(EVENT, **more)


def content_of(*events: CalendarEvent, **more: Any) -> CalendarContent:
    return CalendarContent(events=events, **{"event_count": len(events), **more})


def write_calendar(*events: str, head: str = "") -> bytes:
    """Return a calendar whose events have these lines, each with a UID of its own."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN", *head.splitlines()]
    for number, event in enumerate(events):
        own = [] if "UID:" in event else [f"UID:event-{number}@example.com"]
        lines += ["BEGIN:VEVENT", *own, "DTSTAMP:20260101T000000Z", *event.strip().splitlines(), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()
