"""Compares the cells of sheets, whose rows and columns may have moved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from documents.comparison.alignment import find_longest_increase
from documents.comparison.differences import (
    Difference,
    report_deleted,
    report_inserted,
    report_moved,
    report_rewritten,
)
from documents.comparison.grids import Axis, Cell, Grid, build_grids, match_columns, match_grids, match_rows
from documents.comparison.parts import Part, PartKind, cut_text
from documents.comparison.units import join_units
from documents.formulas import move_references
from documents.passages import Area, Run, RunMark, format_runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from documents.comparison.units import Unit
    from documents.passages import DocumentPlace, Passage


class SheetComparer:
    """Compares the sheets of two workbooks, given by their passages with their positions."""

    def __init__(self, before: Sequence[tuple[int, Passage]], after: Sequence[tuple[int, Passage]]) -> None:
        self._olds, self._news = build_grids(before), build_grids(after)
        self._pairs = {
            old.name: _SheetPair(old, new)
            for old, new in (match_grids(self._olds, self._news) if self._olds and self._news else ())
        }

    def compare(self) -> Iterator[Difference]:
        """Yield the differences between sheets."""
        pairs = list(self._pairs.values())
        for pair in pairs:
            yield from _compare_titles(pair)
            yield from _compare_rows(pair)
            yield from _compare_columns(pair)
            yield from _compare_cells(pair, self._pairs)
            yield from _compare_visibility(pair)
        yield from _report_sheet_moves(pairs, self._news)
        new_names = {pair.new.name for pair in pairs}
        for grid in self._news:
            if grid.name not in new_names:
                yield report_inserted(_list_units(grid), grid.title.place)
        for grid in self._olds:
            if grid.name not in self._pairs:
                yield report_deleted(_list_units(grid), grid.title.place, grid.title.paragraph)

    def move_place(self, place: DocumentPlace) -> tuple[str, int, int]:
        """Return sheet, row and column of where a cell of the earlier state stands now."""
        pair = self._pairs.get(place.sheet)
        if pair is None:
            return place.sheet, place.row, place.column
        return pair.new.name, pair.rows.shift(place.row), pair.columns.shift(place.column)


class _SheetPair:
    """One sheet in both states."""

    def __init__(self, old: Grid, new: Grid) -> None:
        self.old, self.new = old, new
        self.columns: Axis = match_columns(old, new)
        self.rows: Axis = match_rows(old, new, self.columns)


def _compare_titles(pair: _SheetPair) -> Iterator[Difference]:
    if pair.old.title.runs != pair.new.title.runs:
        difference = report_rewritten([pair.old.title], [pair.new.title])
        if difference is not None:
            yield difference


def _compare_rows(pair: _SheetPair) -> Iterator[Difference]:
    """Yield rows that are in one state alone, and rows that moved."""
    for row in pair.rows.inserted:
        cells = _sort_cells(pair.new.rows[row])
        yield report_inserted(cells, replace(cells[0].place, area=Area.ROW, column=0))
    for row in pair.rows.deleted:
        cells = _sort_cells(pair.old.rows[row])
        position = _find_position(pair, row)
        yield report_deleted(cells, replace(cells[0].place, area=Area.ROW, column=0), position)
    for old_row, row in pair.rows.pairs:
        if row in pair.rows.moved:
            yield report_moved(_sort_cells(pair.old.rows[old_row]), _sort_cells(pair.new.rows[row]))


def _compare_columns(pair: _SheetPair) -> Iterator[Difference]:
    """Yield columns that are in one state alone, and columns that moved."""
    for old_column, column in _find_shifts(pair):
        olds = _list_column(pair.old, old_column, without=pair.rows.deleted)
        news = _list_column(pair.new, column, without=pair.rows.inserted)
        if olds and news:
            yield report_moved(olds, news, replace(news[0].place, row=0))
    for column in pair.columns.inserted:
        cells = _list_column(pair.new, column, without=pair.rows.inserted)
        if cells:
            yield report_inserted(cells, replace(cells[0].place, row=0))
    for column in pair.columns.deleted:
        cells = _list_column(pair.old, column, without=pair.rows.deleted)
        if cells:
            yield report_deleted(cells, replace(cells[0].place, row=0), pair.new.title.paragraph)


def _find_shifts(pair: _SheetPair) -> Iterator[tuple[int, int]]:
    """Yield the columns that changed places, and the first of neighbours that nothing inserted has shifted.

    An amount that stands in the next column is another amount, though its sheet has the same values.
    """
    shift = 0
    for old_column, column in sorted(pair.columns.pairs):
        inserted = sum(each < column for each in pair.columns.inserted)
        deleted = sum(each < old_column for each in pair.columns.deleted)
        own_shift = column - old_column - inserted + deleted
        if column in pair.columns.moved or own_shift != shift:
            yield old_column, column
        if column not in pair.columns.moved:
            shift = own_shift


def _compare_cells(pair: _SheetPair, pairs: dict[str, _SheetPair]) -> Iterator[Difference]:
    """Yield the cells that differ within rows and columns of both states."""
    for old_row, row in pair.rows.pairs:
        olds, news = pair.old.rows[old_row], pair.new.rows[row]
        for old_column, column in pair.columns.pairs:
            old, new = olds.get(old_column), news.get(column)
            if old is not None and new is not None:
                if old.value != new.value or not _is_same_formula(old.formula, new.formula, pair, pairs):
                    difference = report_rewritten([old], [new])
                    if difference is not None:
                        yield difference
            elif new is not None:
                yield report_inserted([new], new.place)
            elif old is not None:
                position = _find_position(pair, old_row)
                yield report_deleted([old], replace(old.place, row=row, column=column), position)


def _is_same_formula(old: str, new: str, pair: _SheetPair, pairs: dict[str, _SheetPair]) -> bool:
    """Return whether two formulas differ by the shift of rows and columns and by names of sheets alone."""
    if old == new:
        return True

    def move(sheet: str, row: int, column: int) -> tuple[str, int, int]:
        target = pairs.get(sheet) if sheet else pair
        if target is None:
            return sheet, row, column
        return (target.new.name if sheet else ""), target.rows.shift(row), target.columns.shift(column)

    return move_references(old, move) == new


def _compare_visibility(pair: _SheetPair) -> Iterator[Difference]:
    """Yield rows that were hidden or shown; where it is but some cells of each row, the columns."""
    toggled: dict[int, list[Cell]] = {}
    for old_row, row in pair.rows.pairs:
        both = [
            (pair.old.rows[old_row][old_column], pair.new.rows[row][column])
            for old_column, column in pair.columns.pairs
            if old_column in pair.old.rows[old_row] and column in pair.new.rows[row]
        ]
        changed = [new for old, new in both if old.is_hidden is not new.is_hidden]
        if changed and len(changed) == len(both):
            yield _report_visibility(changed, is_row=True)
        else:
            for cell in changed:
                toggled.setdefault(cell.place.column, []).append(cell)
    for cells in toggled.values():
        yield _report_visibility(cells, is_row=False)


def _report_visibility(cells: Sequence[Cell], *, is_row: bool) -> Difference:
    text = cut_text(join_units([replace(cell, is_hidden=False) for cell in cells]))
    marked = format_runs((Run(text, RunMark.HIDDEN),))
    before, after = (text, marked) if cells[0].is_hidden else (marked, text)
    place = cells[0].place
    place = replace(place, area=Area.ROW, column=0) if is_row else replace(place, row=0)
    return Difference(cells[0].paragraph, Part(PartKind.REPLACED, place, before, after))


def _report_sheet_moves(pairs: Sequence[_SheetPair], news: Sequence[Grid]) -> Iterator[Difference]:
    order = {grid.name: position for position, grid in enumerate(news)}
    in_order = sorted(pairs, key=lambda pair: pair.old.title.paragraph)
    stays = set(find_longest_increase([order[pair.new.name] for pair in in_order]))
    for position, pair in enumerate(in_order):
        if position not in stays:
            yield report_moved([pair.old.title], [pair.new.title])


def _find_position(pair: _SheetPair, old_row: int) -> float:
    """Return where what was in a row would stand now."""
    cells = pair.new.rows.get(pair.rows.shift(old_row))
    return min(cell.paragraph for cell in cells.values()) - 0.5 if cells else pair.new.title.paragraph + 0.5


def _sort_cells(cells: dict[int, Cell]) -> list[Cell]:
    return [cells[column] for column in sorted(cells)]


def _list_column(grid: Grid, column: int, *, without: Sequence[int]) -> list[Cell]:
    """Return the cells of a column but those in rows that are reported as a whole."""
    rows = set(without)
    return [cells[column] for row, cells in sorted(grid.rows.items()) if column in cells and row not in rows]


def _list_units(grid: Grid) -> list[Unit]:
    cells = [cell for _, row in sorted(grid.rows.items()) for cell in _sort_cells(row)]
    return [grid.title, *cells]
