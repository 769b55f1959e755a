"""Locks that were not had in time: which errors say so, and which session holds the end of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

_LOCK_TIMEOUT = {"55P03", "SQLITE_BUSY", "SQLITE_BUSY_RECOVERY", "SQLITE_BUSY_SNAPSHOT"}

# A session that has locked a row has a lock on the table too, and so have those that wait for the row.
# Of another role's session a role without rights sees the process and its name alone.
_HOLDERS = sa.text(
    "SELECT pid, application_name, state, clock_timestamp() - xact_start AS age FROM pg_stat_activity "
    "WHERE pid <> pg_backend_pid() AND pid IN (SELECT pid FROM pg_locks WHERE granted "
    "AND relation = to_regclass('ledger_head') AND mode IN ('RowShareLock', 'RowExclusiveLock', "
    "'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')) "
    "AND cardinality(pg_blocking_pids(pid)) = 0 ORDER BY xact_start LIMIT 1"
)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A session: its process on the server, its name, what it does, for how long its transaction is open."""

    process: int
    name: str
    state: str
    age: timedelta


def is_lock_timeout(error: BaseException | None) -> bool:
    """Tell whether the driver's error says that a lock was not had in time."""
    code = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
    return code in _LOCK_TIMEOUT


def find_holder(engine: sa.Engine) -> Holder | None:
    """Return the session that keeps others from the ledger's end; `None` where none does any more."""
    with engine.connect() as connection:
        row = connection.execute(_HOLDERS).one_or_none()
    if row is None:
        return None
    return Holder(
        process=row.pid, name=row.application_name, state=row.state or "", age=row.age or timedelta()
    )
