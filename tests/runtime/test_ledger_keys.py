"""The key of the ledger: where it comes from, how it is changed, and the commands about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.evidence.checkpoints import verify_checkpoint
from reviews.evidence.signed_notes import parse_verifier_key
from runtime.cli import cli
from runtime.evidence.key_file import UnusableKeyFile, create_key_file, find_key_file, read_key_file
from runtime.evidence.ledger_key import LedgerKeys, check_signature, parse_ledger_key
from runtime.settings.settings import UnusableSettings, parse_settings
from runtime.web.application import build_application
from runtime.wiring.wiring import Wiring
from runtime.worker.worker import Worker
from store.schema import last_checkpoint, ledger, ledger_head, ledger_tiles, ledger_verifier_keys
from tests.databases import engine_on
from tests.runtime.command import CommandResult, run_command
from tests.runtime.signed_ledger import SignedLedger, change_entry, make_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.databases import PostgresDatabases, SqliteDatabases

URL = "https://reviews.example.com"
ROUTES = '[[route]]\nwatch = ["539564"]\nowners = ["o@company.com"]\nnotify = ["console"]\n'


@pytest.fixture
def database(tmp_path: Path, sqlite_databases: SqliteDatabases) -> Path:
    """Return a SQLite file in a folder of its own, beside which no key is yet."""
    file = tmp_path / "reviews.db"
    made = Path(str(sa.make_url(sqlite_databases.new()).database))
    file.write_bytes(made.read_bytes())
    return file


def command(database: Path, *arguments: str, **settings: str) -> CommandResult:
    where = {"DATABASE_URL": f"sqlite:///{database}", "PUBLIC_URL": URL}
    return run_command(list(arguments), cli, **where, **settings)


@pytest.fixture
def signed(database: Path) -> Iterator[SignedLedger]:
    """Return the ledger of that file, with its key as the first start made it."""
    assert command(database, "migrate").code == 0
    engine = engine_on(f"sqlite:///{database}")
    yield SignedLedger(engine, read_key_file(find_key_file(database)))
    engine.dispose()


def load_keys(database: Path) -> LedgerKeys:
    return read_key_file(find_key_file(database))


# The file beside SQLite


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

    assert done.out == "the database is up to date\n"
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


# The text of a key


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


# The commands


def test_the_printed_checkpoint_is_verified_by_the_printed_key(database: Path, signed: SignedLedger) -> None:
    signed.append(3)
    signed.cover()

    key = command(database, "ledger", "key").out.strip()
    done = command(database, "ledger", "checkpoint")

    checkpoint = verify_checkpoint(done.out, [parse_verifier_key(key)], check_signature)
    assert (done.code, done.err) == (0, "")
    assert (checkpoint.origin, checkpoint.size) == ("reviews.example.com", 3)


@pytest.mark.usefixtures("signed")
def test_a_ledger_without_a_checkpoint_says_who_makes_one(database: Path) -> None:
    done = command(database, "ledger", "checkpoint")

    assert (done.code, done.out) == (1, "")
    assert "a worker makes one within two seconds" in done.err


def test_a_checkpoint_that_does_not_cover_an_entry_says_why(database: Path, signed: SignedLedger) -> None:
    signed.append()
    signed.cover()
    signed.forge()
    signed.maker.make()

    done = command(database, "ledger", "checkpoint")
    as_json = command(database, "ledger", "checkpoint", "--json")

    assert done.code == as_json.code == 1
    assert done.out == json.loads(as_json.out)["checkpoint"]
    assert "No checkpoint covers entry 2 and later ones: entry 2 has no MAC" in done.err


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


def test_the_last_checkpoint_of_a_day_is_printed(database: Path, signed: SignedLedger) -> None:
    signed.append()
    signed.cover()

    done = command(database, "ledger", "checkpoint", "--day", f"{signed.clock.now:%Y-%m-%d}")
    none = command(database, "ledger", "checkpoint", "--day", "2020-01-01", "--json")

    assert (done.code, done.out) == (0, signed.read_stored().note)
    assert none.code == 1
    assert json.loads(none.out) == {
        "checkpoint": None,
        "problem": "no checkpoint was made on 2020-01-01 (UTC)",
    }


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


def test_a_name_that_no_key_can_have_stops_the_start(database: Path) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{database}", "PUBLIC_URL": "https://a+b.example"}

    done = run_command(["ledger", "key"], cli, **settings, LEDGER_KEY=make_key().format())

    assert (done.code, done.out) == (2, "")
    assert "LEDGER_ORIGIN: is needed" in done.err


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


def test_the_doctor_names_a_missing_key_a_shared_file_and_what_is_not_covered(
    database: Path, signed: SignedLedger
) -> None:
    signed.append()
    signed.cover()
    whole = list_findings(database)
    find_key_file(database).chmod(0o644)
    signed.forge()
    signed.maker.make()

    broken = list_findings(database)

    assert (whole["ledger key"]["standing"], whole["ledger checkpoints"]["standing"]) == ("ok", "ok")
    assert "covers the ledger up to entry 1" in whole["ledger checkpoints"]["says"]
    assert f"chmod 600 {find_key_file(database)}" in broken["ledger key"]["do"]
    assert broken["ledger checkpoints"]["standing"] == "error"
    assert "none covers entry 2 and later ones: entry 2 has no MAC" in broken["ledger checkpoints"]["says"]


def test_without_a_key_the_doctor_says_how_to_make_one(postgres_databases: PostgresDatabases) -> None:
    done = run_command(["doctor", "--json"], DATABASE_URL=postgres_databases.new(), PUBLIC_URL=URL)

    [finding] = [each for each in json.loads(done.out) if each["about"] == "ledger key"]
    assert finding["standing"] == "warning"
    assert "docspace-review ledger key new prints one" in finding["do"]


def list_findings(database: Path) -> dict[str, dict[str, str]]:
    """Return what the doctor says, the last of each subject."""
    return {each["about"]: each for each in json.loads(command(database, "doctor", "--json").out)}


def test_verify_names_what_the_key_does_not_prove(database: Path, signed: SignedLedger) -> None:
    signed.append()
    signed.cover()
    signed.forge()

    done = command(database, "ledger", "verify", "--json")

    verdict = json.loads(done.out)
    [finding] = [each for each in verdict["findings"] if each["part"] == "mac"]
    assert done.code == 1
    assert (finding["entry"], "has no MAC" in finding["says"]) == (2, True)
    assert verdict["covered"]["size"] == 1


def test_each_entry_that_the_program_writes_has_its_mac(signed: SignedLedger) -> None:
    signed.append(2)

    with signed.engine.connect() as connection:
        macs = connection.execute(sa.select(ledger.c.mac)).scalars().all()

    assert all(isinstance(each, bytes) and len(each) == 32 for each in macs)
