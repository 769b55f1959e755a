"""How a table is laid out in the columns of a terminal.

Ids, times and states are copied, so they are never broken. What fits is taken, in this order: a table in
which texts are folded; one with the texts, or targets too, in lines below each row; a paragraph for each row.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.text import Text

from runtime.commands.printing.folding import fold, limit_lines, pad

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

MIN_FOLDED_WIDTH = 20
"""Columns that a folded text needs to be readable."""
MAX_LINES = 4
"""Lines of a text in a table."""
GAP = "  "
HEADING = "bold"


class Styled(NamedTuple):
    """A cell with a style, such as `red`, which a terminal shows."""

    text: str
    style: str


@dataclass(frozen=True, kw_only=True)
class TableContent:
    """`folding` names the columns with texts, `moving` those that may stand below their row unbroken."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Styled]]
    folding: Collection[str]
    moving: Collection[str]


def lay_out(content: TableContent, width: int | None) -> Iterator[Text]:
    """Yield the lines of a table; without a width nothing is folded."""
    for below in ((), content.folding, (*content.folding, *content.moving)):
        shown = [number for number, column in enumerate(content.columns) if column not in below]
        widths = _find_widths(content, shown, width)
        if widths is not None:
            yield from _lay_out_rows(content, shown, widths, width)
            return
    yield from stack_rows(content, width)


def stack_rows(content: TableContent, width: int | None) -> Iterator[Text]:
    """Yield a paragraph for each row, without its empty cells."""
    for number, row in enumerate(content.rows):
        if number:
            yield Text()
        pairs = [(column, cell) for column, cell in zip(content.columns, row, strict=True) if cell.text]
        yield from lay_out_pairs(pairs, width)


def lay_out_pairs(
    pairs: Sequence[tuple[str, Styled]], width: int | None, *, indent: str = ""
) -> Iterator[Text]:
    """Yield labels with their values, whose words are not broken; a label that repeats stands once."""
    label_width = max((cell_len(label) for label, _ in pairs), default=0)
    before = len(indent) + label_width + len(GAP)
    room = None if width is None else max(width - before, MIN_FOLDED_WIDTH)
    previous = None
    for label, cell in pairs:
        for number, part in enumerate(fold(cell.text, room, breaks_words=False)):
            is_named = number == 0 and label != previous
            line = Text(indent)
            line.append(pad(label if is_named else "", label_width), style=HEADING)
            yield line.append(GAP).append(part, style=cell.style)
        previous = label


def _find_widths(content: TableContent, shown: Sequence[int], width: int | None) -> list[int] | None:
    """Return the width of each column that is shown; `None` where the terminal is too narrow for them."""
    widths = [
        max(cell_len(content.columns[number]), *(cell_len(row[number].text) for row in content.rows))
        for number in shown
    ]
    if width is None:
        return widths
    foldable = [place for place, number in enumerate(shown) if content.columns[number] in content.folding]
    for _ in range(sum(widths) + len(GAP) * (len(shown) - 1) - width):
        widest = max(foldable, key=lambda place: widths[place], default=None)
        if widest is None or widths[widest] <= MIN_FOLDED_WIDTH:
            return None
        widths[widest] -= 1
    return widths


def _lay_out_rows(
    content: TableContent, shown: Sequence[int], widths: Sequence[int], width: int | None
) -> Iterator[Text]:
    headings = [Styled(column, HEADING) for column in content.columns]
    below = [number for number in range(len(headings)) if number not in shown]
    yield from _lay_out_cells([headings[number] for number in shown], widths)
    for row in content.rows:
        yield from _lay_out_cells([row[number] for number in shown], widths)
        pairs = [(content.columns[number], row[number]) for number in below if row[number].text]
        yield from lay_out_pairs(pairs, width, indent=GAP * 2)


def _lay_out_cells(cells: Sequence[Styled], widths: Sequence[int]) -> Iterator[Text]:
    columns = [
        limit_lines(fold(cell.text, width), MAX_LINES, width=width)
        for cell, width in zip(cells, widths, strict=True)
    ]
    for parts in zip_longest(*columns, fillvalue=""):
        line = Text()
        for part, cell, width in zip(parts, cells, widths, strict=True):
            line.append(GAP if line else "").append(pad(part, width), style=cell.style)
        yield line
