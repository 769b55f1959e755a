"""Tables that versions before 0.4 have left: those of an engine, DBOS, in which work that waited was kept.

Nothing of ours reads or changes them any more, and another program may use the same engine.
"""

from __future__ import annotations

import sqlalchemy as sa

from store.engine import read_only

_SCHEMA = "dbos"
_TABLES = ("operation_outputs", "workflow_status")


def list_former_tables(engine: sa.Engine) -> list[str]:
    """Return the names of the engine's tables that hold arguments, results and errors of work."""
    schema = None if engine.dialect.name == "sqlite" else _SCHEMA
    with read_only(engine).connect() as connection:
        inspector = sa.inspect(connection)
        names = [name for name in _TABLES if inspector.has_table(name, schema=schema)]
    return [f"{schema}.{name}" if schema else name for name in names]
