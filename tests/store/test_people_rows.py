"""What an entry commits to is written with it: both or neither, in one round trip."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.ledger.hash_chain import LedgerBroken
from reviews.ledger.people_commitments import compute_commitment
from store.chain import SqlLedgerRepository
from store.disclosures import format_disclosures
from store.ledger_reading import StoredEntry, iterate_stored, read_pages_of
from store.recorded_erasures import iterate_erasures
from store.schema import ledger_people
from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_SQLITE
from tests.store.entries import build_entry
from tests.store.reads import count_reads, list_statements

if TYPE_CHECKING:
    from pathlib import Path

BODY: dict[str, Any] = {"type": "other", "at": "2026-03-02T09:00:00.000000Z", "review_id": None}


def list_rows(engine: sa.Engine) -> list[tuple[int, str]]:
    with engine.connect() as connection:
        return [(row.seq, row.disclosures) for row in connection.execute(sa.select(ledger_people))]


def append(engine: sa.Engine, *bodies: dict[str, Any]) -> None:
    with SqlUnitOfWork(engine) as work:
        for body in bodies:
            work.ledger.append(body)
        work.commit()


def test_entries_of_one_transaction_have_a_row_each_where_they_name_someone(engine: sa.Engine) -> None:
    append(engine, build_entry(1), BODY, build_entry(2), {**BODY, "note": "Fine"})

    assert [seq for seq, _ in list_rows(engine)] == [1, 3, 4]
    assert [len(each.disclosures) for each in iterate_stored(engine)] == [2, 0, 2, 1]


def test_an_entry_that_is_not_committed_leaves_no_row(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        work.ledger.append(build_entry(1))
        work.ledger.write_waiting()

    assert list_rows(engine) == []


def test_a_salt_may_be_given(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        repository = SqlLedgerRepository(connection, make_salt=lambda: "salt")
        repository.append({**BODY, "note": "Fine"})
        repository.write_waiting()

    [stored] = iterate_stored(engine)
    assert stored.read.entry["note"] == {"commitment": compute_commitment("salt", "Fine")}
    assert list_rows(engine) == [(1, '{"/note":["salt","Fine"]}')]
    assert stored.disclosures == {"/note": ("salt", "Fine")}
    assert stored.reveal()["note"] == "Fine"


def test_a_row_that_is_there_before_its_entry_keeps_no_one_from_writing(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        planted = format_disclosures({"/note": ("salt", "planted")})
        connection.execute(sa.insert(ledger_people).values(seq=1, disclosures=planted))

    append(engine, build_entry(1))

    [stored] = iterate_stored(engine)
    assert set(stored.disclosures) == {"/contributors/0", "/owners/0"}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_row_costs_no_answer_more_that_is_waited_for(engine: sa.Engine, tmp_path: Path) -> None:
    def count_answers(name: str, body: dict[str, Any]) -> int:
        trace = tmp_path / name
        with engine.connect() as connection, connection.begin(), trace.open("w") as lines:
            repository = SqlLedgerRepository(connection)
            repository.append(body)
            server: Any = connection.connection.driver_connection
            server.pgconn.trace(lines.fileno())
            repository.write_waiting()
            server.pgconn.untrace()
        return trace.read_text().count("ReadyForQuery")

    for _ in range(4):  # from then on statements are prepared
        append(engine, build_entry(1))
    without, with_row = count_answers("without", BODY), count_answers("with", build_entry(1))

    assert with_row == without > 0


@ON_SQLITE
def test_what_stands_between_the_entries_of_a_review_is_not_read(engine: sa.Engine) -> None:
    costs = []
    for between in (0, 600):
        append(engine, *map(build_entry, [1] * 3), *map(build_entry, range(2, 2 + between)), build_entry(1))
        [last, *_] = reversed(list_rows(engine))
        statements = list_statements(engine, partial(read_review, engine, until=last[0]))
        costs.append(count_reads(engine, statements))

    assert costs[1] <= 2 * costs[0] + 100
    assert [len(each.disclosures) for each in read_review(engine, until=10_000)] == [2] * 8


def read_review(engine: sa.Engine, *, until: int) -> list[StoredEntry]:
    return [each for page in read_pages_of(engine, "rev-1", until=until, page_size=500) for each in page]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_rows_for_one_entry_are_none(engine: sa.Engine) -> None:
    append(engine, build_entry(1))
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE ledger_people DROP CONSTRAINT ledger_people_pkey")
        connection.exec_driver_sql("INSERT INTO ledger_people SELECT * FROM ledger_people")

    with pytest.raises(LedgerBroken, match="ledger_people has two rows for one entry"):
        list(iterate_stored(engine))


@ON_SQLITE
def test_only_an_entry_on_an_erasure_says_what_was_erased(engine: sa.Engine) -> None:
    """Another may hold the words; and one that is malformed lists nothing."""
    commitment = "ab" * 32
    erasure = {**BODY, "type": "people:erased"}
    append(engine, {**erasure, "commitments": [commitment, 7]}, erasure, {**erasure, "commitments": None})
    append(engine, {**BODY, "commitments": [commitment], "of": {"type": "people:erased"}})
    append(engine, {**erasure, "commitments": [commitment], "review_id": "rev-1"})

    assert list(iterate_erasures(engine, after=0)) == [(1, [commitment]), (2, []), (3, []), (4, [])]
    assert list(iterate_erasures(engine, after=3)) == [(4, [])]
