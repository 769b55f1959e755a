"""Errors of a database that is not available now."""

from __future__ import annotations

import sqlalchemy as sa

DATABASE_ERRORS = (
    sa.exc.OperationalError,
    sa.exc.InterfaceError,
    sa.exc.InternalError,
    sa.exc.TimeoutError,
)
"""The database is locked, gone, out of connections or read-only; SQLAlchemy's others are our mistakes."""
