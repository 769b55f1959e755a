"""What the doctor says of timestamps on checkpoints, and of their posts in chat."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from runtime.cli import cli
from runtime.evidence.ledger_key import LedgerKeys
from store import timestamps
from store.schema import timestamps as timestamps_table
from tests.databases import engine_on
from tests.edge.fake_authority import FakeAuthority, certify_authority
from tests.runtime.command import CommandResult, run_command
from tests.runtime.record import fill_record
from tests.runtime.signed_ledger import ORIGIN, make_key
from tests.runtime.timestamped_ledger import TimestampedLedger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import SqliteDatabases

KEY = replace(make_key(), secret="one-key-of-a-ledger-which-is-long-enough")
ROOT = certify_authority().root


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


def read_findings(address: str, about: str = "ledger timestamps", **settings: str) -> list[tuple[str, str]]:
    done = run(address, "doctor", "--json", **settings)
    findings = json.loads(done.out)
    return [(each["standing"], each["says"]) for each in findings if each["about"] == about]


def test_the_doctor_says_what_the_authority_answers(signed: TimestampedLedger, address: str) -> None:
    at = signed.clock.now
    assert read_findings(address, TSA_URL="") == []
    assert read_findings(address) == [("warning", "no checkpoint was timestamped yet")]

    signed.timestamping.ask_due()
    done = f"6 entries existed on {at:%Y-%m-%d} at {at:%H:%M:%S} UTC, says CN=TSA,O=Example"
    assert read_findings(address) == [("ok", done)]

    timestamps.record_failure(signed.engine, "no answer (ReadTimeout)", at)
    failing = f"no answer (ReadTimeout), since {at:%Y-%m-%d %H:%M} UTC"
    assert read_findings(address) == [("warning", failing), ("ok", done)]


def test_a_timestamp_of_a_later_day_is_shown_only_when_that_is_asked_for(
    signed: TimestampedLedger, address: str
) -> None:
    signed.timestamping.ask_due()
    with signed.engine.begin() as connection:
        connection.execute(sa.update(timestamps_table).values(day=date(9999, 12, 31)))

    last, of_day = (run(address, "ledger", "timestamp", *each) for each in ((), ("--day", "9999-12-31")))

    assert (last.code, last.err) == (1, "No timestamp: there is none.\n")
    assert of_day.code == 0
    assert read_findings(address) == [("warning", "no checkpoint was timestamped yet")]


def test_the_doctor_counts_one_entry_in_the_singular(address: str, authority: FakeAuthority) -> None:
    engine = engine_on(address)
    signed = TimestampedLedger(engine, LedgerKeys(current=KEY))
    signed.use_authority(authority)
    signed.grow()
    authority.time = signed.clock.now
    assert signed.timestamping.ask_due()
    engine.dispose()

    [(_standing, says)] = read_findings(address)

    assert says.startswith("1 entry existed on ")


def test_the_doctor_says_what_a_timestamp_is_not_worth(signed: TimestampedLedger, address: str) -> None:
    signed.timestamping.ask_due()

    unverified = read_findings(address, TSA_CERTIFICATES="")
    by_another = read_findings(address, TSA_CERTIFICATES=str(certify_authority("Other").root))
    without_key = read_findings(address, LEDGER_KEY="")

    assert unverified[0] == ("warning", "the signature of the authority is not verified")
    assert (len(unverified), unverified[1][0]) == (2, "ok")
    assert [standing for standing, _ in by_another] == ["error"]
    assert "does not hold by the certificates given" in by_another[0][1]
    assert without_key[0] == ("warning", "no checkpoint is timestamped: without a key none is signed")


def test_the_doctor_says_where_checkpoints_are_posted_and_that_this_needs_a_key(address: str) -> None:
    routes = '[[route]]\nname = "a"\nwatch = ["1"]\nowners = ["o@example.com"]\nnotify = ["console"]\n'
    daily = f'{routes}checkpoint = "daily"\n'
    about = "ledger checkpoints in chat"

    with_key, without_key, off = (
        read_findings(address, about, ROUTES=daily),
        read_findings(address, about, ROUTES=daily, LEDGER_KEY=""),
        read_findings(address, about, ROUTES=routes),
    )

    assert with_key == [("ok", "a checkpoint is posted daily in console")]
    assert without_key == [("warning", "no checkpoint is posted: without a key none is signed")]
    assert off == []


@pytest.mark.parametrize(
    ("origin", "is_warned"),
    [("example.com/log_", True), ("example.com/a_b", False), ("~", True), (ORIGIN, False)],
)
def test_the_doctor_names_a_ledger_whose_name_teams_does_not_show(
    address: str, origin: str, *, is_warned: bool
) -> None:
    route = '[[route]]\nname = "a"\nwatch = ["1"]\nowners = ["o@example.com"]\ncheckpoint = "daily"\n'
    teams = {
        "ROUTES": f'{route}notify = ["teams:ops"]\n',
        "TEAMS_WORKFLOW_OPS": "https://teams.example.com/x",
    }
    about = "ledger checkpoints in chat"

    in_teams = read_findings(address, about, LEDGER_ORIGIN=origin, **teams)
    elsewhere = read_findings(address, about, LEDGER_ORIGIN=origin, ROUTES=f'{route}notify = ["console"]\n')

    sentence = (
        f"Teams shows other characters for some of {origin}: what is copied in teams:ops can't be verified"
    )
    assert [says for standing, says in in_teams if standing == "warning"] == [sentence] * is_warned
    assert [standing for standing, _says in elsewhere] == ["ok"]
