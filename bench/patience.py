"""Waiting for what a bench needs, with an end: a figure of what never happened would be wrong."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 600.0
"""Seconds; who waits for many cards adds one for each, since a slow bench must not fail."""


def wait_for(
    condition: Callable[[], bool], what: str, *, patience: float = PATIENCE, interval: float = 0.2
) -> None:
    """Look every `interval` seconds whether a condition holds.

    Raises `SystemExit`, with what was waited for, if it does not after `patience` seconds.
    """
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"it did not come to this within {patience:g} s: {what}")
        time.sleep(interval)
