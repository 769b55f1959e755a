"""The page on retention leaves nothing out."""

from __future__ import annotations

from store.schema import metadata
from tests.meta.pages_of_docs import ROOT


def test_the_page_says_of_each_table_for_how_long_its_rows_are_kept() -> None:
    page = (ROOT / "docs/retention.md").read_text()
    rows = [line.split("|")[2] for line in page.splitlines() if line.count("|") == 5]

    assert {name for name in metadata.tables if not any(f"`{name}`" in row for row in rows)} == set()
