"""What something costs: the statements and transactions that the database is asked for."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(kw_only=True)
class Cost:
    statements: int = 0
    transactions: int = 0


@contextmanager
def counted(engine: sa.Engine) -> Iterator[Cost]:
    """Yield what the database is asked meanwhile."""
    cost = Cost()

    def count_statement(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        cost.statements += not statement.startswith("BEGIN")

    def count_transaction(_connection: Any) -> None:
        cost.transactions += 1

    sa.event.listen(engine, "before_cursor_execute", count_statement)
    sa.event.listen(engine, "begin", count_transaction)
    yield cost
    sa.event.remove(engine, "before_cursor_execute", count_statement)
    sa.event.remove(engine, "begin", count_transaction)
