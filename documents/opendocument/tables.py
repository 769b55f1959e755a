"""Rows and cells of an OpenDocument table; one may stand for many (OpenDocument 1.3, part 3, 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from documents.collector import PassageCollector

_ROW_GROUPS = {"table:table-header-rows", "table:table-rows", "table:table-row-group"}
_COLUMN_GROUPS = {"table:table-header-columns", "table:table-columns", "table:table-column-group"}
_CELLS = {"table:table-cell", "table:covered-table-cell"}
_HIDDEN = {"collapse", "filter"}


def iterate_rows(table: Element) -> Iterator[Element]:
    """Yield the rows of a table, those in groups included."""
    for child in table:
        if child.tag == "table:table-row":
            yield child
        elif child.tag in _ROW_GROUPS:
            yield from iterate_rows(child)


def iterate_cells(row: Element) -> Iterator[Element]:
    """Yield the cells of a row, those covered by others included."""
    return (child for child in row if child.tag in _CELLS)


def count_repeats(element: Element) -> int:
    """Return for how many rows, cells or columns an element stands; bounded by what reads them."""
    kind = "rows" if element.tag == "table:table-row" else "columns"
    count = element.get(f"table:number-{kind}-repeated", "1")
    return max(int(count), 1) if count.isdecimal() else 1


def iterate_numbers(collector: PassageCollector, first: int, repeats: int) -> Iterator[int]:
    """Yield the number of each row or cell that an element stands for.

    Stops once nothing was collected for one: the others are empty, too, and may be a million.
    """
    for number in range(first, first + repeats):
        before = len(collector.passages)
        yield number
        if len(collector.passages) == before:
            return


def is_collapsed(element: Element) -> bool:
    """Return whether a row or column is hidden, by hand or by a filter."""
    return element.get("table:visibility") in _HIDDEN


def find_hidden_columns(table: Element) -> list[range]:
    """Return the numbers of hidden columns, from 1, as ranges."""
    hidden = []
    number = 1
    for column in _iterate_columns(table):
        repeats = count_repeats(column)
        if is_collapsed(column):
            hidden.append(range(number, number + repeats))
        number += repeats
    return hidden


def _iterate_columns(table: Element) -> Iterator[Element]:
    for child in table:
        if child.tag == "table:table-column":
            yield child
        elif child.tag in _COLUMN_GROUPS:
            yield from _iterate_columns(child)
