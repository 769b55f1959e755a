"""The command `docspace-review`.

Exit 0: done; 1: the thing checked does not hold; 2: unusable arguments or settings.
"""

from __future__ import annotations

import importlib
import sys

import click
import sqlalchemy as sa

from runtime import logs
from runtime.settings import UnusableSettings

# A command is imported when it is asked for: a listing need not wait for the web server and the engine.
_COMMANDS = {
    "demo": "runtime.commands.programs",
    "deliveries": "runtime.commands.listings",
    "events": "runtime.commands.listings",
    "ledger": "runtime.commands.ledger",
    "migrate": "runtime.commands.tables",
    "reviews": "runtime.commands.listings",
    "routes": "runtime.commands.routes",
    "serve": "runtime.commands.programs",
    "worker": "runtime.commands.programs",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        module = _COMMANDS.get(cmd_name)
        command: click.Command | None = getattr(importlib.import_module(module), cmd_name) if module else None
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Every change in a critical DocSpace folder becomes a card, and one click becomes a record."""


def main() -> None:
    """Run the command line; whatever is unusable is one line on standard error."""
    logs.configure()
    try:
        cli.main(prog_name="docspace-review", standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as error:
        _fail(f"a command is missing; {error.ctx.command_path if error.ctx else ''} --help lists them")
    except click.ClickException as error:
        _fail(error.format_message())
    except UnusableSettings as error:
        _fail(str(error))
    except sa.exc.OperationalError as error:
        _fail(f"DATABASE_URL: the database is not available ({str(error.orig).splitlines()[0]})")


def _fail(message: str) -> None:
    click.echo(f"docspace-review: {' '.join(message.split())}", err=True)
    sys.exit(2)
