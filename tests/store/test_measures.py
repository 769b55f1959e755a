"""What a monitor reads of the comparisons: those that wait, found by index beside years of finished ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from store.measures import measure
from store.schema import comparisons
from tests.reviews.samples import START
from tests.store.plans import explain_plan
from tests.store.reads import list_statements

if TYPE_CHECKING:
    from typing import Any


def comparison(number: int, *, state: str = "waiting", worker: str | None = None) -> dict[str, Any]:
    named = {"review_id": f"rev-{number}", "revision": 1, "state": state}
    return {**named, "claimed_by": worker, "due_at": START}


def add_comparisons(engine: sa.Engine) -> None:
    """Three that wait, one that a worker makes, and many that are made."""
    rows = [comparison(number) for number in range(3)]
    rows.append(comparison(3, worker="w.1"))
    rows += [comparison(number, state="compared") for number in range(4, 2_000)]
    with engine.begin() as connection:
        connection.execute(sa.insert(comparisons), rows)
        connection.exec_driver_sql("ANALYZE")


def test_waiting_comparisons_are_counted_without_those_that_are_being_made(engine: sa.Engine) -> None:
    add_comparisons(engine)

    assert measure(engine).comparisons_waiting == 3


def test_they_are_counted_by_their_index(engine: sa.Engine) -> None:
    add_comparisons(engine)

    (counting,) = [
        each for each in list_statements(engine, lambda: measure(engine)) if "comparisons" in each[0]
    ]

    assert "comparisons_due" in explain_plan(engine, *counting)
