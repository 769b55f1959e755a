"""The command line, run in this process."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from click.testing import CliRunner

from runtime.cli import cli, run

if TYPE_CHECKING:
    import click


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


def ended(arguments: list[str], command: click.Command = cli, **settings: str) -> Ended:
    """Run a command to its end, with nothing but these settings."""
    nothing = dict.fromkeys(os.environ)  # noqa: TID251 - what the machine has set is to count for nothing
    with CliRunner().isolation(env={**nothing, **settings}) as (out, err, _):
        code = run(command, arguments)
    return Ended(code, out.getvalue().decode(), err.getvalue().decode())
