"""A command on a terminal of some columns, in this process."""

from __future__ import annotations

import io
import re
import unicodedata
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

import click

from runtime.cli import cli, run
from tests.runtime.command import run_command

if TYPE_CHECKING:
    from collections.abc import Mapping

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_terminal(words: list[str], settings: Mapping[str, str], *, columns: int = 200, **more: str) -> str:
    """Return what a command prints there, with its colours."""
    terminal = Terminal()

    @click.command()
    def within() -> None:
        with redirect_stdout(terminal):
            run(cli, words)

    run_command([], within, **{**settings, "TERM": "xterm", "COLUMNS": str(columns), **more})
    return terminal.getvalue()


def unprinted(text: str) -> set[str]:
    """Return what no output may hold: control characters but the line break, and marks of direction."""
    marks = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
    return {
        char
        for char in text
        if (unicodedata.category(char) in {"Cc", "Zl", "Zp"} and char != "\n")
        or unicodedata.bidirectional(char) in marks
        or char in "\u061c\u200e\u200f"
    }
