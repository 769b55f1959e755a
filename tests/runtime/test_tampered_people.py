"""What stands beside the ledger, changed by an owner of the database: each change is named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.ledger.findings import LedgerFindings, LedgerPart
from reviews.ledger.hash_chain import EntryType
from reviews.ledger.people_commitments import ERASED, compute_commitment, find_commitments
from runtime.ledger_verification.ledger_check import check_ledger
from runtime.ledger_verification.people_check import PeopleCheck
from store import ledger_reading
from store.chain import SqlLedgerRepository
from store.disclosures import format_disclosures
from store.schema import ledger_people
from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_SQLITE
from tests.runtime.lived import intruder, live_through
from tests.runtime.record import rewrite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Rows = dict[int, dict[str, list[Any]]]

OWNER, CONTRIBUTOR = "/owners/0", "/contributors/0"
ANSWER = 7
"""The entry of the first answer."""


@pytest.fixture
def owner(engine: sa.Engine) -> Iterator[sa.Engine]:
    """Yield the engine of an owner of a database in which everything has happened."""
    live_through(engine)
    assert list_lines(engine) == []
    owner = intruder(engine)
    yield owner
    owner.dispose()


def list_lines(engine: sa.Engine) -> list[str]:
    findings = check_ledger(engine).findings
    return [each.says for each in findings if each.part is LedgerPart.PEOPLE]


def read_rows(engine: sa.Engine) -> Rows:
    with engine.connect() as connection:
        rows = connection.execute(sa.select(ledger_people.c.seq, ledger_people.c.disclosures)).all()
    return {seq: json.loads(text) for seq, text in rows}


def write_row(engine: sa.Engine, seq: int, disclosures: Any) -> None:
    """Write a row as the product does, whatever is in it."""
    text = disclosures if isinstance(disclosures, str | bytes | None) else format_disclosures(disclosures)
    mine = ledger_people.c.seq == seq
    with engine.begin() as connection:
        connection.execute(sa.update(ledger_people).where(mine).values(disclosures=text))


def delete_row(engine: sa.Engine, seq: int) -> None:
    with engine.begin() as connection:
        connection.execute(sa.delete(ledger_people).where(ledger_people.c.seq == seq))


def list_commitments(engine: sa.Engine, seq: int) -> dict[str, str]:
    [stored] = ledger_reading.read_entries(engine, ledger_reading.EntryRange(after=seq - 1, until=seq))
    return find_commitments(stored.read.entry)


def record_erasure(engine: sa.Engine, commitments: list[str]) -> None:
    body = {
        "type": EntryType.PEOPLE_ERASED.value,
        "at": "2026-03-02T09:00:00.000000Z",
        "review_id": None,
        "route": None,
        "commitments": commitments,
    }
    with SqlUnitOfWork(engine) as work:
        work.ledger.append(body)
        work.commit()


def change_value(row: dict[str, list[Any]]) -> Any:
    return row | {OWNER: [row[OWNER][0], "eve@example.com"]}


def change_salt(row: dict[str, list[Any]]) -> Any:
    return row | {OWNER: ["another", row[OWNER][1]]}


def move_value(row: dict[str, list[Any]]) -> Any:
    moved = row | {"/owners/1": row[OWNER]}
    del moved[OWNER]
    return moved


def swap_values(row: dict[str, list[Any]]) -> Any:
    return row | {OWNER: row[CONTRIBUTOR], CONTRIBUTOR: row[OWNER]}


def take_value(row: dict[str, list[Any]]) -> Any:
    return {pointer: pair for pointer, pair in row.items() if pointer != OWNER}


def take_all(_row: dict[str, list[Any]]) -> Any:
    return {}


def respell(row: dict[str, list[Any]]) -> Any:
    return json.dumps(row)


def write_compactly(row: dict[str, list[Any]]) -> str:
    return json.dumps(row, separators=(",", ":"), ensure_ascii=False)


def say_twice(row: dict[str, list[Any]]) -> Any:
    return format_disclosures(row).replace("{", '{"/owners/0":["x","eve@example.com"],', 1)  # type: ignore[arg-type]


OTHER_OWNER = "entry 1 commits to another /owners/0 than what stands beside it"
OWNER_GONE = "/owners/0 of entry 1 is gone, and no later entry says that it was erased"
CONTRIBUTOR_GONE = "/contributors/0 of entry 1 is gone, and no later entry says that it was erased"
FORMLESS = "what stands beside entry 1 is no list of salts and values"
CHANGES: dict[str, tuple[Callable[[dict[str, list[Any]]], Any], list[str]]] = {
    "another value": (change_value, [OTHER_OWNER]),
    "another salt": (change_salt, [OTHER_OWNER]),
    "moved to another place": (
        move_value,
        ["/owners/1 stands beside entry 1, which commits to nothing there", OWNER_GONE],
    ),
    "exchanged": (swap_values, [OTHER_OWNER.replace("/owners", "/contributors"), OTHER_OWNER]),
    "one more": (
        lambda row: row | {"/title": ["x", "Forged.docx"]},
        ["/title stands beside entry 1, which commits to nothing there"],
    ),
    "one more in a place that names another by another index": (
        lambda row: row | {"/owners/00": row[OWNER]},
        ["/owners/00 stands beside entry 1, which commits to nothing there"],
    ),
    "a place of hostile characters": (
        lambda row: row | {"/\x1b[31m": ["x", 1]},
        ["/\\u001b[31m stands beside entry 1, which commits to nothing there"],
    ),
    "the whole entry": (
        lambda row: row | {"": ["x", 1]},
        ['"" stands beside entry 1, which commits to nothing there'],
    ),
    "taken": (take_value, [OWNER_GONE]),
    "all taken": (take_all, [CONTRIBUTOR_GONE, OWNER_GONE]),
    "NULL": (lambda _row: None, [CONTRIBUTOR_GONE, OWNER_GONE]),
    "no JSON": (lambda _row: "gone", ["what stands beside entry 1 is not JSON"]),
    "no object": (lambda _row: "[]", ["what stands beside entry 1 is no object"]),
    "no salt": (lambda row: json.dumps(row | {OWNER: [OWNER]}), [FORMLESS]),
    "a number for a salt": (lambda row: json.dumps(row | {OWNER: [1, OWNER]}), [FORMLESS]),
    "a text for both": (lambda row: json.dumps(row | {OWNER: "ab"}), [FORMLESS]),
    "a fraction": (
        lambda row: json.dumps(row | {OWNER: ["x", 0.5]}),
        ["what stands beside entry 1 holds the number '0.5', which no entry of ours can hold"],
    ),
    "spelled otherwise": (respell, ["what stands beside entry 1 is not spelled as it was written"]),
    "in another order": (
        lambda row: write_compactly(dict(reversed(row.items()))),
        ["what stands beside entry 1 is not spelled as it was written"],
    ),
    "said twice": (say_twice, ["what stands beside entry 1 says '/owners/0' twice"]),
    "nested without end": (
        lambda _row: '{"/owners/0":["x",' + "[" * 100_000 + "]" * 100_000 + "]}",
        ["what stands beside entry 1 is not JSON"],
    ),
}


@pytest.mark.parametrize("case", CHANGES)
@ON_SQLITE
def test_each_change_of_what_stands_beside_an_entry_is_named(
    engine: sa.Engine, owner: sa.Engine, case: str
) -> None:
    change, lines = CHANGES[case]
    with owner.begin() as connection:
        if case == "NULL":
            make_nullable(connection)

    write_row(owner, 1, change(read_rows(engine)[1]))

    assert list_lines(engine) == lines


def make_nullable(connection: sa.Connection) -> None:
    """Take away that the column holds a value: SQLite needs another table for that."""
    for statement in (
        "CREATE TABLE other (seq INTEGER PRIMARY KEY, disclosures TEXT)",
        "INSERT INTO other SELECT seq, disclosures FROM ledger_people",
        "DROP TABLE ledger_people",
        "ALTER TABLE other RENAME TO ledger_people",
    ):
        connection.exec_driver_sql(statement)


@ON_SQLITE
@pytest.mark.parametrize("value", [b"\x80", b"{}"])
def test_what_only_sqlite_stores_is_named(engine: sa.Engine, owner: sa.Engine, value: bytes) -> None:
    with owner.begin() as connection:
        connection.exec_driver_sql("UPDATE ledger_people SET disclosures = ? WHERE seq = 1", (value,))

    assert list_lines(engine) == ["what stands beside entry 1 is not text"]


@ON_SQLITE
def test_text_that_is_not_utf_8_is_named(engine: sa.Engine, owner: sa.Engine) -> None:
    with owner.begin() as connection:
        connection.exec_driver_sql("UPDATE ledger_people SET disclosures = CAST(x'80' AS TEXT) WHERE seq = 1")

    problem = check_ledger(engine).problem

    assert problem == "a row of ledger_people holds what was never written there"


def test_a_deleted_row_is_named_on_both_databases(engine: sa.Engine, owner: sa.Engine) -> None:
    delete_row(owner, 1)

    assert list_lines(engine) == [CONTRIBUTOR_GONE, OWNER_GONE]


def test_exchanged_rows_are_named_on_both_databases(engine: sa.Engine, owner: sa.Engine) -> None:
    rows = read_rows(engine)
    write_row(owner, 1, rows[2])
    write_row(owner, 2, rows[1])

    lines = list_lines(engine)

    assert OTHER_OWNER in lines
    assert OTHER_OWNER.replace("entry 1", "entry 2") in lines


def test_rows_of_no_entry_are_named_on_both_databases(engine: sa.Engine, owner: sa.Engine) -> None:
    with owner.begin() as connection:
        for seq in (-1, 0, 99):
            connection.execute(sa.insert(ledger_people).values(seq=seq, disclosures="{}"))

    assert list_lines(engine) == [
        f"the table ledger_people tells of entry {seq}, which is not there" for seq in (-1, 0, 99)
    ]


def let_rows_be_without_number(connection: sa.Connection) -> None:
    for statement in (
        "CREATE TABLE other AS SELECT seq, disclosures FROM ledger_people",
        "DROP TABLE ledger_people",
        "ALTER TABLE other RENAME TO ledger_people",
    ):
        connection.exec_driver_sql(statement)


def test_a_row_without_a_number_is_named_as_that(engine: sa.Engine, owner: sa.Engine) -> None:
    with owner.begin() as connection:
        let_rows_be_without_number(connection)
        connection.exec_driver_sql("INSERT INTO ledger_people (seq, disclosures) VALUES (NULL, '{}')")

    assert list_lines(engine) == ["the table ledger_people has a row without the number of an entry"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("change", ["seq TYPE text", "disclosures TYPE json USING disclosures::json"])
def test_a_column_of_another_kind_is_said_in_words(engine: sa.Engine, owner: sa.Engine, change: str) -> None:
    with owner.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE ledger_people ALTER {change}")

    assert not check_ledger(engine).intact


def test_what_was_erased_on_record_is_no_finding(engine: sa.Engine, owner: sa.Engine) -> None:
    erased = list_commitments(engine, ANSWER)
    record_erasure(engine, list(erased.values()))
    delete_row(owner, ANSWER)

    assert list_lines(engine) == []
    with SqlUnitOfWork(engine, reading=True) as work:
        [answer] = [each for each in work.ledger.list_entries("rev-1") if each["seq"] == ANSWER]
    assert (answer["reviewer"]["name"], answer["note"], answer["proof"]) == (ERASED, ERASED, {})


def test_only_what_a_later_entry_lists_was_erased_on_record(engine: sa.Engine, owner: sa.Engine) -> None:
    of_first = list_commitments(engine, 1)
    record_erasure(engine, [of_first[OWNER], "nonsense"])
    delete_row(owner, 1)

    assert list_lines(engine) == [CONTRIBUTOR_GONE]


def test_an_entry_that_lists_what_a_later_one_commits_to_erases_nothing(
    engine: sa.Engine, owner: sa.Engine
) -> None:
    record_erasure(engine, [compute_commitment("salt", "Fine")])
    body = {"type": "other", "at": "2026-03-02T09:00:00.000000Z", "review_id": None, "note": "Fine"}
    with engine.connect() as connection, connection.begin() as transaction:
        repository = SqlLedgerRepository(connection, make_salt=lambda: "salt")
        repository.append(body)
        repository.commit_waiting(transaction)
    number = max(read_rows(engine))
    assert list_lines(engine) == []

    delete_row(owner, number)
    delete_row(owner, 1)

    note_gone = f"/note of entry {number} is gone, and no later entry says that it was erased"
    assert list_lines(engine) == [CONTRIBUTOR_GONE, OWNER_GONE, note_gone]


@ON_SQLITE
def test_erasures_are_found_whatever_number_is_matched_at_once(engine: sa.Engine, owner: sa.Engine) -> None:
    rows = read_rows(engine)
    commitments = [each for seq in rows for each in list_commitments(engine, seq).values()]
    left_out = commitments.pop()
    for start in range(0, len(commitments), 5):
        record_erasure(engine, commitments[start : start + 5])
    with owner.begin() as connection:
        connection.execute(sa.delete(ledger_people))

    for number in (1, 2, 7, 10_000):
        check = PeopleCheck(engine, LedgerFindings(), max_unmatched=number)
        assert len(list(check.watch(ledger_reading.iterate_stored(engine)))) > len(rows)
        check.check_erased()
        [finding] = check.findings.listed
        assert finding.entry == max(rows)
        assert finding.member is not None
        assert list_commitments(engine, max(rows))[finding.member] == left_out


@ON_SQLITE
def test_an_erasure_while_the_ledger_is_checked_is_seen(engine: sa.Engine) -> None:
    live_through(engine)
    stored = list(ledger_reading.iterate_stored(engine))
    record_erasure(engine, list(list_commitments(engine, 1).values()))
    erased = [each._replace(people=None) if each.seq == 1 else each for each in stored]
    check = PeopleCheck(engine, LedgerFindings())

    assert list(check.watch(erased)) == erased
    check.check_erased()

    assert check.findings.listed == []


def test_entries_of_earlier_versions_name_people_in_clear(engine: sa.Engine) -> None:
    live_through(engine)
    rewrite(engine)
    with SqlUnitOfWork(engine, reading=True) as work:
        before = work.ledger.list_entries("rev-1")
    assert read_rows(engine) == {}

    with SqlUnitOfWork(engine) as work:
        work.ledger.append({**before[0], "at": "2026-03-02T09:00:00.000000Z", "review_id": "rev-9"})
        work.commit()

    assert list_lines(engine) == []
    with SqlUnitOfWork(engine, reading=True) as work:
        [entry] = work.ledger.list_entries("rev-9")
    assert entry["contributors"] == before[0]["contributors"]
    assert list(read_rows(engine)) == [entry["seq"]]
