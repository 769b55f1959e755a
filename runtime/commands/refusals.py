"""How a command ends when it refuses, or when what it checked does not hold: one line, and exit code 1."""

from __future__ import annotations

from typing import NoReturn

import click


def refuse(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    click.get_current_context().exit(1)
