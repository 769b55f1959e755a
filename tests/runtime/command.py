"""The command line, run in this process."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from click.testing import CliRunner

from runtime.cli import cli, run

if TYPE_CHECKING:
    from collections.abc import Callable

    import click


@dataclass(frozen=True)
class CommandResult:
    code: int
    out: str
    err: str


def run_command(
    arguments: list[str], command: click.Command = cli, *, entered: str = "", **settings: str
) -> CommandResult:
    """Run a command to its end, with nothing but these settings, and this on its standard input."""
    return run_command_beside(lambda _: None, arguments, command, entered=entered, **settings)


def run_command_beside(
    beside: Callable[[Callable[[], str]], object],
    arguments: list[str],
    command: click.Command = cli,
    *,
    entered: str = "",
    **settings: str,
) -> CommandResult:
    """Do the same while a thread runs that is given what reads the errors so far."""
    nothing = dict.fromkeys(os.environ)  # noqa: TID251 - what the machine has set is to count for nothing
    with CliRunner().isolation(input=entered, env={**nothing, **settings}) as (out, err, _):
        thread = threading.Thread(target=beside, args=(lambda: err.getvalue().decode(),))
        thread.start()
        code = run(command, arguments)
        thread.join()
    return CommandResult(code, out.getvalue().decode(), err.getvalue().decode())
