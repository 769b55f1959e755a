"""Cells and signs beside words that are the same, where other words of the document differ.

Rows and columns that came or went shift the others, which is no difference: so a cell is held against where
most of its column went.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from documents.comparison.differences import report_mark
from documents.comparison.units import format_row, show_label, show_mark

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from documents.comparison.differences import Difference
    from documents.comparison.units import Unit


def compare_marks(
    old: Sequence[Unit], new: Sequence[Unit], same: Sequence[tuple[int, int]]
) -> Iterator[Difference]:
    """Yield rows with a cell in another column, and sentences behind another sign, of units that match."""
    pairs = [(old[first], new[second]) for first, second in same]
    yield from _compare_columns([pair for pair in pairs if pair[0].place.table and pair[1].place.table])
    for before, after in pairs:
        if before.mark != after.mark:
            yield report_mark(_show(before), _show(after), after.place, after.paragraph)


def _compare_columns(pairs: Sequence[tuple[Unit, Unit]]) -> Iterator[Difference]:
    targets: dict[Hashable, Counter[int]] = {}
    rows: dict[Hashable, list[tuple[Unit, Unit]]] = {}
    for before, after in pairs:
        targets.setdefault(_find_column(before, after), Counter())[after.place.column] += 1
        rows.setdefault((before.place.row, _find_column(before, after)[:3], after.place.row), []).append(
            (before, after)
        )
    columns = {column: counts.most_common(1)[0][0] for column, counts in targets.items()}
    for row in rows.values():
        if any(columns[_find_column(before, after)] != after.place.column for before, after in row):
            before_text, after_text = (
                format_row((each.place.column, _show(each)) for each in side)
                for side in zip(*row, strict=True)
            )
            last = row[-1][1]
            yield report_mark(before_text, after_text, replace(last.place, column=0), last.paragraph)


def _find_column(before: Unit, after: Unit) -> tuple[int, int, int, int]:
    """Return the table of a cell in both states, and its column: a table may have been cut in two."""
    return before.place.slide, before.place.table, after.place.table, before.place.column


def _show(unit: Unit) -> str:
    return show_mark(show_label(unit)).text
