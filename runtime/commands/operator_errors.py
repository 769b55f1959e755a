"""What an operator has to fix when a command fails."""

from __future__ import annotations

import click

from runtime.settings.settings import UnusableSettings

_OF_DATABASES = {"sqlalchemy", "store"}


def explain_operator_error(error: Exception) -> str | None:
    """Return what the operator has to fix, or `None` for what can only be a defect of this program."""
    message = None
    match error:
        case click.exceptions.NoArgsIsHelpError():
            message = f"a command is missing; {error.ctx.command_path if error.ctx else ''} --help lists them"
        case click.ClickException():
            message = error.format_message()
        case UnusableSettings():
            message = str(error)
        case OSError():
            message = f"{error.filename or 'the input or the output'} can't be used ({error.strerror})"
        case _ if _is_of_database(error):
            from runtime.commands.database_errors import (  # noqa: PLC0415 - such an error has loaded it all
                explain_database_error,
            )

            message = explain_database_error(error)
    return message


def _is_of_database(error: Exception) -> bool:
    """Return whether an error is one of the database's, without loading what would define it."""
    packages = {each.__module__.partition(".")[0] for each in type(error).__mro__}
    return not packages.isdisjoint(_OF_DATABASES)
