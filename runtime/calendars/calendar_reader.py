"""Implementation of the product's port `CalendarReader`.

A calendar may be built to burden its reader, as one that recurs a billion times. It is read in a process
without settings, files and network that ends with its limits. The libraries that read it are loaded there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from documents.isolation import run_bounded
from reviews.ports.calendars import CalendarFailed
from runtime.calendars.calendar_text import TOO_MUCH
from runtime.calendars.event_encoding import decode_content

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.ports.calendars import CalendarContent
    from runtime.calendars.calendar_client import CalendarClient

MAX_READING_SECONDS = 60.0
"""For what the limit of processor time does not count: a machine that is overloaded."""
_COMMAND = (sys.executable, "-E", "-s", "-m", "runtime.calendars.child")


class IsolatedCalendarReader:
    """Fetches the calendar, and reads it in a process of its own."""

    def __init__(self, client: CalendarClient) -> None:
        self._client = client

    @property
    def host(self) -> str:
        return self._client.host

    def read(self, now: datetime) -> CalendarContent:
        return read_isolated(self._client.fetch(), now)


def read_isolated(
    content: bytes, now: datetime, *, wait_seconds: float = MAX_READING_SECONDS
) -> CalendarContent:
    """Return what is in a calendar; raise `CalendarFailed`, also if it takes longer than `wait_seconds`."""
    task = now.isoformat().encode() + b"\n" + content
    try:
        code, answer = run_bounded(list(_COMMAND), task, wait_seconds=wait_seconds)
    except subprocess.TimeoutExpired:
        raise CalendarFailed(TOO_MUCH) from None
    if code or not answer:
        raise CalendarFailed(TOO_MUCH)
    data = json.loads(answer)
    if "failure" in data:
        raise CalendarFailed(data["failure"])
    return decode_content(data)
