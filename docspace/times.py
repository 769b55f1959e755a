"""Times in the form of DocSpace's queries, and in its responses about webhooks."""

from __future__ import annotations

from datetime import UTC, datetime


def format_time(moment: datetime) -> str:
    """Return whole seconds in UTC, such as `2026-03-09T14:05:12Z`; what is beyond the second is cut off.

    DocSpace reads none, three or seven digits of a second, and answers 400 for the six that Python writes
    (facts on DocSpace, 10.1).
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_wall_clock(text: str) -> datetime | None:
    """Return the time on a clock in the portal's time zone, without a zone; `None` if the text is not a time.

    A webhook's times carry the offset of the server's zone, which says nothing about the portal's zone (facts
    on DocSpace, 10.6). The offset is dropped, so that the time is not taken for one in UTC.
    """
    try:
        wall_clock = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
    return wall_clock if 1970 <= wall_clock.year <= 2200 else None
