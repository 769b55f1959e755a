"""What a digest of reviews says, or that there is nothing to say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from reviews.digest_notices import ReviewDigestNotice, WeekMedian
from reviews.ports.listing import ListingQuery
from reviews.sweep import completeness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Route, Routes

WEEK_COUNT = 8
MAX_PERIOD = timedelta(days=31)
"""The longest period of one digest: one that was away for longer does not begin with a year."""
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, kw_only=True)
class DigestPeriod:
    """From when to when, and the time as of which reviews are open."""

    since: datetime
    until: datetime
    now: datetime


def build_digest(
    work: UnitOfWork,
    routes: Routes,
    selected_routes: Sequence[Route],
    *,
    period: DigestPeriod,
    page_url: str,
) -> ReviewDigestNotice | None:
    """Return the digest of some routes; `None` if there is nothing to say."""
    if not selected_routes:
        return None
    names = [route.name for route in selected_routes]
    now, until = period.now, period.until
    begin = max(period.since, until - MAX_PERIOD)
    figures = work.listings.compute_period(names, since=begin, until=until, now=now)
    if figures.is_empty:
        return None
    weekly = work.listings.compute_weeks(ListingQuery(), names, list_edges(now))
    return ReviewDigestNotice(
        title=", ".join(names),
        at=until,
        route=names[0],
        since=begin,
        figures=figures,
        weeks=tuple(
            WeekMedian(
                begin=week.begin, seconds=None if week.median is None else int(week.median.total_seconds())
            )
            for week in weekly.weeks
        ),
        complete_until=completeness.find_earliest(work, routes, selected_routes),
        page_url=page_url,
    )


def list_edges(now: datetime) -> list[datetime]:
    """Return the beginnings of the last weeks, on Mondays in UTC, and `now`."""
    day = now.astimezone(UTC).date()
    monday = datetime.combine(day - timedelta(days=day.weekday()), time(), UTC)
    if monday == now:
        monday -= _WEEK
    return [*(monday - _WEEK * number for number in reversed(range(WEEK_COUNT))), now]
