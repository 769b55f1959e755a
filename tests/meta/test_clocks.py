"""Times that tests pass in have microseconds, as those of a real clock have."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.meta.pages_of_docs import ROOT
from tests.reviews.samples import START, Clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WRITTEN_IN = [
    path for folder in ("tests", "demo", "pictures") for path in sorted((ROOT / folder).rglob("*.py"))
]
NO_CLOCKS = {
    "tests/webhook/test_payload.py": "times as DocSpace writes them, read",
    "tests/reviews/test_working_time.py": "the edges of working hours",
    "tests/store/test_weeks.py": "the edges of weeks",
    "tests/store/test_sums.py": "the edges of days",
    "tests/reviews/test_calendar_reading.py": "the edges of days",
    "tests/reviews/test_calendar_sync.py": "the same",
    "tests/runtime/test_calendar_texts.py": "times as calendars have them",
    "tests/pack/ledgers.py": "the edges of a period",
    "tests/pack/test_campaigns.py": "the same",
    "pictures/campaign_messages.py": "deadlines: the ends of working hours",
    "tests/reviews/review_digests.py": "the moments at which digests are due",
    "tests/reviews/test_review_digests.py": "the edges of weeks",
    "tests/notifiers/test_review_digests.py": "the edges of weeks",
}
MICROSECOND = 6
"""Its place among the arguments of `datetime`."""


def times(tree: ast.AST) -> Iterator[ast.Call]:
    """Return the calls that make a time of a year that is written there."""
    for call in calls(tree):
        if named(call) == "datetime" and call.args and isinstance(call.args[0], ast.Constant):
            yield call


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def named(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def has_microseconds(call: ast.Call) -> bool:
    arguments = [
        *call.args[MICROSECOND : MICROSECOND + 1],
        *(k.value for k in call.keywords if k.arg == "microsecond"),
    ]
    return any(not isinstance(each, ast.Constant) or each.value for each in arguments)


def clocks(tree: ast.AST) -> Iterator[ast.expr]:
    """Return what is passed as a clock: by that name, or to the stand-in portal, which takes it first."""
    for call in calls(tree):
        yield from (keyword.value for keyword in call.keywords if keyword.arg == "clock")
        if named(call) == "Portal":
            yield from call.args[:1]


def tells_no_real_time(clock: ast.expr) -> bool:
    return isinstance(clock, ast.Lambda) and not any(named(call) == "now" for call in calls(clock))


def tells_time(kind: ast.ClassDef) -> bool:
    """Whether this is a class of clocks: its objects are called with nothing and return a time or seconds."""
    return any(
        isinstance(each, ast.FunctionDef)
        and each.name == "__call__"
        and len(each.args.args) == 1
        and each.returns is not None
        and ast.unparse(each.returns) in {"datetime", "float"}
        for each in kind.body
    )


def places(path: Path, nodes: Iterator[ast.expr]) -> list[str]:
    return [f"{path.relative_to(ROOT)}:{node.lineno}" for node in nodes]


def test_a_clock_without_microseconds_or_a_zone_is_refused() -> None:
    for bad in (START.replace(microsecond=0), START.replace(tzinfo=None)):
        with pytest.raises(ValueError, match="needs microseconds and a zone"):
            Clock(bad)
        with pytest.raises(ValueError, match="needs microseconds and a zone"):
            Clock().now = bad


def test_each_time_that_is_written_in_tests_has_microseconds() -> None:
    without = []
    for path in WRITTEN_IN:
        if str(path.relative_to(ROOT)) not in NO_CLOCKS:
            without += places(
                path, (call for call in times(ast.parse(path.read_text())) if not has_microseconds(call))
            )

    assert without == []


def test_what_tests_pass_as_a_clock_is_the_one_that_refuses_or_a_real_one() -> None:
    wrong, kinds = [], []
    for path in WRITTEN_IN:
        tree = ast.parse(path.read_text())
        wrong += places(path, (clock for clock in clocks(tree) if tells_no_real_time(clock)))
        kinds += [kind.name for kind in ast.walk(tree) if isinstance(kind, ast.ClassDef) and tells_time(kind)]

    assert (wrong, kinds) == ([], [Clock.__name__])
