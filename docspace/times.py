"""Times as DocSpace's queries take them."""

from __future__ import annotations

from datetime import UTC, datetime


def format_time(moment: datetime) -> str:
    """Return whole seconds in UTC, such as `2026-03-09T14:05:12Z`; what is beyond the second is cut off.

    DocSpace reads none, three or seven digits of a second, and answers 400 for the six that Python writes
    (facts on DocSpace, 10.1).
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
