"""Cells and signs beside words that are the same, where other words of the document differ.

Rows and columns that came or went shift the others, which is no difference: so a cell is expected where the
columns that are listed as added and removed have shifted it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from documents.comparison.differences import report_mark, report_shift
from documents.comparison.units import format_row, show_label, show_mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from documents.comparison.differences import Difference
    from documents.comparison.matching import Matching
    from documents.comparison.sheets import SheetComparer
    from documents.comparison.units import Unit

_Table: TypeAlias = tuple[int, int]
"""Slide and number of a table."""

_Gaps: TypeAlias = tuple[list[int], list[int]]
"""Numbers of rows, and of columns."""


def compare_marks(
    old: Sequence[Unit], new: Sequence[Unit], matching: Matching, sheets: SheetComparer | None
) -> Iterator[Difference]:
    """Yield what matches but for its signs, and rows, cells and comments that stand elsewhere."""
    pairs = [(old[first], new[second]) for first, second in matching.same]
    removed = [*matching.deleted, *(first for first, _ in matching.moved)]
    added = [*matching.inserted, *(second for _, second in matching.moved)]
    yield from _compare_tables(pairs, _list_gaps(old, removed), _list_gaps(new, added))
    for before, after in pairs:
        if before.mark != after.mark:
            yield report_mark(_show(before), _show(after), after.place, after.paragraph)
        elif sheets and sheets.move_place(before.place) != _find_cell(after):
            yield report_shift(_show(before), _show(after), after.place, after.paragraph)


def _list_gaps(units: Sequence[Unit], positions: Sequence[int]) -> dict[_Table, _Gaps]:
    """Return the rows and columns of each table whose text is in one state alone: at these positions."""
    lone = set(positions)
    tables: dict[_Table, tuple[set[int], set[int], set[int], set[int]]] = {}
    for position, unit in enumerate(units):
        if unit.place.table:
            sets = tables.setdefault(_find_table(unit), (set(), set(), set(), set()))
            rows, columns = sets[:2] if position in lone else sets[2:]
            rows.add(unit.place.row)
            columns.add(unit.place.column)
    return {
        table: (sorted(rows - other_rows), sorted(columns - other_columns))
        for table, (rows, columns, other_rows, other_columns) in tables.items()
    }


def _compare_tables(
    pairs: Sequence[tuple[Unit, Unit]], removed: Mapping[_Table, _Gaps], added: Mapping[_Table, _Gaps]
) -> Iterator[Difference]:
    """Yield each row with a cell in another column, and the first of those that are shifted together."""
    rows: dict[tuple[_Table, int, _Table, int], list[tuple[Unit, Unit]]] = {}
    for before, after in pairs:
        if before.place.table and after.place.table:
            ends = _find_table(before), before.place.row, _find_table(after), after.place.row
            rows.setdefault(ends, []).append((before, after))
    pieces = Counter(table for table, _ in {(table, other) for table, _, other, _ in rows})
    shifts: dict[tuple[_Table, _Table], int] = {}
    for (table, old_row, other, new_row), cells in rows.items():
        (lost_rows, lost_columns), (new_rows, new_columns) = removed[table], added[other]
        shift = new_row - _shift(old_row, lost_rows, new_rows)
        is_whole = pieces[table] == 1  # else it was cut in two, which has the rows of one counted anew
        has_moved = shift != shifts.get((table, other), 0 if is_whole else shift)
        shifts[table, other] = shift
        is_changed = any(
            _shift(each.place.column, lost_columns, new_columns) != now.place.column for each, now in cells
        )
        if is_changed or has_moved:
            report = report_mark if is_changed else report_shift
            before_text, after_text = (
                format_row((each.place.column, _show(each)) for each in side)
                for side in zip(*cells, strict=True)
            )
            last = cells[-1][1]
            yield report(before_text, after_text, replace(last.place, column=0), last.paragraph)


def _shift(number: int, removed: Sequence[int], added: Sequence[int]) -> int:
    """Return where a row or column stands once others are removed and added; both are in order."""
    number -= bisect_left(removed, number)
    return number + bisect_right(range(len(added)), number, key=lambda place: added[place] - place)


def _find_cell(unit: Unit) -> tuple[str, int, int]:
    return unit.place.sheet, unit.place.row, unit.place.column


def _find_table(unit: Unit) -> _Table:
    return unit.place.slide, unit.place.table


def _show(unit: Unit) -> str:
    return show_mark(show_label(unit)).text
