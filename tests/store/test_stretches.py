"""A chain is read in stretches: no row falls between two, whatever was made of the column of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.ledger.hash_chain import LedgerBroken
from store.ledger_reading import read_entries, split_chain
from store.schema import ledger
from tests.runtime.record import ENTRIES, check_tampered, fill_record

if TYPE_CHECKING:
    from reviews.ledger.hash_chain import ReadEntry

ANY_NUMBER = {
    "sqlite": (
        "CREATE TABLE rebuilt (seq, review_id, at, hash, entry, mac)",
        "INSERT INTO rebuilt SELECT seq, review_id, at, hash, entry, mac FROM ledger",
        "DROP TABLE ledger",
        "ALTER TABLE rebuilt RENAME TO ledger",
    ),
    "postgresql": (
        "ALTER TABLE ledger DROP CONSTRAINT ledger_pkey",
        "ALTER TABLE ledger ALTER seq TYPE numeric, ALTER seq DROP NOT NULL",
    ),
}
"""Take away that the column of numbers holds whole numbers only, and always one."""
FORGED = "INSERT INTO ledger SELECT {number}, review_id, at, 'zz', 'forged', mac FROM ledger WHERE seq = 3"
TEXTS = "ALTER TABLE ledger ALTER seq TYPE text USING seq::text"


def read_in_stretches(engine: sa.Engine, *, size: int) -> list[ReadEntry]:
    return [
        each.read for stretch in split_chain(ENTRIES, size=size) for each in read_entries(engine, stretch)
    ]


@pytest.mark.parametrize(
    ("end", "borders"),
    [
        (0, [(None, None)]),
        (4, [(None, None)]),
        (5, [(None, 4), (4, None)]),
        (9, [(None, 4), (4, 8), (8, None)]),
    ],
)
def test_a_stretch_begins_where_the_one_before_ends_and_the_last_has_no_end(
    end: int, borders: list[tuple[int | None, int | None]]
) -> None:
    assert [(each.after, each.until) for each in split_chain(end, size=4)] == borders


@pytest.mark.parametrize("size", [1, 2, 4, 5, 99])
def test_stretches_of_any_size_have_each_entry_once(engine: sa.Engine, size: int) -> None:
    fill_record(engine)

    entries = read_in_stretches(engine, size=size)

    assert [each.entry["seq"] for each in entries] == list(range(1, ENTRIES + 1))


@pytest.mark.parametrize("number", ["2.5", "NULL", "0.5", "6.5"])
def test_a_row_that_lies_between_two_stretches_or_has_no_number_is_found(
    engine: sa.Engine, number: str
) -> None:
    fill_record(engine)
    statements = [*ANY_NUMBER[engine.dialect.name], FORGED.format(number=number)]
    check_tampered(engine, *map(sa.text, statements))

    with pytest.raises(LedgerBroken, match="is not JSON"):
        read_in_stretches(engine, size=2)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_column_of_another_kind_is_said_in_words(engine: sa.Engine) -> None:
    fill_record(engine)
    check_tampered(engine, sa.text(TEXTS))

    with pytest.raises(
        LedgerBroken, match="the columns of the ledger are no longer those that it was made with"
    ):
        read_in_stretches(engine, size=2)


def test_a_row_that_was_taken_out_at_a_border_is_missed_by_the_stretches_together(engine: sa.Engine) -> None:
    fill_record(engine)
    check_tampered(engine, sa.delete(ledger).where(ledger.c.seq == 4))

    entries = read_in_stretches(engine, size=2)

    assert [each.entry["seq"] for each in entries] == [1, 2, 3, 5, 6]
