"""The events that keep an inbox up to date, over HTTP: told once, soon, to few at a time, and to an end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import pytest
import requests

from pages.streams import MAX_STREAMS_PER_PERSON, RETRY_LATER_MS, Streams
from tests.journeys.processes import eventually
from tests.pages.inboxes import STRANGER, inbox_routes, open_inbox
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import DEPUTY, OWNER, Clock, event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.pages.inboxes import InboxApplication
    from tests.reviews.desk import Desk

SECONDS = 60.0
A_STREAMFUL = 200
"""Lines; far fewer than a stream has that is not ended."""


def quick(**more: Any) -> Streams:
    """Return streams that look often."""
    return Streams(**{"poll_seconds": 0.02, "heartbeat_seconds": 0.05, **more})


class Listener:
    """A person's browser that listens to the events of their inbox."""

    def __init__(self, address: str, at: InboxApplication, email: str | None = OWNER) -> None:
        self._address, self._session = address, requests.Session()
        if email:
            self._session.get(address + at.stand_ins.build_path(email), timeout=SECONDS)

    def find_event_address(self) -> str:
        """Open the inbox; return the address of its events."""
        page = self._session.get(f"{self._address}/inbox", timeout=SECONDS).text
        [address] = re.findall(r'data-events="([^"]+)"', page)
        return str(address).replace("&amp;", "&")

    def deny(self) -> None:
        """Say "Not you?" in the inbox, as in another tab."""
        page = self._session.get(f"{self._address}/inbox", timeout=SECONDS).text
        [token] = re.findall(r'name="csrf_token" value="([^"]+)"', page)[:1]
        form = {"csrf_token": token}
        answer = self._session.post(f"{self._address}/inbox/not-me", data=form, timeout=SECONDS)
        assert answer.status_code == 401

    def stream(self, path: str, **headers: str) -> Stream:
        return Stream(self._session.get(self._address + path, stream=True, timeout=SECONDS, headers=headers))


