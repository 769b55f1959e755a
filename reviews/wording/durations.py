"""Durations in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.language import _
from reviews.wording.phrases import DURATION_UNITS

if TYPE_CHECKING:
    from datetime import timedelta


def format_duration(duration: timedelta) -> str:
    """Return a duration in its two largest units."""
    seconds = max(int(duration.total_seconds()), 0)
    parts = []
    for unit, size in DURATION_UNITS:
        if seconds >= size:
            parts.append(_(unit).format(count=seconds // size))
            seconds %= size
    return " ".join(parts[:2]) or _("less than 1 s")
