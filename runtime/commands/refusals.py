"""How a command ends when it refuses, or when what it checked does not hold: one line, and exit code 1."""

from __future__ import annotations

from typing import NoReturn

import click

from runtime.commands.printing.folded_text import print_text


def refuse(sentence: str) -> NoReturn:
    print_text(sentence, err=True)
    click.get_current_context().exit(1)
