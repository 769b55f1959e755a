"""The page on retention leaves nothing out."""

from __future__ import annotations

import pytest

from bench.retention_bench import figures_of
from store.schema import metadata
from tests.meta.pages_of_docs import ROOT


def test_the_page_says_of_each_table_for_how_long_its_rows_are_kept() -> None:
    page = (ROOT / "docs/retention.md").read_text()
    rows = [line.split("|")[2] for line in page.splitlines() if line.count("|") == 5]

    assert {name for name in metadata.tables if not any(f"`{name}`" in row for row in rows)} == set()


@pytest.mark.parametrize(
    ("whole", "stays", "after_a_year"),
    [(10, 10, 10 * 365), (10, 0, 10 * 90), (0, 10, 10 * (365 - 90)), (10, 4, 10 * 90 + 4 * 275)],
)
def test_each_row_of_a_year_counts_for_as_long_as_it_is_there(
    whole: float, stays: float, after_a_year: float
) -> None:
    assert figures_of(whole, stays) == [whole, stays, 1_000 * after_a_year, 10_000 * after_a_year]
