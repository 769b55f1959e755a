"""Text that commands print: folded at words on a terminal, one line each in a pipe."""

from __future__ import annotations

import re
import sys

import click

from runtime.commands.printing.folding import fold
from runtime.commands.printing.tables import find_width

_BEGINNING = re.compile(r" *(?:\S+(?: \S+)* {2,}(?=\S))?")
"""The indentation of a line, and the label in front of its text."""


def print_text(text: str, *, err: bool = False) -> None:
    """Print lines of text; a folded one goes on below its beginning. No word, such as a key, is broken."""
    stream = sys.stderr if err else sys.stdout
    width = find_width() if stream.isatty() else None
    for line in text.split("\n"):
        click.echo("\n".join(_fold_line(line, width)), err=err)


def _fold_line(line: str, width: int | None) -> list[str]:
    beginning = _BEGINNING.match(line)
    label = beginning.group() if beginning else ""
    room = None if width is None else max(width - len(label), 1)
    first, *others = fold(line[len(label) :], room, breaks_words=False)
    return [f"{label}{first}", *(f"{'':{len(label)}}{other}" for other in others)]
