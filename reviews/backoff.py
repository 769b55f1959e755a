"""How long to wait before the next attempt, and when to give up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_WAIT_SECONDS = 2.0
MAX_WAIT_SECONDS = 1800.0
MAX_ATTEMPTS = 20  # about five hours of trying

MAX_ATTEMPTS_WITHOUT_CHANNEL = 9
"""With waits of 510 to 638 seconds in all, in which each worker may come to have a channel that one lacks."""


def compute_wait(attempts: int, *, wish: float | None, random: Callable[[], float]) -> float:
    """Return the seconds before the next attempt after so many failed ones.

    Doubles up to half an hour; up to a quarter is added at random, so that many jobs that failed together
    do not come back together. `wish` is what the far side asked for and is never undercut.
    """
    doubled = min(FIRST_WAIT_SECONDS * 2.0 ** min(attempts - 1, 20), MAX_WAIT_SECONDS)
    return max(doubled, wish or 0.0) * (1 + random() / 4)
