"""The commands that change the key of the ledger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.evidence.signed_notes import parse_verifier_key
from runtime.evidence.key_file import find_key_file
from runtime.evidence.ledger_key import LedgerKeys
from store.schema import last_checkpoint, ledger_head, ledger_tiles, ledger_verifier_keys
from tests.databases import engine_on
from tests.runtime.command import run_command
from tests.runtime.key_commands import command, copy_database, load_keys, open_signed_file
from tests.runtime.signed_ledger import SignedLedger, change_entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import PostgresDatabases, SqliteDatabases


@pytest.fixture
def database(tmp_path: Path, sqlite_databases: SqliteDatabases) -> Path:
    return copy_database(sqlite_databases, tmp_path)


@pytest.fixture
def signed(database: Path) -> Iterator[SignedLedger]:
    with open_signed_file(database) as signed:
        yield signed


def test_a_new_key_signs_and_the_one_before_still_holds(database: Path, signed: SignedLedger) -> None:
    signed.append()
    signed.cover()
    before = command(database, "ledger", "key").out.strip()

    done = command(database, "ledger", "key", "new")

    keys = load_keys(database)
    assert (done.code, done.err) == (0, "")
    assert "begins after entry 1" in done.out
    assert keys.previous == signed.keys.current
    signed.append()
    signed.with_keys(keys).cover()
    printed = command(database, "ledger", "key").out.split()
    assert printed[1:] == [before]
    used = json.loads(command(database, "ledger", "key", "--json").out)
    assert used["key"] == printed[0]
    assert [each["since"] for each in used["used"]] == [1, 0]


def test_no_new_key_covers_up_a_forged_entry(database: Path, signed: SignedLedger) -> None:
    signed.append()
    signed.forge()
    before = load_keys(database)

    done = command(database, "ledger", "key", "new")

    assert (done.code, done.out) == (1, "")
    assert "entry 2 has no MAC" in done.err
    assert "docspace-review ledger key accept" in done.err
    assert load_keys(database) == before


def test_no_new_key_covers_up_what_was_signed_before_and_rewritten(
    database: Path, signed: SignedLedger
) -> None:
    signed.append(5)
    signed.cover()
    signed.rewrite(3, title="Forged.docx")

    for arguments in (["new"], ["accept", "--yes"]):
        done = command(database, "ledger", "key", *arguments)
        assert (done.code, done.out) == (1, "")
        assert "the first 5 entries are not those that the last checkpoint covers" in done.err


def test_no_new_key_begins_after_an_entry_that_is_not_there(database: Path, signed: SignedLedger) -> None:
    signed.append(5)
    signed.change(sa.update(ledger_head).values(seq=6, hash="f" * 64))

    done = command(database, "ledger", "key", "new")

    assert (done.code, done.out) == (1, "")
    assert "the chain ends at entry 5, but entry 6 was written" in done.err


def test_a_changed_chain_is_not_accepted(database: Path, signed: SignedLedger) -> None:
    signed.append(5)
    signed.change(change_entry(3, hash="f" * 64))

    done = command(database, "ledger", "key", "accept", "--yes")

    assert (done.code, done.out) == (1, "")
    assert "The ledger is not intact" in done.err
    assert load_keys(database) == signed.keys


def test_no_new_key_takes_the_place_of_one_that_is_not_here(database: Path, signed: SignedLedger) -> None:
    signed.append()
    signed.cover()
    signed.forge()
    find_key_file(database).unlink()

    refused = command(database, "ledger", "key", "new")
    done = command(database, "ledger", "key", "new", "--lost")

    assert (refused.code, refused.out) == (1, "")
    assert f"Put {find_key_file(database)} back, or say --lost" in refused.err
    assert (done.code, load_keys(database).current is not None) == (0, True)


def test_a_key_is_changed_once_and_then_used_before_it_is_changed_again(
    database: Path, signed: SignedLedger
) -> None:
    signed.append()
    signed.cover()
    command(database, "ledger", "key", "new")
    second = load_keys(database)

    too_early = command(database, "ledger", "key", "new")
    not_retired = command(database, "ledger", "key", "retire")
    signed.with_keys(second).cover()
    retired = command(database, "ledger", "key", "retire")

    assert (too_early.code, not_retired.code, retired.code) == (1, 1, 0)
    assert "has not signed yet" in too_early.err
    assert "has not signed yet" in not_retired.err
    assert load_keys(database) == LedgerKeys(current=second.current)
    assert command(database, "ledger", "key", "retire").out == "There is no key before the present one.\n"


def test_after_a_backup_from_before_the_key_another_one_begins(database: Path, signed: SignedLedger) -> None:
    signed.append(3)
    signed.cover()
    signed.engine.dispose()  # with the last connection all is written to the file
    backup = database.read_bytes()
    signed.append(3)
    signed.cover()
    command(database, "ledger", "key", "new")
    signed.engine.dispose()
    for ending in ("-wal", "-shm"):
        Path(f"{database}{ending}").unlink(missing_ok=True)
    database.write_bytes(backup)

    refused = command(database, "ledger", "key", "new")
    done = command(database, "ledger", "key", "new", "--lost")

    assert refused.code == 1
    assert "ledger key new --lost begins after its last entry" in refused.err
    assert done.code == 0
    restored = SignedLedger(engine_on(f"sqlite:///{database}"), load_keys(database))
    restored.append()
    assert restored.cover().size == 4
    assert restored.list_problems() == []
    restored.engine.dispose()


def test_entries_are_accepted_when_the_operator_says_so(database: Path, signed: SignedLedger) -> None:
    signed.append()
    signed.with_keys(LedgerKeys()).append(2)

    refused = command(database, "ledger", "key", "accept")
    unchanged = load_keys(database)
    done = command(database, "ledger", "key", "accept", "--yes")

    assert (refused.code, refused.out) == (1, "")
    assert "entry 2 has no MAC" in refused.err
    assert "Say --yes to accept all entries up to 3 as they are." in refused.err
    assert unchanged == signed.keys
    assert (done.code, "begins after entry 3" in done.out) == (0, True)
    accepting = signed.with_keys(load_keys(database))
    assert accepting.cover().size == 3


def test_where_each_entry_has_its_mac_nothing_is_accepted(database: Path, signed: SignedLedger) -> None:
    signed.append()

    done = command(database, "ledger", "key", "accept")

    assert (done.code, done.out) == (0, "Each entry has its MAC: there is nothing to accept.\n")
    assert load_keys(database) == signed.keys


def test_on_postgresql_the_key_is_printed_for_the_operator_to_set(
    postgres_databases: PostgresDatabases,
) -> None:
    address = postgres_databases.new()
    engine = engine_on(address)
    SignedLedger(engine, LedgerKeys()).append(2)

    done = run_command(["ledger", "key", "new"], DATABASE_URL=address)
    missing = run_command(["ledger", "key"], DATABASE_URL=address)
    with_key = run_command(["ledger", "key"], DATABASE_URL=address, LEDGER_KEY=done.out.strip())

    engine.dispose()
    assert (done.code, done.out.startswith("v1:2:")) == (0, True)
    assert "Set LEDGER_KEY to this for all processes" in done.err
    assert (missing.code, missing.out) == (1, "")
    assert "docspace-review ledger key new" in missing.err
    assert with_key.code == 0
    assert parse_verifier_key(with_key.out.strip()).name == "127.0.0.1"


def test_the_ledger_is_held_against_the_entry_that_the_key_names(
    database: Path, signed: SignedLedger
) -> None:
    signed.append(6)
    signed.cover()
    command(database, "ledger", "key", "new")
    signed.rewrite(3, title="Forged.docx")
    signed.change(*(sa.delete(table) for table in (last_checkpoint, ledger_tiles, ledger_verifier_keys)))

    done = command(database, "ledger", "verify")

    assert done.code == 1
    assert "entry 6 has another hash than the one that was kept" in done.out
