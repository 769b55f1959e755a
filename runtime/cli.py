"""The command `docspace-review`.

Exit 0: done; 1: the check failed; 2: unusable arguments or settings, the database and the machine among them.
Beyond the contract, as in other programs: 70 for a defect of this program (`EX_SOFTWARE` of sysexits), 130
when interrupted, 141 when the reader of the output closes it.
"""

from __future__ import annotations

import os
import sys
import traceback
from io import TextIOWrapper
from pathlib import Path

import click

from reviews.text import clean_text
from runtime.commands.command_table import COMMANDS
from runtime.commands.completion import VARIABLE, complete
from runtime.commands.lazy_group import LazyGroup
from runtime.commands.operator_errors import explain_operator_error
from runtime.observe import logs, output
from runtime.settings import environment
from runtime.settings.adopted_file import adopt_environment_file
from runtime.settings.settings import UnusableSettings, is_setting
from runtime.settings.version import read_version

UNUSABLE, DEFECT, INTERRUPTED, READER_GONE = 2, 70, 130, 141
MAX_MESSAGE_LENGTH = 4000


def _print_version(ctx: click.Context, _param: click.Parameter, is_requested: bool) -> None:  # noqa: FBT001
    if is_requested:
        click.echo(f"docspace-review {read_version()}")
        ctx.exit()


@click.group(cls=LazyGroup, places=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version,
    help="Show the version and exit.",
)  # fmt: skip
def cli() -> None:
    """Every change in a watched DocSpace folder becomes a card, and every answer a ledger entry."""


def main() -> None:
    """Run the command line and end the process with its exit code."""
    _prepare_streams()
    if instruction := environment.find_in_environment(VARIABLE):
        sys.exit(complete(cli, instruction))
    adopt_environment_file(is_setting)
    logs.configure()
    sys.exit(run(cli, sys.argv[1:]))


def run(command: click.Command, arguments: list[str]) -> int:
    """Return the exit code; any failure is one line on standard error."""
    with output.escape_output():
        return _run_for_exit_code(command, arguments)


def _run_for_exit_code(command: click.Command, arguments: list[str]) -> int:
    try:
        return _run_command(command, arguments)
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        _abandon_output()
        return READER_GONE
    except Exception as error:  # noqa: BLE001 - the edge of the process: no one should have to read a stack
        unusable = explain_operator_error(error)
        if isinstance(error, OSError) and error.filename is None:
            _abandon_output()
        defect = f"internal error ({type(error).__name__}); LOG_LEVEL=debug shows where"
        click.echo(f"docspace-review: {clean_text(unusable or defect)[:MAX_MESSAGE_LENGTH]}", err=True)
        if environment.is_debugging() and not isinstance(error, click.ClickException | UnusableSettings):
            click.echo(traceback.format_exc(), err=True)
        return UNUSABLE if unusable else DEFECT


def _run_command(command: click.Command, arguments: list[str]) -> int:
    if any(argument != argument.encode(errors="replace").decode() for argument in arguments):
        raise click.UsageError("an argument is not text in UTF-8")
    code = 0
    try:
        with command.make_context("docspace-review", arguments) as context:
            command.invoke(context)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    # A lost write was not done. Without this flush, Python would report it in its own words at exit.
    sys.stdout.flush()
    return code


def _prepare_streams() -> None:
    """Open missing standard streams, and make output UTF-8 so that no machine's encoding refuses a title."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - for as long as the process lives
        elif mode == "w" and isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _abandon_output() -> None:
    """Discard unwritten output: Python would retry it at exit, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
