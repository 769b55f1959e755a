"""Tables that commands print.

Ids, times, states and targets are copied, so they are never broken: what is long and made of words is folded.
Where that is not enough, each row is a paragraph. In a pipe nothing is folded.
"""

from __future__ import annotations

import sys
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from reviews.text import clean_text
from runtime.observe.output import print_coloured

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

MIN_FOLDED_WIDTH = 14
"""Columns of a terminal that a folded column needs to be readable."""
MAX_LINES = 4
"""Lines of a folded cell, which ends with an ellipsis then."""
_GAP = "  "
_ELLIPSIS = "…"
_HEADING = "bold"


class Styled(NamedTuple):
    """A cell with a style, such as `red`, which a terminal shows."""

    text: str
    style: str


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    folding: Collection[str] = (),
    empty: str = "Nothing yet.",
) -> None:
    """Print a table, or `empty` without rows. `folding` names the columns whose cells may be folded."""
    cells = [[_read_cell(cell) for cell in row] for row in rows]
    if not cells:
        print_coloured(f"{empty}\n")
        return
    console = Console(highlight=False)
    widths = _find_widths(columns, cells, folding, width=find_width(console))
    if widths is None:
        lines = _stack(console, columns, cells)
    else:
        headings = [Styled(column, _HEADING) for column in columns]
        lines = [line for row in (headings, *cells) for line in _lay_out(console, row, widths)]
    print_lines(console, lines)


def print_details(pairs: Iterable[tuple[str, object]]) -> None:
    """Print labels with values, a paragraph each; a label that repeats stands once."""
    console = Console(highlight=False)
    print_lines(console, list(_pair(console, [(label, _read_cell(value)) for label, value in pairs])))


def find_width(console: Console) -> int | None:
    """Return how many columns the terminal has; `None` in a pipe, where nothing is folded."""
    return console.width if sys.stdout.isatty() else None


def print_lines(console: Console, lines: Iterable[Text]) -> None:
    """Print lines as they are, with their colours on a terminal."""
    with console.capture() as output:
        for line in lines:
            line.rstrip()
            console.print(line, soft_wrap=True)
    print_coloured(output.get())


def fold(console: Console, text: str, width: int | None, *, breaks_words: bool = True) -> list[str]:
    """Return the lines of a text in this width; a longer word is broken, or has a line of its own."""
    if width is None or cell_len(text) <= width:
        return [text]
    wrapped = Text(text).wrap(console, max(width, 1), overflow="fold" if breaks_words else "ignore")
    return [line.plain.rstrip() for line in wrapped]


def _read_cell(cell: object) -> Styled:
    if isinstance(cell, Styled):
        return Styled(clean_text(cell.text), cell.style)
    return Styled(clean_text("" if cell is None else str(cell)), "")


def _find_widths(
    columns: Sequence[str], cells: Sequence[Sequence[Styled]], folding: Collection[str], *, width: int | None
) -> list[int] | None:
    """Return the width of each column; `None` where the terminal is too narrow for a table."""
    widths = [
        max(cell_len(column), *(cell_len(row[number].text) for row in cells))
        for number, column in enumerate(columns)
    ]
    if width is None:
        return widths
    excess = sum(widths) + len(_GAP) * (len(columns) - 1) - width
    foldable = [number for number, column in enumerate(columns) if column in folding]
    while excess > 0:
        widest = max(foldable, key=lambda number: widths[number], default=None)
        if widest is None or widths[widest] <= MIN_FOLDED_WIDTH:
            return None
        widths[widest] -= 1
        excess -= 1
    return widths


def _lay_out(console: Console, row: Sequence[Styled], widths: Sequence[int]) -> Iterable[Text]:
    columns = [
        _limit(fold(console, cell.text, width), width) for cell, width in zip(row, widths, strict=True)
    ]
    for parts in zip_longest(*columns, fillvalue=""):
        line = Text()
        for number, (part, cell, width) in enumerate(zip(parts, row, widths, strict=True)):
            line.append(_GAP if number else "")
            line.append(part, style=cell.style)
            line.append(" " * (width - cell_len(part)))
        yield line


def _limit(lines: list[str], width: int) -> list[str]:
    if len(lines) <= MAX_LINES:
        return lines
    last = lines[MAX_LINES - 1]
    while cell_len(last) >= width:
        last = last[:-1]
    return [*lines[: MAX_LINES - 1], last + _ELLIPSIS]


def _stack(console: Console, columns: Sequence[str], cells: Sequence[Sequence[Styled]]) -> list[Text]:
    lines: list[Text] = []
    for row in cells:
        pairs = [(column, cell) for column, cell in zip(columns, row, strict=True) if cell.text]
        lines += [*([Text()] if lines else []), *_pair(console, pairs)]
    return lines


def _pair(console: Console, pairs: Sequence[tuple[str, Styled]]) -> Iterable[Text]:
    indent = max((cell_len(label) for label, _ in pairs), default=0) + len(_GAP)
    width = find_width(console)
    room = None if width is None else max(width - indent, MIN_FOLDED_WIDTH)
    previous = None
    for label, cell in pairs:
        for number, part in enumerate(fold(console, cell.text, room, breaks_words=False)):
            shown = "" if number or label == previous else label
            line = Text(shown.ljust(indent), style=_HEADING) if shown else Text(" " * indent)
            yield line.append(part, style=cell.style)
        previous = label
