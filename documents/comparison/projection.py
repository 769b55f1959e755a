"""Every visible character of a document, with its coordinates: what proves that two states say the same.

A comparison aligns text that is normalised, so that it finds what belongs together. It never concludes from
that alignment that two states are equal: this projection decides. Only white space is folded, and where
sentences, paragraphs and the pages of a PDF break. A character has coordinates where they mean something: a
cell of a table, the cell of a comment, the slide.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby, zip_longest
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from documents.comparison.alignment import align_sequences
from documents.comparison.differences import report_mark, report_shift
from documents.comparison.units import format_row, show_label, show_mark, split_passages
from documents.comparison.words import fold_spaces
from documents.passages import Area, DocumentPlace, RunMark

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from documents.comparison.differences import Difference
    from documents.passages import DocumentText, Passage

_FLOWING = {Area.HEADING, Area.TITLE}
"""Areas that a paragraph of the body may have by its formatting alone."""

_SHEET_ORDER = {Area.SHEET: 0, Area.CELL: 1}
_HIDDEN_CELL = "hidden cell"

_Characters: TypeAlias = tuple[tuple[str, str], ...]
"""Text in pieces, each with what is special about it."""


class Coordinate(NamedTuple):
    """Where something stands, as far as that means something; what does not apply is empty or 0.

    Attributes:
        name: Author of a comment, or name of a form field.
        table: Counts the tables that have text.
    """

    area: Area
    name: str
    sheet: str
    slide: int
    table: int
    row: int
    column: int


class Spot(NamedTuple):
    """What stands at one coordinate; neighbours that share it are one."""

    coordinate: Coordinate
    characters: _Characters


class _Placed(NamedTuple):
    position: int
    passage: Passage
    coordinate: Coordinate


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a table or sheet, or a sentence: what is listed as one.

    Attributes:
        key: What it says, and in which columns.
        where: Number of the slide, the table and the row.
        text: As it is shown.
    """

    key: Hashable
    where: tuple[int, int, int]
    text: str
    place: DocumentPlace
    position: int


def has_same_text(before: DocumentText, after: DocumentText) -> bool:
    """Return whether two states are proven to say the same."""
    spots = zip_longest(project_document(before), project_document(after))
    return all(old is not None and new is not None and _is_same(old, new) for old, new in spots)


def project_document(document: DocumentText) -> Iterator[Spot]:
    """Yield what can be seen of a document, in reading order; of a sheet, by its cells."""
    for coordinate, placed in groupby(_order_passages(document), key=lambda each: each.coordinate):
        yield Spot(coordinate, _join_passages(each.passage for each in placed))


def list_mark_differences(before: DocumentText, after: DocumentText) -> list[Difference]:
    """Return where two states differ that have the same words: rows and sentences, each with its place.

    Where many are shifted together, as by an empty row, it is the first of them.
    """
    old, new = list(_iterate_lines(before)), list(_iterate_lines(after))
    differences: list[Difference] = []
    last_shift: list[int] = []
    start = after_start = 0
    pairs = align_sequences([each.key for each in old], [each.key for each in new])
    for first, second in [*pairs, (len(old), len(new))]:
        for line, other in zip_longest(old[start:first], new[after_start:second]):
            differences.append(_report(line, other))
        start, after_start = first + 1, second + 1
        if first < len(old):
            line, other = old[first], new[second]
            shift = [number - earlier for earlier, number in zip(line.where, other.where, strict=True)]
            if shift != last_shift and any(shift):
                differences.append(_report(line, other))
            last_shift = shift
    return differences or [_report(old[0] if old else None, new[0] if new else None)]


def _report(before: _Line | None, after: _Line | None) -> Difference:
    texts = before.text if before else "", after.text if after else ""
    line = after or before
    place, position = (line.place, line.position) if line else (DocumentPlace(), 0)
    if before and after and texts[0] == texts[1]:
        return report_shift(*texts, place, position)
    return report_mark(*texts, place, position)


def _is_same(first: Spot, second: Spot) -> bool:
    if first == second:
        return True
    return (
        first.coordinate == second.coordinate
        and _squeeze(first.characters) == _squeeze(second.characters)
        and _fold(first.characters) == _fold(second.characters)
    )


def _squeeze(characters: _Characters) -> list[str]:
    """Return all text without any space: where that differs nothing else has to be looked at."""
    return ["".join(text.split()) for _, text in characters]


