"""A digest of reviews in Block Kit: pure functions (facts on Slack, 1.3 to 1.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.shared.digest_text import (
    describe_completeness,
    describe_period,
    draw_text_bars,
    label_page,
    write_heading,
)
from notifiers.slack.elements import make_context, make_mrkdwn, make_preformatted, make_section
from notifiers.slack.text import fit_text, format_link, write_calendar_date
from reviews.language import _
from reviews.wording.digest_sentences import describe_chart, list_figures, list_week_bars, name_chart

if TYPE_CHECKING:
    from reviews.digest_notices import ReviewDigestNotice
    from reviews.wording.digest_sentences import Figure, WeekBar

MAX_HEADING_LENGTH, MAX_LINE_LENGTH = 600, 300
CHART_TYPE = "data_visualization"
# Limits of a chart by https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block: title and
# titles of the axes 50 characters, names and labels 20, points of a series 20.
MAX_CHART_TITLE, MAX_LABEL = 50, 20
_MINUTE, _HOUR, _DAY = 60, 3600, 86400

Block = dict[str, Any]


def draw_digest(notice: ReviewDigestNotice) -> list[Block]:
    """Return the figures, the chart with its words, and up to when all is complete."""
    chart = _draw_chart(list_week_bars(notice))
    return [*_draw_top(notice), *([chart] if chart else []), *_draw_bottom(notice)]


def draw_digest_without_chart(notice: ReviewDigestNotice) -> list[Block]:
    """Return the same with the chart as text, for a workspace that does not have Slack's charts yet."""
    bars = draw_text_bars(notice)
    chart = [make_context(f"*{name_chart()}*"), make_preformatted("\n".join(bars))] if bars else []
    return [*_draw_top(notice), *chart, *_draw_bottom(notice)]


def _draw_top(notice: ReviewDigestNotice) -> list[Block]:
    return [
        make_section(f"*{fit_text(write_heading(notice), MAX_HEADING_LENGTH)}*"),
        make_context(describe_period(notice, write_calendar_date)),
        {
            "type": "section",
            "fields": [make_mrkdwn(_write_figure(figure)) for figure in list_figures(notice.figures)],
        },
    ]


def _write_figure(figure: Figure) -> str:
    lines = (
        f"*{fit_text(figure.label, MAX_LINE_LENGTH)}*",
        figure.count,
        fit_text(figure.details, MAX_LINE_LENGTH),
    )
    return "\n".join(filter(None, lines))


def _draw_bottom(notice: ReviewDigestNotice) -> list[Block]:
    chart = describe_chart(notice)
    complete = describe_completeness(notice, write_calendar_date)
    page = [format_link(notice.page_url, label_page())] if notice.page_url else []
    return [*([make_context(chart)] if chart else []), make_context(" · ".join([complete, *page]))]


def _draw_chart(bars: list[WeekBar]) -> Block | None:
    """Return Slack's chart, or nothing where no week has a value.

    Each series needs a number for each of its categories, so that a week without a value is left out.
    """
    points = [(bar.label[:MAX_LABEL], bar.seconds) for bar in bars if bar.seconds is not None]
    if not points:
        return None
    unit, label = _choose_unit(max(seconds for _label, seconds in points))
    data = [{"label": each, "value": round(seconds / unit, 2)} for each, seconds in points]
    return {
        "type": CHART_TYPE,
        "title": name_chart()[:MAX_CHART_TITLE],
        "chart": {
            "type": "bar",
            "series": [{"name": _("Median")[:MAX_LABEL], "data": data}],
            "axis_config": {
                "categories": [each for each, _seconds in points],
                "x_label": _("Week of")[:MAX_CHART_TITLE],
                "y_label": label[:MAX_CHART_TITLE],
            },
        },
    }


def _choose_unit(seconds: int) -> tuple[int, str]:
    """Return the unit of an axis in seconds, and its name, for this highest value."""
    if seconds < 2 * _HOUR:
        return _MINUTE, _("Minutes")
    return (_HOUR, _("Hours")) if seconds < 3 * _DAY else (_DAY, _("Days"))
