"""In a round that does several things, one that fails holds up none of the others, and is no secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from runtime.worker.round_isolation import MAX_DATABASE_FAILURES, MAX_REMEMBERED_ITEMS, RoundIsolation
from runtime.worker.rounds import MAX_LISTED_ITEMS, ItemsFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def run(
    edges: RoundIsolation, items: Iterable[str], failing: Mapping[str, Exception]
) -> tuple[list[str], list[str]]:
    """Make a round that fails; return what was done in it, and what was logged with which item."""
    done: list[str] = []
    with capture_logs() as logs, pytest.raises((ItemsFailed, sa.exc.SQLAlchemyError)):
        do(edges, items, failing, done)
    return done, [f"{line['event']} {line.get('item', line.get('count'))}" for line in logs]


def do(
    edges: RoundIsolation, items: Iterable[str], failing: Mapping[str, Exception], done: list[str]
) -> None:
    with edges.isolate_round() as edge:
        for item in items:
            with edge(item):
                if item in failing:
                    raise failing[item]
                done.append(item)


def away() -> Exception:
    return sa.exc.OperationalError("SELECT 1", {}, Exception("refused"))


@pytest.mark.parametrize("error", [ZeroDivisionError(), away()])
def test_the_others_are_done_and_the_round_counts_as_failed(error: Exception) -> None:
    assert run(RoundIsolation("test"), "abc", {"a": error}) == (["b", "c"], ["item_failed a"])


def test_a_round_in_which_nothing_failed_ends_well() -> None:
    with capture_logs() as logs, RoundIsolation("test").isolate_round() as edge, edge("a"):
        pass

    assert logs == []


def test_the_same_failure_of_the_same_item_is_logged_once_and_so_is_its_end() -> None:
    edges, one, other = RoundIsolation("test"), ZeroDivisionError(), KeyError()
    rounds: list[dict[str, Exception]] = [
        {"a": one},
        {"a": one, "b": one},
        {"a": other, "b": one},
        {"b": one},
        {"a": one},
    ]

    assert [run(edges, "ab", failing)[1] for failing in rounds] == [
        ["item_failed a"],
        ["item_failed b"],
        ["item_failed a"],
        ["item_well_again a"],
        ["item_failed a", "item_well_again b"],
    ]


def test_what_failed_is_named_with_its_kind_and_the_log_has_the_trace_of_the_unexpected() -> None:
    failing = {"a": KeyError("x"), "b": away()}
    with capture_logs() as logs, pytest.raises(ItemsFailed, match=r"2 failed, among them a \(KeyE.*, b \(Op"):
        do(RoundIsolation("alarms"), failing, failing, [])

    assert [(line["round"], line["reason"], bool(line["exc_info"])) for line in logs] == [
        ("alarms", "KeyError", True),
        ("alarms", "OperationalError", False),
    ]


def test_a_database_that_is_away_for_several_in_a_row_ends_the_round() -> None:
    items = [str(number) for number in range(100_000)]

    done, logs = run(RoundIsolation("test"), items, dict.fromkeys(items[2:], away()))

    assert done == ["0", "1"]
    assert len(logs) == MAX_DATABASE_FAILURES


def test_very_many_failures_are_counted_where_they_are_not_named() -> None:
    items = [str(number) for number in range(2 * MAX_REMEMBERED_ITEMS)]
    edges = RoundIsolation("test")

    done, logs = run(edges, [*items, "last"], dict.fromkeys(items, ZeroDivisionError()))

    assert done == ["last"]
    assert len(logs) == MAX_LISTED_ITEMS + 1
    assert logs[-1] == f"items_failed {len(items)}"
