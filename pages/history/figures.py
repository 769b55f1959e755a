"""Weekly figures, as charts and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.history import charts
from reviews.language import _, format_day, format_number
from reviews.wording.durations import format_duration

if TYPE_CHECKING:
    from datetime import timedelta

    from reviews.ports.listing import WeeklyFigures

NO_VALUE = "\N{EN DASH}"


@dataclass(frozen=True, kw_only=True)
class FiguresChart:
    """The charts, and their values as a table; empty if there is nothing to draw."""

    times: str
    """Empty if nothing was acknowledged."""
    open_reviews: str
    table: list[tuple[str, str, str, str, str]]
    newest: str
    """How many reviews were searched, if not all."""
    by_day: bool
    """Whether the rows are days instead of weeks."""


def draw_weekly_figures(figures: WeeklyFigures) -> FiguresChart | None:
    """Return what to draw; `None` if there was nothing to do in any week."""
    weeks = figures.weeks
    if not weeks:
        return None
    times_label = _("Time to acknowledge per week, as in the table below.")
    open_template = _("Open reviews per week; {count} at the end.")
    if figures.by_day:
        times_label = _("Time to acknowledge per day, as in the table below.")
        open_template = _("Open reviews per day; {count} at the end.")
    open_label = open_template.format(count=format_number(weeks[-1].open))
    return FiguresChart(
        times=charts.draw_answer_times(figures, times_label),
        open_reviews=charts.draw_open_reviews(figures, open_label),
        by_day=figures.by_day,
        table=[
            (
                format_day(week.begin),
                _format_duration(week.median),
                _format_duration(week.ninetieth),
                format_number(week.acknowledged),
                format_number(week.open),
            )
            for week in reversed(weeks)
        ],
        newest=format_number(figures.searched_count) if figures.searched_count else "",
    )


def _format_duration(length: timedelta | None) -> str:
    return NO_VALUE if length is None else format_duration(length)
