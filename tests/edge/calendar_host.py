"""The host of a calendar on loopback: a private address, and what Google and others answer at it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.edge.loopback import Reply, Request
from tests.edge.loopback_service import LoopbackService

SECRET = "private-0f3ac1d2e4b5"
PATH = f"/calendar/ical/{SECRET}/basic.ics"
CALENDAR_TYPE = "text/calendar; charset=UTF-8"


@dataclass(eq=False)
class CalendarHost(LoopbackService):
    """Answers with `calendar` at its private address, and with a page elsewhere."""

    calendar: bytes = b""

    @property
    def url(self) -> str:
        return f"{self.root}{PATH}"

    def reply_strictly(self, request: Request) -> Reply:
        if request.path != PATH:
            return Reply(404, b"<!DOCTYPE html>", content_type="text/html")
        if request.method != "GET" or request.body or "authorization" in request.headers:
            return Reply(400, b"", content_type="text/plain")
        return Reply(200, self.calendar, content_type=CALENDAR_TYPE)
