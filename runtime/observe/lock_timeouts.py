"""The log of lock timeouts: which database lock timed out, and who held it.

One line covers all that wait for the same lock at the same moment. It holds no statement and no row.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

from store.engine import create_statement_engine
from store.locks import find_holder, is_lock_timeout

if TYPE_CHECKING:
    from sqlalchemy.engine import ExceptionContext

AGAIN_SECONDS = 5.0
LEDGER_END = "ledger_head"

log = structlog.get_logger()


class LockLog:
    """Rate-limited log of lock timeouts: at most one line for each lock in `AGAIN_SECONDS`."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._one_at_a_time = threading.Lock()
        self._last_logged: dict[str, float] = {}

    def log_timeout(self, context: ExceptionContext) -> None:
        """Handle an error of the engine when it happens."""
        if not is_lock_timeout(context.original_exception):
            return
        lock = self._name_lock(context.statement or "")
        with self._one_at_a_time:
            if time.monotonic() - self._last_logged.get(lock, float("-inf")) < AGAIN_SECONDS:
                return
            self._last_logged[lock] = time.monotonic()
        if lock == LEDGER_END:
            # In a thread: a person waits for the answer, which is an error.
            threading.Thread(target=self._log_holder, name="lock-log", daemon=True).start()
        else:
            log.warning("lock_not_had", lock=lock)

    def _name_lock(self, statement: str) -> str:
        """Return the name of the lock; SQLite has one lock for all writers, and does not say who holds it."""
        if self._engine.dialect.name == "sqlite":
            return "the database"
        return LEDGER_END if LEDGER_END in statement else "a row or a table"

    def _log_holder(self) -> None:
        engine = create_statement_engine(self._engine)
        try:
            holder = find_holder(engine)
        except sa.exc.SQLAlchemyError as error:
            log.warning("lock_not_had", lock=LEDGER_END, holder="unknown", reason=type(error).__name__)
            return
        finally:
            engine.dispose()
        if holder is None:
            log.warning("lock_not_had", lock=LEDGER_END, holder="none any more")
            return
        log.warning(
            "lock_not_had",
            lock=LEDGER_END,
            holder=holder.name,
            process=holder.process,
            state=holder.state,
            held_seconds=round(holder.age.total_seconds(), 1),
        )


def log_lock_timeouts(engine: sa.Engine) -> None:
    """Log each lock timeout of the engine."""
    sa.event.listen(engine, "handle_error", LockLog(engine).log_timeout)
