"""Tables that commands print; in a pipe nothing is folded, and nothing has a colour."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console

from reviews.text import clean_text
from runtime.commands.printing.table_layout import Styled, TableContent, lay_out, lay_out_pairs
from runtime.observe.output import print_coloured

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from rich.text import Text


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    folding: Collection[str] = (),
    moving: Collection[str] = (),
    empty: str = "Nothing yet.",
) -> None:
    """Print a table, or `empty` without rows.

    `folding` names the columns whose texts are folded, `moving` those that may be moved below their row.
    """
    cells = [[_read_cell(cell) for cell in row] for row in rows]
    if not cells:
        print_coloured(f"{empty}\n")
        return
    content = TableContent(columns=columns, rows=cells, folding=folding, moving=moving)
    print_lines(lay_out(content, find_width()))


def print_details(pairs: Iterable[tuple[str, object]]) -> None:
    """Print labels with values, a paragraph each; a label that repeats stands once."""
    print_lines(lay_out_pairs([(label, _read_cell(value)) for label, value in pairs], find_width()))


def find_width() -> int | None:
    """Return how many columns the terminal has; `None` in a pipe."""
    return Console().width if sys.stdout.isatty() else None


def print_lines(lines: Iterable[Text]) -> None:
    """Print lines as they are, with their colours on a terminal."""
    console = Console(highlight=False)
    with console.capture() as output:
        for line in lines:
            line.rstrip()
            console.print(line, soft_wrap=True)
    print_coloured(output.get())


def _read_cell(cell: object) -> Styled:
    if isinstance(cell, Styled):
        return Styled(clean_text(cell.text), cell.style)
    return Styled(clean_text("" if cell is None else str(cell)), "")
