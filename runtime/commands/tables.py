"""Tables that commands print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from reviews.text import clean_text
from runtime.observe.output import print_coloured

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; on a terminal it fits the width, in a pipe nothing is cut."""
    console = Console(soft_wrap=False, highlight=False)
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(clean_text("" if cell is None else str(cell)), overflow="fold") for cell in row))
    if not console.is_terminal:
        console.width = 400
    with console.capture() as output:
        console.print(table if table.row_count else "Nothing yet.")
    print_coloured(output.get())
