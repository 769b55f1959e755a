"""What an operator has to fix when a command fails."""

from __future__ import annotations

import click
import sqlalchemy as sa

from runtime.settings.settings import UnusableSettings
from store.migrate import UnusableTables


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
        case UnusableTables():
            message = f"DATABASE_URL: {error}"
        case sa.exc.DBAPIError() if not isinstance(error, sa.exc.DataError | sa.exc.IntegrityError):
            message = f"DATABASE_URL: {describe_driver_error(error.orig)}"
        case OSError():
            message = f"{error.filename or 'the input or the output'} can't be used ({error.strerror})"
    return message


def describe_driver_error(error: BaseException | None) -> str:
    """Return why the database can't be used, as its driver says; only the first line names no values."""
    return f"the database can't be used ({next(iter(str(error).splitlines()), '')})"
