"""What a digest of reviews says: its figures and its chart in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.language import _, format_day, format_number
from reviews.wording.durations import format_duration

if TYPE_CHECKING:
    from reviews.digest_notices import DigestFigures, ReviewDigestNotice

NO_VALUE = "\N{EN DASH}"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number with its label; `details` are numbers that are part of it, or how it came about."""

    label: str
    count: str
    details: str = ""
    is_bad: bool = False


@dataclass(frozen=True, kw_only=True)
class WeekBar:
    """A week of the chart: the day on which it began, its median in words, and of the highest (0 to 1)."""

    label: str
    value: str
    seconds: int | None
    fraction: float


def describe_counts(figures: DigestFigures) -> str:
    """Return the figures as one sentence."""
    return _("Open {open}, overdue {overdue}, answered {answered}, found late {found_late}.").format(
        open=format_number(figures.waiting),
        overdue=format_number(figures.overdue),
        answered=format_number(figures.answered),
        found_late=format_number(figures.found_late),
    )


def list_figures(figures: DigestFigures) -> list[Figure]:
    """Return the four figures of each digest."""
    requested = _("changes requested on {count}").format(count=format_number(figures.changes_requested))
    late = _("{count} after the deadline").format(count=format_number(figures.late))
    answers = [
        *([requested] if figures.changes_requested else []),
        *([late] if figures.late else []),
    ]
    lapsed = _("{count} lapsed").format(count=format_number(figures.lapsed)) if figures.lapsed else ""
    return [
        Figure(label=_("Open"), count=format_number(figures.waiting)),
        Figure(
            label=_("Overdue"),
            count=format_number(figures.overdue),
            details=lapsed,
            is_bad=figures.overdue > 0,
        ),
        Figure(label=_("Answered"), count=format_number(figures.answered), details=", ".join(answers)),
        Figure(
            label=_("Found late"),
            count=format_number(figures.found_late),
            details=_("changes that no event reported") if figures.found_late else "",
        ),
    ]


def list_week_bars(notice: ReviewDigestNotice) -> list[WeekBar]:
    """Return the weeks of the chart, the earliest first; none where no week has a median."""
    highest = max((week.seconds or 0 for week in notice.weeks), default=0)
    if all(week.seconds is None for week in notice.weeks):
        return []
    return [
        WeekBar(
            label=format_day(week.begin),
            value=NO_VALUE if week.seconds is None else format_duration(timedelta(seconds=week.seconds)),
            seconds=week.seconds,
            fraction=(week.seconds or 0) / highest if highest else 0.0,
        )
        for week in notice.weeks
    ]


def describe_chart(notice: ReviewDigestNotice) -> str:
    """Return what the chart shows of the last two weeks; empty where there is no chart."""
    bars = list_week_bars(notice)
    if not bars:
        return ""
    this, last = bars[-1], bars[-2] if len(bars) > 1 else None
    if this.seconds is not None and last is not None and last.seconds is not None:
        words = _("Median time to acknowledge: this week {this}, last week {last}")
        return words.format(this=this.value, last=last.value)
    if this.seconds is not None:
        return _("Median time to acknowledge: this week {this}, no value last week").format(this=this.value)
    if last is not None and last.seconds is not None:
        return _("Median time to acknowledge: last week {last}, no value yet this week").format(
            last=last.value
        )
    return _("Median time to acknowledge: no value in the last two weeks")


def name_chart() -> str:
    return _("Median time to acknowledge per week")
