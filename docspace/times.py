"""Times as DocSpace's queries take them, and as its answers about webhooks tell them."""

from __future__ import annotations

from datetime import UTC, datetime


def format_time(moment: datetime) -> str:
    """Return whole seconds in UTC, such as `2026-03-09T14:05:12Z`; what is beyond the second is cut off.

    DocSpace reads none, three or seven digits of a second, and answers 400 for the six that Python writes
    (facts on DocSpace, 10.1).
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_wall_clock(text: str) -> datetime | None:
    """Return what a clock in the portal's time zone showed, without a zone; `None` for what is no such time.

    A webhook's times carry the offset of the server's zone, which says nothing about the portal's zone (facts
    on DocSpace, 10.6): the offset is dropped, so that nobody takes the time for one in UTC.
    """
    try:
        shown = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
    return shown if 1970 <= shown.year <= 2200 else None
