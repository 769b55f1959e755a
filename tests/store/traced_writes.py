"""Transactions of SQLite whose statements are recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa


def write_traced(engine: sa.Engine, statements: list[str]) -> None:
    """Begin and commit a transaction; the statements that the driver runs are added to `statements`."""
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.set_trace_callback(statements.append)
        with connection.begin():
            pass
        driver.set_trace_callback(None)
