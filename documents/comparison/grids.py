"""The cells of sheets as grids, and which sheets, columns and rows of two states belong together."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from documents.comparison.matching import match_items, measure_similarity
from documents.comparison.units import Unit
from documents.passages import Area, DocumentPlace, Run, RunMark, format_runs, format_text

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from documents.comparison.matching import Matching
    from documents.passages import Passage

_MIN_SHEET_SIMILARITY = 0.5
_MAX_SHEETS = 30  # that are looked at for another name
_LABEL_WEIGHT = 2  # how often the first cell of a row counts, beyond once
_MIN_MOVE = 20


@dataclass(frozen=True, eq=False)
class Cell(Unit):
    """A cell with text."""

    is_hidden: bool = False

    @cached_property
    def text(self) -> str:
        return format_text(self.runs, is_hidden=self.is_hidden)

    @cached_property
    def value(self) -> str:
        """What the cell shows; a formula whose value was not saved has none."""
        return format_runs(tuple(run for run in self.runs if run.mark is not RunMark.FORMULA))

    @cached_property
    def formula(self) -> str:
        return "".join(run.text for run in self.runs if run.mark is RunMark.FORMULA)


@dataclass(frozen=True)
class Grid:
    """A sheet.

    Attributes:
        title: Its name; a hidden sheet's is marked.
        rows: Cells by row and column, from 1.
    """

    title: Unit
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.title.place.sheet

    @cached_property
    def columns(self) -> dict[int, list[str]]:
        """The values of each column."""
        columns: dict[int, list[str]] = {}
        for cells in self.rows.values():
            for column, cell in cells.items():
                columns.setdefault(column, []).append(cell.value)
        return dict(sorted(columns.items()))


@dataclass(frozen=True)
class Line:
    """A row or column as an item to match.

    Attributes:
        number: Of the row or column, from 1.
        values: Its cells with their position.
    """

    number: int
    values: tuple[Hashable, ...]
    label: Hashable = None
    length: int = 0

    @property
    def key(self) -> Hashable:
        return self.values

    @property
    def stream(self) -> Hashable:
        return None

    @property
    def slot(self) -> int:
        return self.number

    @cached_property
    def words(self) -> tuple[Hashable, ...]:
        return self.values + (self.label,) * _LABEL_WEIGHT if self.label else self.values

    @property
    def can_move(self) -> bool:
        return self.length >= _MIN_MOVE


@dataclass(frozen=True)
class Axis:
    """Which rows or columns of two states belong together: numbers from 1.

    Attributes:
        pairs: In one order or moved.
        moved: Those of the pairs that are out of order.
    """

    pairs: list[tuple[int, int]]
    moved: set[int]
    deleted: list[int]
    inserted: list[int]

    @cached_property
    def _starts(self) -> list[tuple[int, int]]:
        return sorted(pair for pair in self.pairs if pair[1] not in self.moved)

    def shift(self, number: int) -> int:
        """Return the number that a row or column has now, by the nearest before it that is in both states."""
        place = bisect_right(self._starts, (number, 1 << 30)) - 1
        if place < 0:
            return number
        start, now = self._starts[place]
        return number - start + now


def build_grids(passages: Iterable[tuple[int, Passage]]) -> list[Grid]:
    """Return the sheets of a document, by passages with their positions."""
    grids: dict[str, Grid] = {}
    for position, passage in passages:
        place = passage.place
        if place.area is Area.SHEET:
            grids[place.sheet] = Grid(Unit(place, passage.runs, position))
            continue
        if place.sheet not in grids:  # CSV
            title = Unit(DocumentPlace(Area.SHEET), (Run(""),), position)
            grids[place.sheet] = Grid(title)
        cells = grids[place.sheet].rows.setdefault(place.row, {})
        runs = passage.runs
        if place.column in cells:  # a damaged sheet that has a cell twice
            runs = (*cells[place.column].runs, Run(" "), *runs)
        cells[place.column] = Cell(place, runs, position, is_hidden=passage.is_hidden)
    return list(grids.values())


def match_grids(before: Sequence[Grid], after: Sequence[Grid]) -> list[tuple[Grid, Grid]]:
    """Return the sheets of two states that belong together: by name, then by what is in them."""
    names = {grid.name: grid for grid in after}
    pairs = [(grid, names[grid.name]) for grid in before if grid.name in names]
    taken = {grid.name for grid, _ in pairs}
    olds = [grid for grid in before if grid.name not in taken][:_MAX_SHEETS]
    news = [grid for grid in after if grid.name not in taken][:_MAX_SHEETS]
    for old in olds:
        values = _list_values(old)
        scores = [measure_similarity(values, _list_values(new)) for new in news]
        if scores and max(scores) >= _MIN_SHEET_SIMILARITY:
            pairs.append((old, news.pop(scores.index(max(scores)))))
    return pairs


def match_columns(before: Grid, after: Grid) -> Axis:
    """Return which columns belong together, by their values in whatever row."""
    return _match_lines(
        [Line(number, tuple(sorted(values))) for number, values in before.columns.items()],
        [Line(number, tuple(sorted(values))) for number, values in after.columns.items()],
    )


def match_rows(before: Grid, after: Grid, columns: Axis) -> Axis:
    """Return which rows belong together, by the values in the columns of both states."""
    now = dict(columns.pairs)
    return _match_lines(
        [_build_row(number, cells, now) for number, cells in sorted(before.rows.items())],
        [
            _build_row(number, cells, {each: each for each in now.values()})
            for number, cells in sorted(after.rows.items())
        ],
    )


def _build_row(number: int, cells: dict[int, Cell], columns: dict[int, int]) -> Line:
    values = [(columns[column], cells[column].value) for column in sorted(cells) if column in columns]
    length = sum(len(value) for _, value in values)
    label = values[0] if values and any(map(str.isalpha, values[0][1])) else None
    return Line(number, tuple(values), label, length)


def _match_lines(before: Sequence[Line], after: Sequence[Line]) -> Axis:
    matching: Matching = match_items(before, after)
    pairs = [*matching.same, *matching.rewritten, *matching.moved]
    return Axis(
        pairs=[(before[first].number, after[second].number) for first, second in pairs],
        moved={after[second].number for _, second in matching.moved},
        deleted=[before[each].number for each in matching.deleted],
        inserted=[after[each].number for each in matching.inserted],
    )


def _list_values(grid: Grid) -> list[str]:
    return [cell.value for cells in grid.rows.values() for cell in cells.values()]
