"""The file and the setting that hold the ledger's key: who makes it, and what is none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from runtime.evidence.key_file import UnusableKeyFile, create_key_file, find_key_file, read_key_file
from runtime.evidence.ledger_key import LedgerKeys, parse_ledger_key
from runtime.settings.settings import UnusableSettings, parse_settings
from runtime.web.application import build_application
from runtime.wiring.wiring import Wiring
from runtime.worker.worker import Worker
from store.schema import ledger
from tests.runtime.key_commands import command, copy_database, load_keys, open_signed_file
from tests.runtime.signed_ledger import SignedLedger, make_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.databases import SqliteDatabases

ROUTES = '[[route]]\nwatch = ["539564"]\nowners = ["o@company.com"]\nnotify = ["console"]\n'


@pytest.fixture
def database(tmp_path: Path, sqlite_databases: SqliteDatabases) -> Path:
    return copy_database(sqlite_databases, tmp_path)


@pytest.fixture
def signed(database: Path) -> Iterator[SignedLedger]:
    with open_signed_file(database) as signed:
        yield signed


def test_the_first_start_makes_a_key_for_its_owner_alone_and_says_where(database: Path) -> None:
    done = command(database, "migrate")

    file = find_key_file(database)
    assert (done.code, done.err) == (0, "")
    assert f"The key that signs the ledger is in {file}. Keep a copy of it in another place" in done.out
    assert file.stat().st_mode & 0o777 == 0o600
    assert load_keys(database).current is not None
    assert list_names(database.parent) == [database.name, file.name]


def list_names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_the_second_start_keeps_the_key(database: Path) -> None:
    command(database, "migrate")
    before = load_keys(database)

    done = command(database, "migrate")

    assert done.out == "The database is up to date.\n"
    assert load_keys(database) == before


def test_a_key_that_has_signed_is_not_replaced_when_its_file_is_missing(
    database: Path, signed: SignedLedger
) -> None:
    signed.append()
    signed.cover()
    find_key_file(database).unlink()

    done = command(database, "migrate")

    assert done.code == 0
    assert not find_key_file(database).exists()
    findings = json.loads(command(database, "doctor", "--json").out)
    [finding] = [each for each in findings if each["about"] == "ledger key"]
    assert finding["standing"] == "error"
    assert "is missing" in finding["says"]


def test_a_setting_comes_before_the_file_and_makes_none(database: Path) -> None:
    command(database, "migrate", LEDGER_KEY=make_key().format())

    assert not find_key_file(database).exists()


def test_of_two_that_make_the_file_at_once_one_is_first(tmp_path: Path) -> None:
    file = tmp_path / "key"

    first = create_key_file(file, LedgerKeys(current=make_key("first")))
    second = create_key_file(file, LedgerKeys(current=make_key("second")))

    assert (first, second) == (True, False)
    assert read_key_file(file) == LedgerKeys(current=make_key("first"))
    assert list_names(tmp_path) == ["key"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "has 0 lines"),
        ("short", "has 5 characters and needs 32 or more"),
        ("v1:x:y:z", "is not v1:NUMBER:HASH:SECRET"),
        (f"{make_key().format()}\n" * 3, "has 3 lines"),
        ("\u00fc" * 40, "is not text"),
    ],
)
def test_a_file_that_holds_no_key_is_refused(database: Path, text: str, reason: str) -> None:
    find_key_file(database).write_text(text, encoding="utf-8")

    done = command(database, "ledger", "key")

    assert done.code == 2
    assert done.out == ""
    assert reason in done.err
    assert done.err.count("\n") == 1


def test_a_folder_that_can_not_be_written_to_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableKeyFile, match="can't write the ledger's key"):
        create_key_file(tmp_path / "missing" / "key", LedgerKeys(current=make_key()))


@pytest.mark.parametrize(
    "text", ["v1:" + "s" * 40, "v1:1:2:3", f"v1:01:{'0' * 64}:{'secret' * 9}", f"v1:1:{'0' * 64}:x"]
)
def test_a_damaged_key_is_refused_without_repeating_it(database: Path, text: str) -> None:
    done = command(database, "ledger", "key", LEDGER_KEY=text)

    assert done.code == 2
    assert "LEDGER_KEY: " in done.err
    assert text not in done.err


@pytest.mark.parametrize("start", [build_application, Worker])
def test_no_process_starts_with_a_key_that_can_not_be_used(
    database: Path, start: Callable[[Wiring], object]
) -> None:
    values = {
        "database_url": f"sqlite:///{database}",
        "routes": ROUTES,
        "docspace_webhook_secret": "Compl1ance!",
    }
    wiring = Wiring(parse_settings({**values, "ledger_key": "v1:damaged"}))

    with pytest.raises(UnusableSettings, match="LEDGER_KEY: is not v1:NUMBER:HASH:SECRET"):
        start(wiring)

    wiring.engine.dispose()


def test_a_key_before_without_a_key_has_no_effect_and_is_refused(database: Path) -> None:
    done = command(database, "ledger", "key", LEDGER_KEY_PREVIOUS=make_key().format())

    assert done.code == 2
    assert "LEDGER_KEY_PREVIOUS: has no effect without LEDGER_KEY" in done.err


def test_a_secret_alone_is_the_key_of_an_empty_ledger() -> None:
    key = parse_ledger_key("a secret that some platform has made, 64 characters")

    assert (key.since.seq, parse_ledger_key(key.format())) == (0, key)


def test_no_representation_shows_the_secret() -> None:
    assert "long enough" not in repr(make_key())
    assert "long enough" not in repr(LedgerKeys(current=make_key()))


@pytest.mark.parametrize("line", ["", " "])
def test_an_empty_line_is_no_key(database: Path, signed: SignedLedger, line: str) -> None:
    """Its secret would be known to everyone."""
    file = find_key_file(database)
    genuine = file.read_text()

    for text in (f"{line}\n", f"{genuine}{line}\n"):
        file.write_text(text)
        done = command(database, "ledger", "key")
        assert (done.code, done.out) == (2, "")
    assert signed.keys.current is not None


def test_each_entry_that_the_program_writes_has_its_mac(signed: SignedLedger) -> None:
    signed.append(2)

    with signed.engine.connect() as connection:
        macs = connection.execute(sa.select(ledger.c.mac)).scalars().all()

    assert all(isinstance(each, bytes) and len(each) == 32 for each in macs)
