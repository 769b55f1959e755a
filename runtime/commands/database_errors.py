"""What an operator has to fix when the database can't be used."""

from __future__ import annotations

import sqlalchemy as sa

from store.migrate import UnusableTables


def explain_database_error(error: Exception) -> str | None:
    """Return what the operator has to fix, or `None` for what can only be a defect of this program."""
    message = None
    match error:
        case UnusableTables():
            message = f"DATABASE_URL: {error}"
        case sa.exc.DBAPIError() if not isinstance(error, sa.exc.DataError | sa.exc.IntegrityError):
            message = f"DATABASE_URL: {describe_driver_error(error.orig)}"
    return message


def describe_driver_error(error: BaseException | None) -> str:
    """Return why the database can't be used, as its driver says; only the first line names no values."""
    return f"the database can't be used ({next(iter(str(error).splitlines()), '')})"