class Stream:
    """What comes in, line by line."""

    def __init__(self, answer: requests.Response) -> None:
        self.answer = answer
        self.lines: Iterator[str] = answer.iter_lines(chunk_size=1, decode_unicode=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.answer.close()

    def until(self, beginning: str) -> list[str]:
        """Return the lines up to the first that begins so."""
        lines = []
        for line in self.lines:
            lines.append(line)
            if line.startswith(beginning):
                return lines
        raise AssertionError(lines)


@pytest.fixture
def streams() -> Streams:
    return quick()


@pytest.fixture
def at(desk: Desk, streams: Streams) -> InboxApplication:
    desk.follow(inbox_routes())
    return open_inbox(desk, streams=streams)


@pytest.fixture
def address(at: InboxApplication, streams: Streams) -> Iterator[str]:
    with at.served() as address:
        yield address
        streams.stopping.set()


def test_a_change_is_told_when_it_happens_and_not_before(
    desk: Desk, at: InboxApplication, address: str
) -> None:
    dana = Listener(address, at)
    with dana.stream(dana.find_event_address()) as stream:
        before = stream.until(": still here")
        desk.open(event())
        lines = stream.until("event: change")

    assert stream.answer.headers["Content-Type"].startswith("text/event-stream")
    assert stream.answer.headers["Cache-Control"] == "no-store"
    assert not [line for line in before if line.startswith("event")]
    assert [line for line in lines if line.startswith("id: ")]


def test_an_answer_of_another_person_is_reported(desk: Desk, at: InboxApplication, address: str) -> None:
    review = desk.open(event())
    sam = Listener(address, at, DEPUTY)
    with sam.stream(sam.find_event_address()) as stream:
        stream.until("retry")
        desk.answers.record_answer(build_answer_request(review))

        assert stream.until("event: change")


def test_what_happened_while_no_browser_listened_is_told_at_once(
    desk: Desk, at: InboxApplication, address: str
) -> None:
    dana = Listener(address, at)
    path = dana.find_event_address()
    desk.open(event())

    with dana.stream(path) as stream:
        lines = stream.until("event: change")
        [last_id] = [line.removeprefix("id: ") for line in lines if line.startswith("id: ")]
    with dana.stream(path, **{"Last-Event-ID": last_id}) as stream:
        again = stream.until(": still here")

    assert not [line for line in again if line.startswith("event")]


def test_whose_business_it_is_not_hears_nothing(desk: Desk, at: InboxApplication, address: str) -> None:
    stranger = Listener(address, at, STRANGER)
    with stranger.stream(stranger.find_event_address()) as stream:
        stream.until(": still here")
        desk.open(event())
        lines = stream.until("id: ") + stream.until(": still here")

    assert not [line for line in lines if line.startswith("event")]


def test_a_stream_ends_with_its_session(desk: Desk) -> None:
    desk.follow(inbox_routes())
    streams = quick(
        stream_seconds=3600.0, heartbeat_seconds=3600.0
    )  # nothing but the end of its session ends it
    at = open_inbox(desk, streams=streams)
    with at.served() as address:
        dana = Listener(address, at)
        try:
            with dana.stream(dana.find_event_address()) as stream:
                stream.until("retry")
                dana.deny()
                last = list(stream.lines)
            again = dana.stream("/inbox/events").answer.status_code
        finally:
            streams.stopping.set()

    assert not [line for line in last if line.startswith("event")]
    assert again == 401


def test_someone_who_has_not_shown_who_they_are_gets_no_stream(at: InboxApplication, address: str) -> None:
    answer = Listener(address, at, None).stream("/inbox/events")

    assert (answer.answer.status_code, answer.answer.text) == (401, "")


def test_a_review_of_others_has_no_stream(desk: Desk, at: InboxApplication, address: str) -> None:
    review = desk.open(event())

    assert (
        Listener(address, at, STRANGER).stream(f"/inbox/events?review={review.id}").answer.status_code == 404
    )


def test_a_stream_ends_when_the_process_is_asked_to(
    at: InboxApplication, address: str, streams: Streams
) -> None:
    dana = Listener(address, at)
    with dana.stream(dana.find_event_address()) as stream:
        stream.until(": still here")
        streams.stopping.set()
        rest = list(stream.lines)

    assert len(rest) < A_STREAMFUL


def test_a_stream_ends_by_itself(desk: Desk) -> None:
    desk.follow(inbox_routes())
    at = open_inbox(desk, streams=quick(stream_seconds=0.1))
    with at.served() as address:
        dana = Listener(address, at)
        lines = list(dana.stream(dana.find_event_address()).lines)

    assert lines[0] == "retry: 500"
    assert len(lines) < A_STREAMFUL


def test_who_comes_on_top_is_told_how_things_stand_and_to_come_again(desk: Desk) -> None:
    desk.follow(inbox_routes())
    streams = quick(max_streams=MAX_STREAMS_PER_PERSON + 1)
    at = open_inbox(desk, streams=streams)
    with at.served() as address:
        dana, sam = Listener(address, at), Listener(address, at, DEPUTY)
        dana_s, sam_s = dana.find_event_address(), sam.find_event_address()
        live = [dana.stream(dana_s) for _ in range(MAX_STREAMS_PER_PERSON)]
        third = dana.stream(dana_s).answer.text
        live.append(sam.stream(sam_s))
        desk.open(event())
        full = sam.stream(sam_s).answer.text
        streams.stopping.set()
        for stream in live:
            stream.answer.close()

    assert third == f"retry: {RETRY_LATER_MS}\n\n"
    assert full.startswith(f"retry: {RETRY_LATER_MS}\n\n")
    assert "event: change" in full


def test_a_browser_that_has_gone_gives_its_place_up(desk: Desk) -> None:
    desk.follow(inbox_routes())
    streams = quick(max_streams=1)
    at = open_inbox(desk, streams=streams)
    with at.served() as address:
        dana = Listener(address, at)
        path = dana.find_event_address()
        with dana.stream(path) as stream:
            stream.until("retry")
        taken = _eventually_live(dana, path)
        streams.stopping.set()

    assert taken


def test_a_stream_that_was_not_closed_gives_its_place_up_in_time(desk: Desk) -> None:
    desk.follow(inbox_routes())
    clock = Clock()
    streams = quick(max_streams=1, clock=clock.seconds)
    dana = open_inbox(desk, streams=streams).visitor()

    def first_line() -> str:
        answer = dana.get("/inbox/events", buffered=False)  # of which no more is read
        return str(next(answer.iter_encoded()), "utf-8").strip()

    left = first_line()
    full = first_line()
    clock.advance(seconds=streams.stream_seconds + 1)
    free = first_line()

    assert (left, full, free) == ("retry: 500", f"retry: {RETRY_LATER_MS}", "retry: 500")


def _eventually_live(listener: Listener, path: str) -> bool:
    """Return whether there is a place for a stream, also if the server learns only now that one is free."""

    def is_live() -> bool:
        with listener.stream(path) as stream:
            return next(stream.lines) == "retry: 500"

    return eventually(is_live)
