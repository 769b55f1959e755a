"""Whether our clock and those of the remote services agree: signatures are valid for minutes."""

from __future__ import annotations

from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from runtime.doctor.findings import report_error, report_ok, report_warning

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from runtime.doctor.findings import Finding

WARNING_SKEW = timedelta(seconds=30)
ERROR_SKEW = timedelta(minutes=4)
"""Slack's requests are refused from five minutes on (facts on Slack, 1.1)."""

_SET = "synchronize the system clock (timedatectl set-ntp true)"


def compare_clocks(service: str, date: str, now: datetime) -> Iterator[Finding]:
    """Compare our clock with the `Date` of a fresh response; yield nothing if it can't be read.

    A `Date` has whole seconds (RFC 9110, 5.6.7). Ours is truncated too, else it would seem up to a second
    ahead.
    """
    try:
        remote_time = parsedate_to_datetime(date)
    except ValueError:
        return
    skew = now.replace(microsecond=0) - (
        remote_time if remote_time.tzinfo else remote_time.replace(tzinfo=UTC)
    )
    subject, seconds = f"clock and {service}", int(abs(skew).total_seconds())
    message = f"ours is {seconds} seconds {'ahead' if skew > timedelta() else 'behind'}"
    if abs(skew) > ERROR_SKEW:
        yield report_error(subject, f"{message}: signed requests are refused", _SET)
    elif abs(skew) > WARNING_SKEW:
        yield report_warning(subject, message, _SET)
    else:
        yield report_ok(subject, "they agree")


def format_portal_time(at: datetime | None) -> str:
    """Format a time from DocSpace, which is in the portal's unknown time zone."""
    return f"{at:%Y-%m-%d %H:%M} in the portal's time zone" if at else "none"
