"""The command `completion`, and what a shell asks for at each Tab."""

from __future__ import annotations

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete, shell_complete

PROGRAM, VARIABLE = "docspace-review", "_DOCSPACE_REVIEW_COMPLETE"
_SHELLS: dict[str, type[ShellComplete]] = {"bash": BashComplete, "fish": FishComplete, "zsh": ZshComplete}


@click.command()
@click.argument("shell", type=click.Choice(list(_SHELLS)))
@click.pass_context
def completion(context: click.Context, *, shell: str) -> None:
    """Print the script by which a shell completes commands and options with Tab.

    In Bash, put eval "$(docspace-review completion bash)" into ~/.bashrc.
    """
    complete = _SHELLS[shell](context.find_root().command, {}, PROGRAM, VARIABLE)
    # Not `source()`: that of Bash starts one to read its version, though it may be none on this machine.
    click.echo(complete.source_template % complete.source_vars())


def complete(command: click.Command, instruction: str) -> int:
    """Print what a shell may complete; `instruction` is what its script has put into `VARIABLE`."""
    return shell_complete(command, {}, PROGRAM, VARIABLE, instruction)
