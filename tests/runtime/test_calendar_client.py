"""Fetching a calendar: what is no calendar says why, and never at which address."""

from __future__ import annotations

import gzip
import traceback
from typing import TYPE_CHECKING

import pytest

from reviews.ports.calendars import CalendarFailed
from reviews.routes.calendar_address import CalendarAddress
from runtime.calendars.calendar_client import MAX_CALENDAR_BYTES, CalendarClient
from tests.edge.calendar_host import CALENDAR_TYPE, PATH, SECRET, CalendarHost
from tests.edge.dripping_sender import ANSWERS, DrippingSender
from tests.edge.loopback import Dropped, Reply, Request

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def host() -> Iterator[CalendarHost]:
    with CalendarHost(TEXT) as fake:
        yield fake


def build_client(url: str, *, seconds: float = 20.0, max_seconds: float = 30.0) -> CalendarClient:
    return CalendarClient(CalendarAddress("127.0.0.1", url), seconds=seconds, max_seconds=max_seconds)


def explain_failure(client: CalendarClient) -> str:
    """Return why it failed, after looking for the secret in all that the error shows."""
    with pytest.raises(CalendarFailed) as raised:
        client.fetch()
    shown = "".join(traceback.format_exception(raised.value)) + repr(client)
    assert SECRET not in shown
    return str(raised.value)


def answer_with(status: int = 200, body: bytes = TEXT, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, body, content_type=CALENDAR_TYPE, headers=named)


def test_a_calendar_is_fetched_by_one_get(host: CalendarHost) -> None:
    assert build_client(host.url).fetch() == TEXT
    assert [(each.method, each.path) for each in host.requests] == [("GET", PATH)]


def test_a_packed_answer_is_unpacked(host: CalendarHost) -> None:
    host.answer = lambda _request: answer_with(body=gzip.compress(TEXT), Content_Encoding="gzip")
    assert build_client(host.url).fetch() == TEXT


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (answer_with(302, b"", Location=f"https://elsewhere.example.com{PATH}"), "it redirects (302)"),
        (answer_with(301, b"", Location=PATH), "it redirects (301)"),
        (answer_with(401), "it wants a password: use the calendar's private address (401)"),
        (answer_with(403), "it refuses: see whether"),
        (answer_with(404), "there is no calendar at this address: see whether"),
        (answer_with(410), "there is no calendar at this address any more (410)"),
        (answer_with(429), "it is read too often (429)"),
        (answer_with(500), "it answers with an error (500)"),
        (answer_with(204, b""), "it answers with an error (204)"),
        (answer_with(body=b"x" * (6 * 1024 * 1024)), "it has more than 5 MiB"),
        (
            answer_with(body=gzip.compress(b"x" * (50 * MAX_CALENDAR_BYTES)), Content_Encoding="gzip"),
            "it has more than 5 MiB",
        ),
        (answer_with(body=b"no gzip", Content_Encoding="gzip"), "no answer (ContentDecodingError)"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else str(value.status),
)
def test_what_is_no_calendar_says_why_and_never_at_which_address(
    host: CalendarHost, reply: Reply, reason: str
) -> None:
    host.answer = lambda _request: reply

    assert explain_failure(build_client(host.url)).startswith(reason)
    assert len(host.requests) == 1


def test_five_mebibytes_are_taken(host: CalendarHost) -> None:
    host.answer = lambda _request: answer_with(body=b"x" * MAX_CALENDAR_BYTES)
    assert len(build_client(host.url).fetch()) == MAX_CALENDAR_BYTES


def test_a_host_that_keeps_silent_is_left(host: CalendarHost) -> None:
    def hang(_request: Request) -> Reply:
        host.hang(60)
        raise Dropped

    host.answer = hang
    assert explain_failure(build_client(host.url, seconds=0.2)) == "it does not answer in time"


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_that_never_ends_is_left(answer: str) -> None:
    with DrippingSender(answer) as far:
        client = build_client(f"http://{far.place}{PATH}", max_seconds=0.5)
        assert explain_failure(client) == "it does not answer in time"


def test_a_host_that_is_not_there_or_hangs_up_is_said_without_the_address(host: CalendarHost) -> None:
    def drop(_request: Request) -> Reply:
        raise Dropped

    host.answer = drop
    assert explain_failure(build_client(host.url)) == "no answer (ConnectionError)"
    assert explain_failure(build_client(f"http://127.0.0.1:1{PATH}")) == "no answer (ConnectionError)"


def test_a_server_without_a_certificate_is_not_spoken_to(host: CalendarHost) -> None:
    secure = host.url.replace("http://", "https://")
    assert explain_failure(build_client(secure)) == "its certificate is not accepted"
    assert host.requests == []
