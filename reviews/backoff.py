"""How long to wait before the next attempt, and when to give up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_WAIT_SECONDS = 2.0
MAX_WAIT_SECONDS = 1800.0
MAX_ATTEMPTS = 20  # about five hours of trying
MAX_RETRY_AFTER_SECONDS = 3600.0

MAX_ATTEMPTS_WITHOUT_CHANNEL = 9
"""The waits add up to 510 to 638 seconds, in which each worker may get a channel that one worker lacks."""


def compute_wait(attempts: int, *, retry_after: float | None, random: Callable[[], float]) -> float:
    """Return the seconds to wait after this number of failed attempts.

    The wait doubles up to half an hour. Up to a quarter is added at random, so that jobs that failed together
    don't retry together. `retry_after` is the wait that the remote service requires; the result is never
    shorter.
    """
    doubled = min(FIRST_WAIT_SECONDS * 2.0 ** min(attempts - 1, 20), MAX_WAIT_SECONDS)
    return max(doubled, retry_after or 0.0) * (1 + random() / 4)


def parse_retry_after(text: str, *, default: float) -> float:
    """Return the seconds of a `Retry-After`, an hour at most; without a number of seconds, `default`."""
    return min(float(text), MAX_RETRY_AFTER_SECONDS) if text.isascii() and text.isdigit() else default
