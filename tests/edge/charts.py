"""The rules of Slack's charts, by their documentation, on the strict side where it was changed since.

https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block says one to six series; programs
that send charts report twelve since.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from tests.edge.block_rules import anything, many, one_of, problem, shape, string

CHART = "data_visualization"
MAX_CHARTS = 2
"""Of one message."""
MAX_SERIES, MAX_POINTS, MAX_SEGMENTS = 6, 20, 6
MAX_LABEL, MAX_AXIS_TITLE = 20, 50


def find_chart_problems(value: Any, pointer: str) -> Iterator[str]:
    """Yield what is wrong with the member `chart` of the block."""
    if isinstance(value, Mapping) and value.get("type") == "pie":
        yield from _PIE(value, pointer)
        return
    problems = list(_SERIES_CHART(value, pointer))
    yield from problems or _find_mismatches(value, pointer)


def _check_number(value: Any, pointer: str) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        yield problem("must be a finite number", pointer)


def _check_weight(value: Any, pointer: str) -> Iterator[str]:
    problems = list(_check_number(value, pointer))
    yield from problems
    if not problems and value <= 0:
        yield problem("must be greater than 0", pointer)


def _find_mismatches(chart: Mapping[str, Any], pointer: str) -> Iterator[str]:
    """Yield names that come twice, and series without exactly one point for each category."""
    categories = chart["axis_config"]["categories"]
    if len(set(categories)) != len(categories):
        yield problem("categories must be unique", f"{pointer}/axis_config/categories")
    names = [each["name"] for each in chart["series"]]
    if len(set(names)) != len(names):
        yield problem("names must be unique", f"{pointer}/series")
    for number, each in enumerate(chart["series"]):
        if sorted(point["label"] for point in each["data"]) != sorted(categories):
            yield problem("must have one point for each category", f"{pointer}/series/{number}/data")


_LABEL = string(MAX_LABEL)
_POINT = shape({"label": _LABEL, "value": _check_number}, {})
_AXES = shape(
    {"categories": many(_LABEL, 1, MAX_POINTS)},
    {"x_label": string(MAX_AXIS_TITLE), "y_label": string(MAX_AXIS_TITLE)},
)
_SERIES_CHART = shape(
    {
        "type": one_of("bar", "area", "line"),
        "series": many(shape({"name": _LABEL, "data": many(_POINT, 1, MAX_POINTS)}, {}), 1, MAX_SERIES),
        "axis_config": _AXES,
    },
    {},
)
_SEGMENT = shape({"label": _LABEL, "value": _check_weight}, {})
_PIE = shape({"type": anything, "segments": many(_SEGMENT, 1, MAX_SEGMENTS)}, {})
