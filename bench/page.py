"""The table of `bench/README.md`: its figures are written by `./dev bench --table`, all else by hand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import POSTGRESQL, SQLITE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.figures import Figure

PAGE = Path(__file__).with_name("README.md")
HEADS = ("row", "what it says", "command", SQLITE, POSTGRESQL, "beside it", "what bounds it")
MACHINE = re.compile(r"(?<=^Machine: ).*$", re.MULTILINE)


def split_line(line: str) -> list[str]:
    """Return the cells of a line of a table in Markdown; of another line, none."""
    return [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []


def read_rows(page: str) -> list[dict[str, str]]:
    """Return the lines of the table by its heads."""
    lines = [split_line(line) for line in page.splitlines()]
    start = lines.index(list(HEADS)) + 2
    rows = []
    for cells in lines[start:]:
        if len(cells) != len(HEADS):
            break
        rows.append(dict(zip(HEADS, cells, strict=True)))
    return rows


def write_figures(page: str, figures: Sequence[Figure], machine: str | None) -> str:
    """Return the page with these figures, and the machine if it is given, in place of those that it had."""
    by_row: dict[str, list[Figure]] = {}
    for figure in figures:
        by_row.setdefault(figure.row, []).append(figure)
    lines = [_write_line(line, by_row) for line in page.splitlines()]
    written = "\n".join(lines) + "\n"
    return written if machine is None else MACHINE.sub(lambda _: f"{machine}.", written)


def _write_line(line: str, by_row: dict[str, list[Figure]]) -> str:
    cells = split_line(line)
    if len(cells) != len(HEADS) or cells[0] not in by_row:
        return line
    row = dict(zip(HEADS, cells, strict=True))
    figures = by_row[row["row"]]
    for database in (SQLITE, POSTGRESQL):
        if measured := [figure for figure in figures if figure.database in {"", database}]:
            row[database] = _write_cell(measured[-1])
    row["beside it"] = _write_beside(figures)
    return f"| {' | '.join(row.values())} |"


def _write_cell(figure: Figure) -> str:
    return f"{figure.text} ({figure.ratio})" if figure.ratio else figure.text


def _write_beside(figures: Sequence[Figure]) -> str:
    """Name what the row is held against; a value that differs between the databases is named for each."""
    texts = dict.fromkeys(figure.beside_text for figure in figures)
    return " : ".join(texts)
