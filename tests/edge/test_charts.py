"""The stand-in takes a chart as Slack documents it, and refuses whatever is not documented."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from tests.edge.block_kit import find_problems

if TYPE_CHECKING:
    from collections.abc import Callable

BAR: dict[str, Any] = {
    "type": "data_visualization",
    "title": "Median",
    "chart": {
        "type": "bar",
        "series": [
            {"name": "Median", "data": [{"label": "2 Mar", "value": -5}, {"label": "9 Mar", "value": 3.5}]}
        ],
        "axis_config": {"categories": ["2 Mar", "9 Mar"], "x_label": "Week", "y_label": "Hours"},
    },
}
PIE: dict[str, Any] = {
    "type": "data_visualization",
    "title": "Parts",
    "chart": {"type": "pie", "segments": [{"label": "A", "value": 1}]},
}


def list_problems(*blocks: dict[str, Any], text: str = "Median: 3 h") -> list[str]:
    return find_problems({"text": text, "blocks": list(blocks)}, surface="message")


@pytest.mark.parametrize("kind", ["bar", "line", "area"])
def test_a_chart_as_documented_is_taken(kind: str) -> None:
    assert list_problems({**BAR, "chart": {**BAR["chart"], "type": kind}}) == []
    assert list_problems(BAR, PIE) == []


def test_a_message_has_two_charts_at_most() -> None:
    assert "no more than 2 charts" in list_problems(BAR, BAR, BAR)[0]


def test_a_view_has_no_chart() -> None:
    view = {"type": "home", "blocks": [BAR]}

    assert find_problems(view, surface="home") != []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda block: block.update(title="x" * 51),
        lambda block: block.pop("title"),
        lambda block: block.pop("chart"),
        lambda block: block.update(alt_text="x"),
        lambda block: block["chart"].update(type="donut"),
        lambda block: block["chart"].pop("axis_config"),
        lambda block: block["chart"].update(series=[]),
        lambda block: block["chart"].update(series=block["chart"]["series"] * 2),
        lambda block: block["chart"]["series"][0].update(name="x" * 21),
        lambda block: block["chart"]["series"][0]["data"][0].update(value=None),
        lambda block: block["chart"]["series"][0]["data"][0].update(value=float("nan")),
        lambda block: block["chart"]["series"][0]["data"][0].update(value="3"),
        lambda block: block["chart"]["series"][0]["data"][0].update(label="16 Mar"),
        lambda block: block["chart"]["series"][0]["data"].pop(),
        lambda block: block["chart"]["axis_config"].update(categories=["2 Mar", "2 Mar"]),
        lambda block: block["chart"]["axis_config"].update(categories=[str(n) for n in range(21)]),
        lambda block: block["chart"]["axis_config"].update(y_label="x" * 51),
    ],
)
def test_a_chart_that_is_not_as_documented_is_refused(spoil: Callable[[dict[str, Any]], object]) -> None:
    block = deepcopy(BAR)
    spoil(block)

    assert list_problems(block) != []


@pytest.mark.parametrize("segment", [{"label": "A", "value": 0}, {"label": "x" * 21, "value": 1}, {}])
def test_a_segment_that_is_not_as_documented_is_refused(segment: dict[str, Any]) -> None:
    assert list_problems({**PIE, "chart": {"type": "pie", "segments": [segment]}}) != []
