"""Each column of each table says what an erasure does to it, so that no new one is forgotten."""

from __future__ import annotations

import sqlalchemy as sa

from reviews.erasure.table_rules import TABLES
from runtime.commands.people.people_texts import KINDS
from store.erasure.table_rows import list_tables
from store.schema import metadata

MAY_NAME_PEOPLE = (sa.String, sa.JSON, sa.LargeBinary)


def test_each_table_is_classified() -> None:
    assert set(TABLES) == set(metadata.tables)
    assert set(KINDS) <= set(list_tables())


def test_each_column_that_may_name_a_person_is_classified_once() -> None:
    for name, table in metadata.tables.items():
        columns = [column.name for column in table.c if isinstance(column.type, MAY_NAME_PEOPLE)]

        assert sorted(TABLES[name].classified) == sorted(columns), name


def test_why_a_column_names_no_one_is_said() -> None:
    assert all(reason for rule in TABLES.values() for reason in rule.impersonal.values())
