"""Figures week by week, drawn and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.history import charts
from reviews.language import _, day_named, number
from reviews.wording.durations import span

if TYPE_CHECKING:
    from datetime import timedelta

    from reviews.ports.listing import Weeks

NOTHING = "\N{EN DASH}"


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The charts, and what they show as a table; empty where there is nothing to draw."""

    times: str
    open_reviews: str
    table: list[tuple[str, str, str, str, str]]
    newest: str
    """How many reviews were looked through, where not all were."""


def figures(found: Weeks) -> Figures | None:
    """Return what to draw; `None` where there was nothing to do in any week."""
    weeks = found.weeks
    if not any(week.open or week.acknowledged for week in weeks):
        return None
    last = weeks[-1]
    open_now = _("Open reviews week by week; {count} at the end.").format(count=number(last.open))
    return Figures(
        times=charts.times(weeks, _("Time to acknowledge week by week, as in the table below.")),
        open_reviews=charts.open_reviews(weeks, open_now),
        table=[
            (
                day_named(week.begin),
                _took(week.median),
                _took(week.ninetieth),
                number(week.acknowledged),
                number(week.open),
            )
            for week in reversed(weeks)
        ],
        newest=number(found.newest) if found.newest else "",
    )


def _took(length: timedelta | None) -> str:
    return NOTHING if length is None else span(length)
