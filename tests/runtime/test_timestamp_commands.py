"""What the command line, the alarms and a worker make of timestamps."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from runtime.cli import cli
from runtime.evidence.ledger_key import LedgerKeys
from runtime.settings.settings import parse_settings
from runtime.wiring.wiring import Wiring
from runtime.worker.timestamp_conditions import silent_authority
from runtime.worker.worker import Worker
from tests.databases import engine_on
from tests.edge.fake_authority import FakeAuthority, certify_authority
from tests.edge.openssl import run_openssl
from tests.journeys.processes import eventually
from tests.runtime.command import CommandResult, run_command
from tests.runtime.record import fill_record
from tests.runtime.signed_ledger import ORIGIN, make_key
from tests.runtime.timestamped_ledger import TimestampedLedger
from tests.runtime.worker_at_work import portal_with_one_file, wire_worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.databases import SqliteDatabases

KEY = replace(make_key(), secret="one-key-of-a-ledger-which-is-long-enough")
ROOT = certify_authority().root
DAY = timedelta(days=1)
SERVES = {"DOCSPACE_WEBHOOK_SECRET": "Compl1ance!", "COMPLIANCE_FOLDER_ID": "1"}


@pytest.fixture
def address(sqlite_databases: SqliteDatabases) -> str:
    return sqlite_databases.new()


@pytest.fixture
def authority() -> Iterator[FakeAuthority]:
    with FakeAuthority() as fake:
        yield fake


@pytest.fixture
def signed(address: str, authority: FakeAuthority) -> Iterator[TimestampedLedger]:
    """Yield a ledger of six entries, all of them covered."""
    engine = engine_on(address)
    signed = TimestampedLedger(engine, LedgerKeys(current=KEY))
    fill_record(engine)
    signed.cover()
    authority.time = signed.clock.now
    signed.use_authority(authority)
    yield signed
    engine.dispose()


def run(address: str, *arguments: str, **settings: str) -> CommandResult:
    values = {"DATABASE_URL": address, "TSA_URL": "http://tsa.example.com", "TSA_CERTIFICATES": str(ROOT)}
    own = {"LEDGER_ORIGIN": ORIGIN, "LEDGER_KEY": KEY.format()}
    return run_command(list(arguments), cli, **{**values, **own, **settings})


# The settings


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"TSA_URL": "ftp://tsa.example.com"}, "TSA_URL: must start with https:// (or http://)"),
        ({"TSA_URL": "https://"}, "TSA_URL: is not a web address"),
        ({"TSA_URL": "https://me:secret@tsa.example.com"}, "TSA_URL: has a name, a password or a fragment"),
        (
            {"TSA_CERTIFICATES": "/no/such"},
            "TSA_CERTIFICATES: can't read /no/such: No such file or directory",
        ),
        ({"TSA_CERTIFICATES": __file__}, "it has no certificate in PEM, or one that can't be read"),
    ],
)
def test_an_unusable_setting_stops_the_start_with_one_line(
    address: str, settings: dict[str, str], reason: str
) -> None:
    done = run(address, "serve", **SERVES, **settings)

    assert done.code == 2
    assert reason in done.err
    assert done.err.count("\n") == 1
    assert "secret@" not in done.err


# ledger timestamp


def write_pair(signed: TimestampedLedger, address: str, folder: Path) -> tuple[Path, Path]:
    signed.timestamping.ask_due()
    checkpoint = folder / "checkpoint"
    done = run(address, "ledger", "timestamp", "--out", str(checkpoint))
    assert done.code == 0, done.err
    assert done.out.endswith(f"The checkpoint is in {checkpoint}, and the timestamp in {checkpoint}.tsr.\n")
    return checkpoint, folder / "checkpoint.tsr"


def verify_with_openssl(checkpoint: Path, response: Path, root: Path) -> int:
    return run_openssl("ts", "-verify", "-data", checkpoint, "-in", response, "-CAfile", root).code


def test_openssl_accepts_what_is_written_and_nothing_else(
    signed: TimestampedLedger, address: str, tmp_path: Path
) -> None:
    checkpoint, response = write_pair(signed, address, tmp_path)
    changed = tmp_path / "changed"
    changed.write_bytes(checkpoint.read_bytes().replace(b"\n6\n", b"\n7\n"))

    assert checkpoint.read_text() == run(address, "ledger", "checkpoint").out
    assert verify_with_openssl(checkpoint, response, ROOT) == 0
    assert verify_with_openssl(changed, response, ROOT) == 1
    assert verify_with_openssl(checkpoint, response, certify_authority("Other").root) == 1


def test_the_command_says_when_the_checkpoint_existed(
    signed: TimestampedLedger, address: str, tmp_path: Path
) -> None:
    signed.timestamping.ask_due()
    at = signed.clock.now
    signed.grow()

    done, as_json = run(address, "ledger", "timestamp"), run(address, "ledger", "timestamp", "--json")
    of_day = run(address, "ledger", "timestamp", "--day", f"{at:%Y-%m-%d}")
    unverified = run(address, "ledger", "timestamp", TSA_CERTIFICATES="")

    sentence = (
        f"The checkpoint of 6 entries existed on {at:%Y-%m-%d} at {at:%H:%M:%S} UTC, by CN=TSA,O=Example."
    )
    assert (done.code, done.out) == (0, f"{sentence}\n")
    assert of_day == done
    assert unverified.out == f"{sentence} Its signature was not verified: set TSA_CERTIFICATES.\n"
    values = json.loads(as_json.out)
    assert (values["size"], values["time"]) == (6, at.replace(microsecond=0).isoformat())
    assert values["problem"] is None
    assert list(tmp_path.iterdir()) == []


def test_without_a_timestamp_a_sentence_says_so(
    signed: TimestampedLedger, address: str, tmp_path: Path
) -> None:
    out = ("--out", str(tmp_path / "checkpoint"))
    none = run(address, "ledger", "timestamp", *out)
    unset = run(address, "ledger", "timestamp", *out, TSA_URL="")
    signed.timestamping.ask_due()
    other_day = run(address, "ledger", "timestamp", *out, "--day", "2020-01-01")
    as_json = run(address, "ledger", "timestamp", "--json", "--day", "2020-01-01")

    assert (none.code, none.err) == (1, "No timestamp: there is none.\n")
    assert unset.err == "No timestamp: there is none, and TSA_URL is not set.\n"
    assert (other_day.code, other_day.err) == (1, "No timestamp: there is none of 2020-01-01 (UTC).\n")
    assert (as_json.code, json.loads(as_json.out)["time"]) == (1, None)
    assert list(tmp_path.iterdir()) == []


def test_one_that_was_changed_in_the_database_is_not_written(
    signed: TimestampedLedger, address: str, tmp_path: Path
) -> None:
    signed.timestamping.ask_due()
    with signed.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE timestamps SET note = replace(note, char(10) || '6', char(10) || '7')"
        )

    done = run(address, "ledger", "timestamp", "--out", str(tmp_path / "checkpoint"))

    assert (done.code, done.out) == (1, "")
    assert "does not hold: it is one of another text" in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(signed: TimestampedLedger, address: str, tmp_path: Path) -> None:
    signed.timestamping.ask_due()

    done = run(address, "ledger", "timestamp", "--out", str(tmp_path / "no" / "checkpoint"))

    assert done.code == 2
    assert "checkpoint.tsr: No such file or directory" in done.err


# The alarm


@pytest.fixture
def wiring(address: str) -> Iterator[Wiring]:
    wiring = Wiring(parse_settings({"database_url": address, "tsa_url": "http://tsa.example.com"}))
    yield wiring
    wiring.engine.dispose()


def test_an_authority_that_is_silent_for_a_day_is_an_alarm(
    signed: TimestampedLedger, authority: FakeAuthority, address: str, wiring: Wiring
) -> None:
    now = signed.clock.now
    authority.time -= DAY
    signed.timestamping.ask_due()
    almost = list(silent_authority(wiring, now + DAY - timedelta(seconds=1)))
    [condition] = silent_authority(wiring, now + DAY)
    without = Wiring(parse_settings({"database_url": address}))
    not_asked = list(silent_authority(without, now + DAY))
    without.engine.dispose()

    signed.ask_later(DAY)

    assert (almost, not_asked, list(silent_authority(wiring, now + DAY))) == ([], [], [])
    assert condition.sentence.startswith(
        "The timestamping authority has given no timestamp for a day: its time, "
    )


# The worker


def test_a_worker_has_the_checkpoint_timestamped(
    signed: TimestampedLedger, authority: FakeAuthority, address: str
) -> None:
    authority.time = datetime.now(UTC)
    settings = {
        "tsa_url": authority.url,
        "tsa_certificates": str(ROOT),
        "ledger_key": KEY.format(),
        "ledger_origin": ORIGIN,
    }
    with wire_worker(address, portal_with_one_file(), **settings) as wiring:
        worker = Worker(wiring)
        worker.start()
        eventually(lambda: signed.find_timestamp() is not None)
        worker.stop()
