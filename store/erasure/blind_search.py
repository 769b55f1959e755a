"""A search of the whole database for a person: of every table and column that the database itself lists."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.erasure.remaining_mentions import BlindSearch
from reviews.erasure.table_rules import TABLES
from store.engine import read_only
from store.erasure.former_tables import list_former_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.erasure.erased_person import ErasedPerson

_ROWS_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A column in which so many rows still name a person; `reason` says why they stay, `None` is left."""

    table: str
    column: str
    count: int
    reason: str | None

    @property
    def is_foreign(self) -> bool:
        return self.table not in TABLES

    @property
    def goes_last(self) -> bool:
        """Whether the erasure still needs this to know which names and accounts belong to the address."""
        rule = TABLES.get(self.table)
        return self.shows_person or (rule is not None and self.column in rule.with_ledger)

    @property
    def shows_person(self) -> bool:
        """Whether this goes as the very last."""
        rule = TABLES.get(self.table)
        return rule is not None and rule.shows_person


def find_mentions(
    engine: sa.Engine,
    person: ErasedPerson,
    *,
    clear_entries: bool,
) -> Sequence[Mention]:
    """Return what still names the person in all tables, of whatever program they are.

    A full read by design: what erasure overlooked is what its own list of columns lacks. Of tables that
    `list_former_tables` names another sentence speaks.
    """
    search = BlindSearch(person, clear_entries=clear_entries)
    former = set(list_former_tables(engine))
    mentions: list[Mention] = []
    with read_only(engine).connect() as connection:
        inspector = sa.inspect(connection)
        names = [*inspector.get_table_names()]
        if engine.dialect.name == "postgresql":
            names += inspector.get_materialized_view_names()
        for name in sorted(set(names) - former):
            mentions += _search_table(connection, search, name)
    return mentions


def _search_table(connection: sa.Connection, search: BlindSearch, name: str) -> list[Mention]:
    counts: Counter[tuple[str, str | None]] = Counter()
    # All columns: SQLite keeps texts in columns of any type.
    query = sa.select(sa.text("*")).select_from(sa.table(name))
    result = connection.execution_options(stream_results=True, yield_per=_ROWS_AT_ONCE).execute(query)
    for row in result.mappings():
        for column, value in row.items():
            if value is None or isinstance(value, int | float):
                continue
            counts.update({(column, reason) for reason in search.find(name, column, value)})
    return [
        Mention(table=name, column=column, count=count, reason=reason)
        for (column, reason), count in sorted(counts.items(), key=lambda item: (item[0][0], item[0][1] or ""))
    ]
