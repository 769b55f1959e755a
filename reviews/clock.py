"""The clock, which is passed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


class Clock(Protocol):
    """Return the current time in UTC, with its zone."""

    def __call__(self) -> datetime: ...
