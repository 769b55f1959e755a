"""The moment at which a post is sent, and the moment at which it arrived, to the millisecond."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

BRIEF_WAIT = timedelta(milliseconds=100)
"""A turn that comes within this time is taken at once, and the job waits for it before it sends."""
HEAD_START = timedelta(milliseconds=40)
"""A card is due so long before its turn: until then it is taken and drawn."""
UNNOTED_DELAY = timedelta(milliseconds=2)
"""A message that arrives later than its turn by no more costs no statement. Intervals have more to spare."""
COMPARED_CALLS = 20
"""How many of a channel's last calls are compared."""


class Pace:
    """Waits for the moment of a post, and measures the calls that post.

    A remote service counts an interval from arrival to arrival, and one message is longer on its way than
    another. A message has arrived when its call ends, and the next one takes at least as long as the shortest
    call. So the interval counts from the end of a call less the shortest duration: that loses no time, and a
    message that is refused all the same waits for its next turn.
    """

    def __init__(
        self, *, monotonic: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._monotonic, self._sleep = monotonic, sleep
        self._lock = Lock()
        # The shortest of a few calls may be long: until there are enough, nothing is subtracted.
        self._durations: defaultdict[str, deque[float]] = defaultdict(
            lambda: deque([0.0], maxlen=COMPARED_CALLS)
        )

    def wait(self, duration: timedelta) -> None:
        """Wait for a moment that is near; no longer if a clock was set meanwhile."""
        if duration > timedelta():
            self._sleep(min(duration, BRIEF_WAIT).total_seconds())

    @contextmanager
    def measure_call(self, channel: str) -> Iterator[None]:
        """Measure the call that posts; a failed one may be shorter than any that posts."""
        started_at = self._monotonic()
        yield
        with self._lock:
            self._durations[channel].append(self._monotonic() - started_at)

    def get_shortest_call(self, channel: str) -> timedelta:
        with self._lock:
            return timedelta(seconds=min(self._durations[channel]))


def is_late(arrived_at: datetime, turn: datetime | None) -> bool:
    """Return whether a message arrived later than its turn, so that the next one has to know."""
    return turn is None or arrived_at - turn > UNNOTED_DELAY
