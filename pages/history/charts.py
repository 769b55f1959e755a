"""The two charts as SVG, coloured by the page's own stylesheet, light and dark.

pygal does the layout. What it adds beside shapes and text is removed, because the page's policy does not
allow it: its styles, its script, and what only the script needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from reviews.language import _, format_day, format_number
from reviews.wording.durations import format_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from xml.etree.ElementTree import Element

    from reviews.ports.listing import WeeklyFigures

WIDTH, HEIGHT = 480, 230
SMALL_DOT, LARGE_DOT = 2.5, 4
FEW = 14  # weeks or days: a value may stand alone, without a line that leads to it
MAX_TICKS = 5
MAX_LABELS = 6  # of weeks or days
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
# Steps between the lines of a scale in seconds, in units that people count in.
_STEPS = (
    *(each * _MINUTE for each in (1, 2, 5, 10, 15, 30)),
    *(each * _HOUR for each in (1, 2, 3, 4, 6, 12)),
    *(each * _DAY for each in (1, 2, 7, 14, 28, 91, 182, 364)),
)


@dataclass(frozen=True, kw_only=True)
class ChartLine:
    """One line: a value per week or day, `None` if there is none. `filled` colours the area below it."""

    values: Sequence[float | None]
    filled: bool = False


def draw_answer_times(weekly: WeeklyFigures, label: str) -> str:
    """Draw the time to acknowledge: median and 90th percentile; empty if nothing was acknowledged.

    The stylesheet knows the median as the first line.
    """
    weeks = weekly.weeks
    if all(week.median is None for week in weeks):
        return ""
    lines = [
        ChartLine(values=[_get_seconds(week.median) for week in weeks]),
        ChartLine(values=[_get_seconds(week.ninetieth) for week in weeks], filled=True),
    ]
    highest = max((value for line in lines for value in line.values if value is not None), default=0)
    step = next((each for each in _STEPS if each * MAX_TICKS >= highest), _STEPS[-1])
    return _draw_chart(
        weekly, lines, label=label, ticks=_list_ticks(highest, step), format_value=_format_duration
    )


def draw_open_reviews(weekly: WeeklyFigures, label: str) -> str:
    """Draw the number of open reviews at the end of each week or day."""
    weeks = weekly.weeks
    line = ChartLine(values=[week.open for week in weeks], filled=True)
    highest = max((week.open for week in weeks), default=0)
    return _draw_chart(
        weekly, [line], label=label, ticks=_list_ticks(highest, _choose_step(highest)), format_value=_count
    )


def _draw_chart(
    weekly: WeeklyFigures,
    lines: Sequence[ChartLine],
    *,
    label: str,
    ticks: Sequence[int],
    format_value: Callable[[float], str],
) -> str:
    # A page without a chart need not wait for this import.
    import pygal  # noqa: PLC0415
    from pygal.etree import etree  # noqa: PLC0415

    etree.to_etree()  # the standard library's, also if another is installed
    chart = pygal.Line(
        width=WIDTH,
        height=HEIGHT,
        margin=4,
        margin_right=22,  # half of the last day's name
        css=(),
        js=(),
        no_prefix=True,
        disable_xml_declaration=True,
        show_legend=False,
        allow_interruptions=True,
        show_minor_x_labels=False,
        x_labels_major_every=-(-len(weekly.weeks) // MAX_LABELS),
        range=(0, ticks[-1]),
        dots_size=LARGE_DOT if len(weekly.weeks) <= FEW else SMALL_DOT,
        truncate_label=-1,
        classes=("chart",),
    )
    names = [format_day(week.begin) for week in weekly.weeks]
    chart.x_labels = names
    chart.y_labels = [{"value": tick, "label": format_value(tick)} for tick in ticks]
    for line in lines:
        if line.filled and None not in line.values:  # pygal closes the area of an interrupted line wrongly
            chart.add("", list(line.values), fill=True, show_dots=False)
        chart.add("", list(line.values), formatter=format_value)
    dot_template = _("{day}: {value}") if weekly.by_day else _("Week of {day}: {value}")
    chart.add_xml_filter(partial(_strip_svg, label=label, dot_template=dot_template))
    svg: str = chart.render(is_unicode=True)
    return svg


def _strip_svg(root: Element, *, label: str, dot_template: str) -> Element:
    """Keep shapes and text only; a dot's title says what it shows, without a script."""
    root.attrib.pop("id", None)
    root.attrib |= {"role": "img", "aria-label": label}
    for above in list(root.iter()):
        for child in list(above):
            if not isinstance(child.tag, str) or child.tag in {"defs", "title"} or _is_for_script(child):
                above.remove(child)
    for dots in (each for each in root.iter("g") if each.get("class") == "dots"):
        descriptions = {each.get("class"): each.text for each in dots.findall("desc")}
        for each in dots.findall("desc"):
            dots.remove(each)
        title: Any = dots.makeelement("title", {})
        title.text = dot_template.format(day=descriptions.get("x_label"), value=descriptions.get("value"))
        dots.insert(0, title)
    return root


def _is_for_script(element: Element) -> bool:
    classes = (element.get("class") or "").split()
    return "tooltip-overlay" in classes or "text-overlay" in classes


def _list_ticks(highest: float, step: int) -> list[int]:
    """Return the values of a scale's lines, from zero up to the highest value or above it."""
    return [step * each for each in range(max(-(-int(highest) // step), 1) + 1)]


def _choose_step(highest: int) -> int:
    """Return the smallest of 1, 2, 5, 10 and so on that needs at most `MAX_TICKS` lines."""
    power = 1
    while True:
        for each in (1, 2, 5):
            if each * power * MAX_TICKS >= highest:
                return each * power
        power *= 10


def _get_seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()


def _format_duration(seconds: float) -> str:
    return format_duration(timedelta(seconds=seconds)) if seconds else "0"


def _count(count: float) -> str:
    return format_number(int(count))
