"""The events of a calendar as JSON: what the process that reads hands over."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from reviews.ports.calendars import CalendarContent, CalendarEvent

_DATE_LENGTH = len("2026-12-24")


def encode_content(content: CalendarContent) -> bytes:
    return json.dumps(asdict(content), default=_encode_time).encode()


def decode_content(data: dict[str, Any]) -> CalendarContent:
    events = tuple(_decode_event(each) for each in data["events"])
    return CalendarContent(**{**data, "events": events})


def _encode_time(value: date) -> str:
    return value.isoformat()


def _decode_event(data: dict[str, Any]) -> CalendarEvent:
    times = {name: _decode_time(data[name]) for name in ("starts_at", "ends_at")}
    return CalendarEvent(**{**data, **times, "attendees": tuple(data["attendees"])})


def _decode_time(text: str) -> date:
    return date.fromisoformat(text) if len(text) == _DATE_LENGTH else datetime.fromisoformat(text)
