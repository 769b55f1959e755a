"""A digest of reviews, as elements of an Adaptive Card (facts on Teams, 2.2).

The chart is made of text. Charts of Adaptive Cards are documented for cards of version 1.5, and for cards
that come through Workflows not at all (decision 80).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.shared.adaptive_elements import make_rich_block, make_text_block, make_text_run
from notifiers.shared.digest_text import describe_completeness, describe_period, draw_bar, write_heading
from notifiers.shared.teams_text import escape_run, write_date
from reviews.wording.digest_sentences import describe_chart, list_figures, list_week_bars, name_chart

if TYPE_CHECKING:
    from notifiers.shared.adaptive_elements import Element
    from reviews.digest_notices import ReviewDigestNotice
    from reviews.wording.digest_sentences import Figure, WeekBar

_LABEL_WIDTH = "64px"


def draw_digest(notice: ReviewDigestNotice) -> list[Element]:
    """Return the heading, the figures two by two, the chart with its words, and up to when all is complete.

    Dates are written in a `TextBlock`, which the names of routes are kept out of.
    """
    figures = list_figures(notice.figures)
    return [
        make_rich_block(make_text_run(escape_run(write_heading(notice)), weight="Bolder", size="Medium")),
        make_text_block(describe_period(notice, write_date), isSubtle=True, size="Small", spacing="None"),
        _draw_figures(figures[:2]),
        _draw_figures(figures[2:]),
        *_draw_chart(list_week_bars(notice)),
        *([_draw_small(words)] if (words := describe_chart(notice)) else []),
        make_text_block(describe_completeness(notice, write_date), isSubtle=True, size="Small"),
    ]


def _draw_figures(figures: list[Figure]) -> Element:
    columns = [
        {
            "type": "Column",
            "width": "stretch",
            "items": [
                make_rich_block(make_text_run(escape_run(figure.label), isSubtle=True, size="Small")),
                make_rich_block(
                    make_text_run(
                        figure.count,
                        size="ExtraLarge",
                        weight="Bolder",
                        **({"color": "Attention"} if figure.is_bad else {}),
                    ),
                    spacing="None",
                ),
                *([_draw_small(figure.details, spacing="None")] if figure.details else []),
            ],
        }
        for figure in figures
    ]
    return {"type": "ColumnSet", "columns": columns}


def _draw_chart(bars: list[WeekBar]) -> list[Element]:
    if not bars:
        return []
    heading = make_rich_block(make_text_run(escape_run(name_chart()), weight="Bolder", size="Small"))
    return [{**heading, "separator": True, "spacing": "Medium"}, *map(_draw_bar, bars)]


def _draw_bar(bar: WeekBar) -> Element:
    drawn = draw_bar(bar.fraction)
    shown = [make_text_run(drawn, color="Accent", size="Small")] if drawn else []
    value = make_text_run(escape_run(bar.value), size="Small")
    label = {**_draw_small(bar.label, spacing="None"), "horizontalAlignment": "Right"}
    return {
        "type": "ColumnSet",
        "spacing": "None",
        "columns": [
            {"type": "Column", "width": _LABEL_WIDTH, "items": [label]},
            {"type": "Column", "width": "stretch", "items": [make_rich_block(*shown, value)]},
        ],
    }


def _draw_small(text: str, *, spacing: str = "Small") -> Element:
    return make_rich_block(make_text_run(escape_run(text), isSubtle=True, size="Small"), spacing=spacing)
