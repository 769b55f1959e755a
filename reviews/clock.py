"""The present moment, which is passed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


class Clock(Protocol):
    """The present moment, aware of its zone, in UTC."""

    def __call__(self) -> datetime: ...
