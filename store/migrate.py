"""Brings the database to the schema of this version, and says whether it is there.

Alembic is loaded where there is something to do: it would be a tenth of the time in which any command and any
process starts.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import sqlalchemy as sa

from store.engine import reading

# Any number; all that migrate the same PostgreSQL database have to agree on it.
_ADVISORY_LOCK = 7_201_226
OLDEST_POSTGRESQL = 13
_MIGRATIONS = Path(__file__).parent / "migrations"


class UnusableTables(Exception):
    """The database has not this version's tables; the message says what to do about it."""


def migrate(engine: sa.Engine) -> None:
    """Apply what is missing, in one transaction, or raise `UnusableTables`.

    That is for a database of a newer version, and for one on a server that is too old. Several processes may
    call it at once: one does the work.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            version = connection.exec_driver_sql("SHOW server_version_num").scalar_one()
            refuse_old(int(version) // 10_000)
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        found = _revisions(connection)
        _refuse_newer(found)
        if not _is_current(found):
            _upgrade(connection)


def require_current(engine: sa.Engine) -> None:
    """Raise `UnusableTables` where the database has another schema than this version's."""
    with reading(engine).connect() as connection:
        found = _revisions(connection)
    _refuse_newer(found)
    if not _is_current(found):
        raise UnusableTables("migrations are missing: run docspace-review migrate")


def find_mismatch(engine: sa.Engine) -> str:
    """Return in words why the database does not have this version's schema; empty where it has.

    It can change under a process that runs: a newer release migrates it, or a backup is restored.
    """
    try:
        require_current(engine)
    except UnusableTables as error:
        return str(error)
    return ""


def refuse_old(version: int) -> None:
    """Raise `UnusableTables` for a PostgreSQL of a version that the tables can't be made in."""
    if version < OLDEST_POSTGRESQL:
        raise UnusableTables(f"PostgreSQL {version} is too old: {OLDEST_POSTGRESQL} or newer is needed")


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revisions(connection: sa.Connection) -> set[str]:
    """Return what Alembic has written down."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return set()
    return set(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars())


def _is_current(found: set[str]) -> bool:
    return found == {_known()[-1]}


def _refuse_newer(found: set[str]) -> None:
    if not found <= set(_known()):
        raise UnusableTables("the database belongs to a newer version of docspace-review: run that one")


@cache
def _known() -> list[str]:
    """Return this version's migrations in their order: a file's name begins with its revision."""
    return sorted(file.name.partition("_")[0] for file in (_MIGRATIONS / "versions").glob("[0-9]*.py"))
