"""Lock timeouts: the errors that report one, and the session that holds the ledger's head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

_LOCK_TIMEOUT = {"55P03", "SQLITE_BUSY", "SQLITE_BUSY_RECOVERY", "SQLITE_BUSY_SNAPSHOT"}

# A session that has locked a row has a lock on the table too, and so have those that wait for the row. A role
# without rights sees only process and name of another role's session.
_HOLDERS = sa.text(
    "SELECT pid, application_name, state, clock_timestamp() - xact_start AS age FROM pg_stat_activity "
    "WHERE pid <> pg_backend_pid() AND pid IN (SELECT pid FROM pg_locks WHERE granted "
    "AND relation = to_regclass('ledger_head') AND mode IN ('RowShareLock', 'RowExclusiveLock', "
    "'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')) "
    "AND cardinality(pg_blocking_pids(pid)) = 0 ORDER BY xact_start LIMIT 1"
)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A session: its process on the server, its name, its state, the age of its transaction."""

    process: int
    name: str
    state: str
    age: timedelta


def is_lock_timeout(error: BaseException | None) -> bool:
    """Return whether the driver's error is a lock timeout."""
    code = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
    return code in _LOCK_TIMEOUT


def find_holder(engine: sa.Engine) -> Holder | None:
    """Return the session that blocks others at the ledger's head; `None` if none does any more."""
    with engine.connect() as connection:
        row = connection.execute(_HOLDERS).one_or_none()
    if row is None:
        return None
    return Holder(
        process=row.pid, name=row.application_name, state=row.state or "", age=row.age or timedelta()
    )
