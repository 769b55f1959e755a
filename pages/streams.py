"""Server-sent events, which notify a browser that its page has changed.

Each stream holds a thread of the server, so it lasts half a minute at most, and only a few run at once.
Beyond that, a browser gets the current state and is told to ask again in a moment: its page lags by seconds,
and no other browser is affected.
"""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_STREAMS = 4  # streams of one process, of its sixteen threads
MAX_STREAMS_PER_PERSON = 2  # of one person: browsers have six connections to a host, and tabs share them
STREAM_SECONDS = 25.0
HEARTBEAT_SECONDS = 5.0  # seconds; a write to a browser that has gone ends the stream
POLL_SECONDS = 0.5  # seconds between two database queries
RETRY_SOON_MS, RETRY_LATER_MS = 500, 5000  # milliseconds until a browser asks again


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What a stream watches: `get_last_seq` counts all changes, `load_fingerprint` returns what is shown.

    `is_open` returns whether the session of the request is still open.
    """

    get_last_seq: Callable[[], int]
    load_fingerprint: Callable[[], str]
    is_open: Callable[[], bool]


@dataclass(frozen=True, kw_only=True)
class Streams:
    """The streams of this process. `stopping` is set when the process is to end; times are in seconds.

    `clock` decides when streams end and release their places.
    """

    stopping: threading.Event = field(default_factory=threading.Event)
    max_streams: int = MAX_STREAMS
    stream_seconds: float = STREAM_SECONDS
    heartbeat_seconds: float = HEARTBEAT_SECONDS
    poll_seconds: float = POLL_SECONDS
    clock: Callable[[], float] = time.monotonic
    _places: dict[str, tuple[str, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def make_response(self, watch: Watch, *, address: str, last_event_id: str) -> Response:
        """Return the stream for a page that shows `last_event_id`, in the form of `make_event_id`."""
        place = self._reserve_place(address)
        events = self._generate_events(watch, last_event_id, seconds=self.stream_seconds if place else 0.0)
        response = Response(events, mimetype="text/event-stream")
        response.headers["X-Accel-Buffering"] = "no"  # nginx would buffer the events until there are many
        response.call_on_close(lambda: self._release_place(place))
        return response

    def _generate_events(self, watch: Watch, last_event_id: str, *, seconds: float) -> Iterator[str]:
        end = self.clock() + seconds
        last_seq, _, fingerprint = last_event_id.partition("-")
        beat = self.clock() + self.heartbeat_seconds
        yield f"retry: {RETRY_SOON_MS if seconds else RETRY_LATER_MS}\n\n"
        while not self.stopping.is_set() and watch.is_open():
            now = str(watch.get_last_seq())
            if now != last_seq:
                new_fingerprint = watch.load_fingerprint()
                changed = "event: change\ndata: \n" if new_fingerprint != fingerprint else ""
                last_seq, fingerprint = now, new_fingerprint
                yield f"id: {last_seq}-{fingerprint}\n{changed}\n"
            if self.clock() >= end:
                return
            if self.clock() >= beat:
                beat = self.clock() + self.heartbeat_seconds
                yield ": still here\n\n"
            self.stopping.wait(self.poll_seconds)

    def _reserve_place(self, address: str) -> str:
        """Return a place among the live streams, or an empty text if there is none.

        If a browser disconnects before its stream has begun, the stream may never be closed; so places expire
        too.
        """
        now = self.clock()
        with self._lock:
            for place in [place for place, (_, until) in self._places.items() if until < now]:
                del self._places[place]
            streams_of_person = sum(other_address == address for other_address, _ in self._places.values())
            if len(self._places) >= self.max_streams or streams_of_person >= MAX_STREAMS_PER_PERSON:
                return ""
            place = secrets.token_hex(8)
            self._places[place] = (address, now + self.stream_seconds + self.heartbeat_seconds)
            return place

    def _release_place(self, place: str) -> None:
        with self._lock:
            self._places.pop(place, None)


def make_event_id(last_seq: int, fingerprint: str) -> str:
    """Return what a page shows: the position in the ledger, and the fingerprint of the contents."""
    return f"{last_seq}-{fingerprint}"
