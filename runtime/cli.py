"""The command `docspace-review`.

Exit 0: done; 1: the check failed; 2: unusable arguments or settings, the database and the machine among them.
Beyond the contract, as in other programs: 70 for a defect of this program (`EX_SOFTWARE` of sysexits), 130
when interrupted, 141 when the reader of the output closes it.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from io import TextIOWrapper
from pathlib import Path

import click
import sqlalchemy as sa

from reviews.text import clean_text
from runtime.observe import logs, output
from runtime.settings import settings
from runtime.settings.settings import UnusableSettings
from runtime.settings.version import read_version
from store.migrate import UnusableTables

UNUSABLE, DEFECT, INTERRUPTED, READER_GONE = 2, 70, 130, 141
MAX_MESSAGE_LENGTH = 4000

# A command is imported when it is invoked: a listing need not wait for the web server.
_COMMANDS = {
    "canary": "runtime.commands.canary",
    "demo": "runtime.commands.demo",
    "deliveries": "runtime.commands.listings",
    "doctor": "runtime.commands.doctor",
    "documents": "runtime.commands.documents",
    "events": "runtime.commands.listings",
    "ledger": "runtime.commands.ledger",
    "migrate": "runtime.commands.migrate",
    "people": "runtime.commands.people",
    "reviews": "runtime.commands.listings",
    "routes": "runtime.commands.routes",
    "serve": "runtime.commands.serve",
    "slack": "runtime.commands.slack",
    "sweep": "runtime.commands.sweep",
    "teams": "runtime.commands.teams",
    "webhook": "runtime.commands.webhook",
    "worker": "runtime.commands.worker",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        module = _COMMANDS.get(cmd_name)
        command: click.Command | None = getattr(importlib.import_module(module), cmd_name) if module else None
        return command


def _print_version(ctx: click.Context, _param: click.Parameter, is_requested: bool) -> None:  # noqa: FBT001
    if is_requested:
        click.echo(f"docspace-review {read_version()}")
        ctx.exit()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version,
    help="Show the version and exit.",
)  # fmt: skip
def cli() -> None:
    """Every change in a watched DocSpace folder becomes a card, and every answer a ledger entry."""


def main() -> None:
    """Run the command line and end the process with its exit code."""
    _prepare_streams()
    logs.configure()
    sys.exit(run(cli, sys.argv[1:]))


def run(command: click.Command, arguments: list[str]) -> int:
    """Return the exit code; any failure is one line on standard error."""
    with output.escape_output():
        return _run_for_exit_code(command, arguments)


def _run_for_exit_code(command: click.Command, arguments: list[str]) -> int:
    try:
        return _run_command(command, arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _abandon_output()
        return READER_GONE
    except Exception as error:  # noqa: BLE001 - the edge of the process: no one should have to read a stack
        unusable = _explain_operator_error(error)
        defect = f"internal error ({type(error).__name__}); LOG_LEVEL=debug shows where"
        click.echo(f"docspace-review: {clean_text(unusable or defect)[:MAX_MESSAGE_LENGTH]}", err=True)
        if settings.is_debugging() and not isinstance(error, click.ClickException | UnusableSettings):
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


def _explain_operator_error(error: Exception) -> str | None:
    """Return what the operator has to fix, or `None` for what can only be a defect of this program."""
    message = None
    match error:
        case click.exceptions.NoArgsIsHelpError():
            message = f"a command is missing; {error.ctx.command_path if error.ctx else ''} --help lists them"
        case click.ClickException():
            message = error.format_message()
        case UnusableSettings():
            message = str(error)
        case UnusableTables():
            message = f"DATABASE_URL: {error}"
        case sa.exc.DBAPIError() if not isinstance(error, sa.exc.DataError | sa.exc.IntegrityError):
            reason = next(iter(str(error.orig).splitlines()), "")
            message = f"DATABASE_URL: the database can't be used ({reason})"
        case OSError():
            if error.filename is None:
                _abandon_output()
            message = f"{error.filename or 'the input or the output'} can't be used ({error.strerror})"
    return message


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
