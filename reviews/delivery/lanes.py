"""Limits on concurrent calls of a process to channels, so that a hanging call doesn't block others."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEFAULT_CALL_SECONDS = 1.0  # seconds; assumed duration of a call until one has ended
MIN_STEP_SECONDS = 0.1
MAX_WAIT_SECONDS = 5.0  # seconds; lanes that hung may be free again at any moment


@dataclass(frozen=True, kw_only=True)
class LaneLimits:
    """The largest number of concurrent calls to a channel, and to one target."""

    per_channel: int
    per_target: int


_LaneKey = tuple[bool, str, str | None]
"""Whether cards are redrawn, the channel, and the target; `None` means the whole channel."""

DEFAULT_POST_LIMITS = LaneLimits(per_channel=4, per_target=3)
DEFAULT_REDRAW_LIMITS = LaneLimits(per_channel=2, per_target=2)


@dataclass
class _Lane:
    """The start times of current calls, the duration of the last one, and the end of the queue."""

    start_times: list[float] = field(default_factory=list)
    last_duration: float = DEFAULT_CALL_SECONDS
    queue_end: float = 0.0


class Lanes:
    """A channel has a few lanes, a target fewer. If all are taken, the caller gets a time to come back.

    Callers come back one after the other, at the pace at which lanes become free, so long calls don't cause
    constant polling. Redrawn cards have lanes of their own, so that none waits for first posts.
    """

    def __init__(
        self,
        *,
        posts: LaneLimits = DEFAULT_POST_LIMITS,
        redraws: LaneLimits = DEFAULT_REDRAW_LIMITS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._posts, self._redraws = posts, redraws
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._lanes: defaultdict[_LaneKey, _Lane] = defaultdict(_Lane)

    @contextmanager
    def take_lane(self, channel: str, target: str, *, redraw: bool) -> Iterator[float]:
        """Yield the seconds to stay away; at 0 a lane is taken until the block ends."""
        limits = self._redraws if redraw else self._posts
        target_key = (redraw, channel, target)
        now = self._monotonic()
        with self._lock:
            channel_lane = self._lanes[redraw, channel, None]
            # For a target without current calls, the expected duration is that of the channel's last call.
            lanes = [
                channel_lane,
                self._lanes.setdefault(target_key, _Lane(last_duration=channel_lane.last_duration)),
            ]
            lane_limits = (limits.per_channel, limits.per_target)
            waits = (
                _take_queue_place(lane, limit, now) for lane, limit in zip(lanes, lane_limits, strict=True)
            )
            wait = next(filter(None, waits), 0.0)
            for lane in lanes if not wait else []:
                lane.start_times.append(now)
            self._drop_if_empty(target_key)
        try:
            yield wait
        finally:
            with self._lock:
                for lane in lanes if not wait else []:
                    _leave_lane(lane, now, duration=self._monotonic() - now)
                self._drop_if_empty(target_key)

    def _drop_if_empty(self, target_key: _LaneKey) -> None:
        """Remove a target without a call, so that those of many people don't add up; channels are few."""
        lane = self._lanes.get(target_key)
        if lane is not None and not lane.start_times:
            del self._lanes[target_key]


def _take_queue_place(lane: _Lane, limit: int, now: float) -> float:
    """Return 0 if there is room, else the seconds until this caller's turn in the queue."""
    if len(lane.start_times) < limit:
        return 0.0
    expected = max(lane.last_duration, now - min(lane.start_times))
    end = max(now, lane.queue_end) + max(MIN_STEP_SECONDS, expected / limit)
    lane.queue_end = min(end, now + MAX_WAIT_SECONDS)
    return lane.queue_end - now


def _leave_lane(lane: _Lane, started_at: float, *, duration: float) -> None:
    lane.start_times.remove(started_at)
    lane.last_duration = duration
    if not lane.start_times:
        lane.queue_end = 0.0
