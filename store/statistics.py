"""The statistics by which SQLite plans queries: those of a large installation, the same in every database.

Collecting them would count each index from end to end, and nothing could be written meanwhile (decision 59).
PostgreSQL collects its own (autovacuum).
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Sequence

ROWS, PARTIAL_ROWS = 1_000_000, 100_000
"""Entries of an index, and of one that has some of the rows only."""
MANY_ROWS, FEW_ROWS = 500_000, 10
"""How many rows share a value of a column: of one that has few values, and of any other."""
COLUMNS_WITH_FEW_VALUES = {"cause", "kind", "may_wait", "notifier", "of_many", "route", "state", "target"}

_INDEX_COLUMNS = sa.text(
    'SELECT m.name AS "table", i.name AS "index", i."unique" AS is_unique, i.partial AS is_partial, '
    'c.name AS "column" '
    "FROM sqlite_master AS m, pragma_index_list(m.name) AS i, pragma_index_info(i.name) AS c "
    "WHERE m.type = 'table' ORDER BY m.name, i.name, c.seqno"
)
_INSERT = sa.text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:table, :index, :statistics)")
_LOAD = "ANALYZE sqlite_master"
"""Creates the table of statistics where it is missing, and loads it; it counts nothing."""


def write_statistics(connection: sa.Connection) -> None:
    """Write the statistics of all indexes; this connection plans by them, and each that is opened later."""
    columns = connection.execute(_INDEX_COLUMNS).all()
    by_index = groupby(columns, key=lambda row: (row.table, row.index, row.is_unique, row.is_partial))
    values = [
        {
            "table": table,
            "index": index,
            "statistics": _describe([row.column for row in rows], is_unique=is_unique, is_partial=is_partial),
        }
        for (table, index, is_unique, is_partial), rows in by_index
    ]
    connection.exec_driver_sql(_LOAD)
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    connection.execute(_INSERT, values)
    connection.exec_driver_sql(_LOAD)


def _describe(columns: Sequence[str | None], *, is_unique: bool, is_partial: bool) -> str:
    """Return how many entries an index has, and how many share the first value, the first two, and so on."""
    counts = [PARTIAL_ROWS if is_partial else ROWS]
    for column in columns:
        counts.append(min(counts[-1], MANY_ROWS if column in COLUMNS_WITH_FEW_VALUES else FEW_ROWS))
    if is_unique:
        counts[-1] = 1
    return " ".join(map(str, counts))
