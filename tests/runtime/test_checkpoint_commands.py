"""What the commands say of checkpoints, of keys that are missing and of entries without a proof."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from reviews.evidence.checkpoints import verify_checkpoint
from reviews.evidence.signed_notes import parse_verifier_key
from runtime.cli import cli
from runtime.evidence.key_file import find_key_file
from runtime.evidence.ledger_key import check_signature
from tests.runtime.command import run_command
from tests.runtime.key_commands import URL, command, copy_database, open_signed_file
from tests.runtime.signed_ledger import SignedLedger, make_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.databases import PostgresDatabases, SqliteDatabases


@pytest.fixture
def database(tmp_path: Path, sqlite_databases: SqliteDatabases) -> Path:
    return copy_database(sqlite_databases, tmp_path)


@pytest.fixture
def signed(database: Path) -> Iterator[SignedLedger]:
    with open_signed_file(database) as signed:
        yield signed


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


def test_a_name_that_no_key_can_have_stops_the_start(database: Path) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{database}", "PUBLIC_URL": "https://a+b.example"}

    done = run_command(["ledger", "key"], cli, **settings, LEDGER_KEY=make_key().format())

    assert (done.code, done.out) == (2, "")
    assert "LEDGER_ORIGIN: is needed" in done.err


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
