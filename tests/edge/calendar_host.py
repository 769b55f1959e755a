"""The host of a calendar on loopback: a private address, and what Google and others answer at it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from tests.edge.loopback import Loopback, Reply, Request

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = "private-0f3ac1d2e4b5"
PATH = f"/calendar/ical/{SECRET}/basic.ics"
CALENDAR_TYPE = "text/calendar; charset=UTF-8"


@dataclass(eq=False)
class CalendarHost:
    """Answers with `calendar` at its private address, and with a page elsewhere; `answer` takes its place."""

    calendar: bytes = b""
    answer: Callable[[Request], Reply] | None = None
    requests: list[Request] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self._server.root}{PATH}"

    def __enter__(self) -> Self:
        self._server = Loopback(self._reply)
        self._server.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.__exit__(None, None, None)

    def hang(self, seconds: float) -> None:
        """Keep silent so long, or until the server closes."""
        self._server.hang(seconds)

    def _reply(self, request: Request) -> Reply:
        self.requests.append(request)
        if self.answer:
            return self.answer(request)
        if request.path != PATH:
            return Reply(404, b"<!DOCTYPE html>", content_type="text/html")
        if request.method != "GET" or request.body or "authorization" in request.headers:
            return Reply(400, b"", content_type="text/plain")
        return Reply(200, self.calendar, content_type=CALENDAR_TYPE)