def _fold(characters: _Characters) -> _Characters:
    """Return characters without the spaces beside signs: PDF has no spaces, only distances."""
    return tuple((mark, fold_spaces(text)) for mark, text in characters)


def _join_passages(passages: Iterable[Passage]) -> _Characters:
    pieces: list[tuple[str, str]] = []
    for passage in passages:
        pieces += (
            (mark, f" {text}" if not number else text) for number, (mark, text) in enumerate(_show(passage))
        )
    return tuple(
        (mark, "".join(text for _, text in same)) for mark, same in groupby(pieces, key=lambda each: each[0])
    )


def _show(passage: Passage) -> Iterator[tuple[str, str]]:
    """Yield the pieces of a passage with what is in front of it."""
    hidden = f"{_HIDDEN_CELL} " if passage.is_hidden else ""
    for text in (passage.mark, passage.label.text if passage.label else ""):
        if text:
            yield hidden, f"{text} "
    for run in passage.runs:
        yield f"{hidden}{run.mark}", run.text


def _order_passages(document: DocumentText) -> list[_Placed]:
    """Return passages in an order that is the same for every program that saves what they say.

    Programs sort the comments and the names of a workbook in ways of their own; on which page of a PDF a
    comment stands depends on the size of the page.
    """
    tables: dict[tuple[int, int], int] = {}
    sheets: dict[str, int] = {}
    placed = []
    for position, passage in enumerate(document.passages):
        place = passage.place
        table = tables.setdefault((place.slide, place.table), len(tables) + 1) if place.table else 0
        area = Area.BODY if place.area in _FLOWING else place.area
        if place.area in {Area.SHEET, Area.CELL}:
            sheets.setdefault(place.sheet, len(sheets))
        coordinate = Coordinate(area, place.name, place.sheet, place.slide, table, place.row, place.column)
        placed.append(_Placed(position, passage, coordinate))
    if sheets:
        placed.sort(key=lambda each: _rank_in_workbook(each.coordinate, sheets))
    if document.format == "pdf":
        placed.sort(key=_rank_in_pdf)
    return placed


def _rank_in_workbook(coordinate: Coordinate, sheets: dict[str, int]) -> tuple[int | str, ...]:
    sheet = sheets.get(coordinate.sheet, len(sheets))
    area = _SHEET_ORDER.get(coordinate.area, len(_SHEET_ORDER))
    return sheet, area, coordinate.area, coordinate.row, coordinate.column, coordinate.name


def _rank_in_pdf(each: _Placed) -> tuple[str, bool]:
    return each.coordinate.area, all(run.mark is RunMark.LINK for run in each.passage.runs)


def _iterate_lines(document: DocumentText) -> Iterator[_Line]:
    for _, group in groupby(_order_passages(document), key=_find_row):
        placed = list(group)
        if placed[0].coordinate.row:
            yield _build_row(placed)
        else:
            yield from _build_sentences(placed[0])


def _find_row(each: _Placed) -> tuple[Coordinate, int]:
    coordinate = each.coordinate
    is_cell = coordinate.area is Area.CELL or coordinate.table
    return (coordinate._replace(column=0) if is_cell else coordinate), 0 if coordinate.row else each.position


def _build_row(placed: Sequence[_Placed]) -> _Line:
    """Return the line of a row, in which empty cells have their place: `Rent |  | x`."""
    position, passage, first = placed[0]
    cells = [
        (column, _join_passages(each.passage for each in cell))
        for column, cell in groupby(placed, key=lambda each: each.coordinate.column)
    ]
    place = passage.place
    is_grid = place.area is Area.CELL or bool(place.table)
    texts = [(each.coordinate.column, _format(each.passage)) for each in placed]
    text = format_row(texts) if is_grid else " ".join(text for _, text in texts)
    if len(cells) > 1:
        place = replace(place, area=Area.ROW if place.area is Area.CELL else place.area, column=0)
    key = (first.area, first.name, first.sheet, tuple(cells))
    return _Line(key, (first.slide, first.table, first.row), text, place, position)


def _build_sentences(placed: _Placed) -> Iterator[_Line]:
    position, passage, first = placed
    for unit in split_passages([(position, passage)]):
        shown = show_mark(show_label(unit))
        key = (first.area, first.name, first.sheet, shown.runs)
        yield _Line(key, (first.slide, first.table, 0), shown.text, passage.place, position)


def _format(passage: Passage) -> str:
    return f"{passage.mark} {passage.text}" if passage.mark else passage.text
