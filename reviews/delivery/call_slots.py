"""Limits on concurrent calls of a process to channels, so that a hanging call doesn't block others."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEFAULT_CALL_SECONDS = 1.0  # seconds; assumed duration of a call until one has ended
COMPARED_CALLS = 4
"""The shortest of so many last calls is what the next one is expected to take: one may have hung."""
MIN_STEP_SECONDS = 0.1
MAX_WAIT_SECONDS = 30.0  # seconds; slots that hung may be free again at any moment
BRIEF_SECONDS = 0.1
"""A call that is expected to end within so many seconds is waited for."""
HANG_SECONDS = 2.0
"""A target with a call that has lasted so many seconds gets no further one, so that others have the slots."""


@dataclass(frozen=True, kw_only=True)
class CallLimits:
    """The largest number of concurrent calls to a channel, and to one target."""

    per_channel: int
    per_target: int


_SlotKey = tuple[bool, str, str | None]
"""Whether cards are redrawn, the channel, and the target; `None` means the whole channel."""

DEFAULT_POST_LIMITS = CallLimits(per_channel=4, per_target=3)
DEFAULT_REDRAW_LIMITS = CallLimits(per_channel=2, per_target=2)


@dataclass
class _SlotUse:
    """The start times of current calls, the durations of the last ones, and the end of the queue."""

    start_times: list[float] = field(default_factory=list)
    durations: deque[float] = field(default_factory=lambda: deque(maxlen=COMPARED_CALLS))
    queue_end: float = 0.0


class CallSlots:
    """A channel has a few slots, a target fewer. If all are taken, the caller gets a time to come back.

    A caller only waits here for calls that end within moments.

    Callers come back one after the other, at the pace at which slots become free, so long calls don't cause
    constant polling. Redrawn cards have slots of their own, so that none waits for first posts.
    """

    def __init__(
        self,
        *,
        posts: CallLimits = DEFAULT_POST_LIMITS,
        redraws: CallLimits = DEFAULT_REDRAW_LIMITS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._posts, self._redraws = posts, redraws
        self._monotonic = monotonic
        self._freed = threading.Condition()
        self._slots: defaultdict[_SlotKey, _SlotUse] = defaultdict(_SlotUse)

    @contextmanager
    def take_slot(self, channel: str, target: str, *, redraw: bool) -> Iterator[float]:
        """Yield the seconds to stay away; at 0 a slot is taken until the block ends."""
        limits = self._redraws if redraw else self._posts
        keys: tuple[_SlotKey, _SlotKey] = ((redraw, channel, None), (redraw, channel, target))
        with self._freed:
            self._freed.wait_for(
                lambda: not self._is_briefly_full(self._find_slots(*keys), limits), BRIEF_SECONDS
            )
            now, slots = self._monotonic(), self._find_slots(*keys)
            slot_limits = _find_limits(slots, limits, now)
            waits = (
                _take_queue_place(slot, limit, now) for slot, limit in zip(slots, slot_limits, strict=True)
            )
            wait = next(filter(None, waits), 0.0)
            for slot in slots if not wait else []:
                slot.start_times.append(now)
            self._drop_if_empty(keys[1])
        try:
            yield wait
        finally:
            with self._freed:
                for slot in slots if not wait else []:
                    _free_slot(slot, now, duration=self._monotonic() - now)
                self._drop_if_empty(keys[1])
                self._freed.notify_all()

    def _find_slots(self, channel_key: _SlotKey, target_key: _SlotKey) -> list[_SlotUse]:
        """Return the use of a channel and of a target.

        A target without current calls is expected to be as fast as the channel.
        """
        channel_slots = self._slots[channel_key]
        expected = _SlotUse(durations=deque(channel_slots.durations, COMPARED_CALLS))
        return [channel_slots, self._slots.setdefault(target_key, expected)]

    def _is_briefly_full(self, slots: list[_SlotUse], limits: CallLimits) -> bool:
        """Return whether a slot is missing that will soon be free."""
        now = self._monotonic()
        waits = [
            _expect_duration(slot, now)
            for slot, limit in zip(slots, _find_limits(slots, limits, now), strict=True)
            if len(slot.start_times) >= limit
        ]
        return bool(waits) and max(waits) <= BRIEF_SECONDS

    def _drop_if_empty(self, target_key: _SlotKey) -> None:
        """Remove a target without a call, so that those of many people don't add up; channels are few."""
        slot = self._slots.get(target_key)
        if slot is not None and not slot.start_times:
            del self._slots[target_key]


def _find_limits(slots: list[_SlotUse], limits: CallLimits, now: float) -> tuple[int, int]:
    """Return how many calls the channel may have, and the target: one call where one hangs."""
    target_starts = slots[1].start_times
    hangs = bool(target_starts) and now - min(target_starts) >= HANG_SECONDS
    return limits.per_channel, 1 if hangs else limits.per_target


def _take_queue_place(slot: _SlotUse, limit: int, now: float) -> float:
    """Return 0 if there is room, else the seconds until this caller's turn in the queue."""
    if len(slot.start_times) < limit:
        return 0.0
    end = max(now, slot.queue_end) + max(MIN_STEP_SECONDS, _expect_duration(slot, now) / limit)
    slot.queue_end = min(end, now + MAX_WAIT_SECONDS)
    return slot.queue_end - now


def _expect_duration(slot: _SlotUse, now: float) -> float:
    """Return how long it is expected to take until one of the current calls ends, in seconds.

    The call that began last is expected to end first: calls that began before it may hang.
    """
    return max(min(slot.durations, default=DEFAULT_CALL_SECONDS), now - max(slot.start_times))


def _free_slot(slot: _SlotUse, started_at: float, *, duration: float) -> None:
    slot.start_times.remove(started_at)
    slot.durations.append(duration)
    if not slot.start_times:
        slot.queue_end = 0.0
