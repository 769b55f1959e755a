"""What the command line, the doctor, the alarms and a worker make of witnesses."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from runtime.cli import cli
from runtime.evidence.ledger_key import LedgerKeys
from runtime.settings.settings import parse_settings
from runtime.wiring.wiring import Wiring
from runtime.worker.witness_conditions import refusing_witnesses, silent_witnesses
from runtime.worker.worker import Worker
from store import witnesses
from tests.databases import engine_on
from tests.edge.fake_witness import FakeWitness
from tests.journeys.processes import eventually
from tests.runtime.command import CommandResult, run_command
from tests.runtime.record import fill_record
from tests.runtime.signed_ledger import ORIGIN, append_entries, make_key
from tests.runtime.witnessed_ledger import WitnessedLedger, trust
from tests.runtime.worker_at_work import portal_with_one_file, wire_worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.databases import SqliteDatabases
    from tests.edge.loopback import Reply, Request

KEY = replace(make_key(), secret="one-key-of-a-ledger-which-is-long-enough")
OTHER_KEY = make_key("other").build_verifier_key(ORIGIN)
DAY = timedelta(days=1)


@pytest.fixture
def address(sqlite_databases: SqliteDatabases) -> str:
    return sqlite_databases.new()


@pytest.fixture
def signed(address: str) -> Iterator[WitnessedLedger]:
    """Yield a ledger with the entries of three reviews, all of them covered."""
    engine = engine_on(address)
    signed = WitnessedLedger(engine, LedgerKeys(current=KEY))
    fill_record(engine)
    signed.cover()
    yield signed
    engine.dispose()


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    return tmp_path / "policy"


@pytest.fixture
def witness(signed: WitnessedLedger, policy: Path) -> Iterator[FakeWitness]:
    with FakeWitness() as fake:
        trust(fake, signed)
        signed.use_policy(fake.line)
        policy.write_text(f"{fake.line}quorum {fake.name}\n")
        yield fake


@pytest.fixture
def wiring(address: str, policy: Path) -> Iterator[Wiring]:
    values = {"database_url": address, "ledger_witnesses": str(policy), "ledger_origin": ORIGIN}
    wiring = Wiring(parse_settings({**values, "ledger_key": KEY.format()}))
    yield wiring
    wiring.engine.dispose()


def run(address: str, policy: Path, *arguments: str, **settings: str) -> CommandResult:
    values = {"DATABASE_URL": address, "LEDGER_WITNESSES": str(policy), "LEDGER_ORIGIN": ORIGIN}
    return run_command(list(arguments), cli, **{**values, "LEDGER_KEY": KEY.format(), **settings})


def verify(*arguments: str) -> CommandResult:
    """Check a file, with no database anywhere."""
    return run_command(["ledger", "verify", *arguments], DATABASE_URL="nonsense")


# The setting


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("quorum\n", "line 1: a quorum line has one name"),
        ("witness W x\n", "line 1: a verifier key is its name, 8 lower-case hex digits and base64"),
        ("quorum none", "line 1: it does not end in a newline"),
    ],
)
def test_an_unusable_policy_stops_the_start_with_one_line(
    address: str, policy: Path, text: str, reason: str
) -> None:
    policy.write_text(text)

    done = run(address, policy, "serve", DOCSPACE_WEBHOOK_SECRET="Compl1ance!", COMPLIANCE_FOLDER_ID="1")

    assert done.code == 2
    assert f"LEDGER_WITNESSES: {policy}: {reason}" in done.err
    assert done.err.count("\n") == 1


def test_a_policy_that_is_not_there_stops_the_start(address: str, policy: Path) -> None:
    settings = {"DOCSPACE_WEBHOOK_SECRET": "Compl1ance!", "COMPLIANCE_FOLDER_ID": "1"}

    done = run(address, policy, "serve", **settings)

    assert done.code == 2
    assert f"LEDGER_WITNESSES: can't read {policy}: No such file or directory" in done.err


@pytest.mark.parametrize(
    "url",
    [
        "ftp://w.example",
        "w.example",
        "http://",
        "https://w.example/?a",
        "http://w.example:x",
        "http://\xe9.example",
    ],
)
def test_an_address_that_can_not_be_asked_is_refused(address: str, policy: Path, url: str) -> None:
    policy.write_text(f"witness W {FakeWitness().key} {url}\nquorum W\n")

    done = run(address, policy, "ledger", "checkpoint", "--witnessed")

    assert done.code == 2
    assert "the URL of W is not an http or https address" in done.err


# The commands


def test_the_witnessed_checkpoint_is_printed_and_verified_by_the_policy_alone(
    signed: WitnessedLedger, witness: FakeWitness, address: str, policy: Path, tmp_path: Path
) -> None:
    missing = run(address, policy, "ledger", "checkpoint", "--witnessed")
    signed.cosigning.ask_due()
    signed.grow()

    done = run(address, policy, "ledger", "checkpoint", "--witnessed")
    as_json = run(address, policy, "ledger", "checkpoint", "--witnessed", "--json")

    assert (missing.code, missing.out) == (1, "")
    assert "no quorum of the witnesses has cosigned one" in missing.err
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"{ORIGIN}\n6\n")
    assert f"\N{EM DASH} {witness.name} " in done.out
    assert json.loads(as_json.out) == {"checkpoint": done.out, "problem": None}
    saved, offline = tmp_path / "checkpoint", tmp_path / "offline"
    saved.write_text(done.out)
    offline.write_text(f"log {signed.verifier_key}\nwitness W {witness.key}\nquorum W\n")
    verified = run(
        address, policy, "ledger", "verify", "--checkpoint", str(saved), "--policy", str(offline), "--json"
    )
    assert json.loads(verified.out)["checkpoint"] == {
        "size": 6,
        "is_signed": True,
        "signers": [str(signed.verifier_key), str(witness.key)],
    }


def test_without_a_policy_none_is_witnessed(address: str, policy: Path, signed: WitnessedLedger) -> None:
    done = run(address, policy, "ledger", "checkpoint", "--witnessed", LEDGER_WITNESSES="")

    assert signed.read_checkpoint().size == 6
    assert (done.code, done.out) == (1, "")
    assert "LEDGER_WITNESSES is not set" in done.err


def test_a_witnessed_checkpoint_that_another_policy_does_not_accept_is_not_printed(
    signed: WitnessedLedger, witness: FakeWitness, address: str, policy: Path
) -> None:
    signed.cosigning.ask_due()
    other = FakeWitness(name="second.example.com", seed=41)
    policy.write_text(f"{witness.line}{other.line}group all all {witness.name} {other.name}\nquorum all\n")

    done = run(address, policy, "ledger", "checkpoint", "--witnessed")

    assert (done.code, done.out) == (1, "")
    assert "the stored one does not hold by the policy" in done.err


def test_a_saved_checkpoint_without_a_quorum_does_not_hold(
    signed: WitnessedLedger, witness: FakeWitness, tmp_path: Path
) -> None:
    saved, offline, ledger = tmp_path / "checkpoint", tmp_path / "offline", tmp_path / "ledger"
    saved.write_text(signed.read_stored().note)
    offline.write_text(f"log {signed.verifier_key}\nwitness W {witness.key}\nquorum W\n")
    ledger.write_text("")
    arguments = (str(ledger), "--checkpoint", str(saved), "--policy", str(offline))

    done, with_key = verify(*arguments), verify(*arguments, "--key", str(signed.verifier_key))

    for each in (done, with_key):
        assert each.code == 1
        assert "its cosignatures, by 0 of the policy's 1 witnesses, are not the quorum W" in each.out


def test_a_receipt_has_the_cosignatures_and_is_verified_by_the_policy(
    signed: WitnessedLedger, witness: FakeWitness, address: str, policy: Path, tmp_path: Path
) -> None:
    receipt, offline = tmp_path / "rev-1.tlog-proof", tmp_path / "offline"
    offline.write_text(f"log {signed.verifier_key}\nwitness W {witness.key}\nquorum W\n")
    run(address, policy, "ledger", "receipt", "rev-1", "--out", str(receipt))
    before = verify(str(receipt), "--policy", str(offline))
    signed.cosigning.ask_due()

    run(address, policy, "ledger", "receipt", "rev-1", "--out", str(receipt))

    done, by_key = (
        verify(str(receipt), "--policy", str(offline)),
        verify(str(receipt), "--key", str(signed.verifier_key)),
    )
    assert before.code == 1
    assert "are not the quorum W" in before.out
    assert (done.code, by_key.code) == (0, 0)
    assert f"signed by {signed.verifier_key}, {witness.key}." in done.out


def test_a_receipt_of_entries_that_no_quorum_has_cosigned_yet_has_the_last_checkpoint(
    signed: WitnessedLedger, witness: FakeWitness, address: str, policy: Path
) -> None:
    signed.cosigning.ask_due()
    append_entries(signed, "rev-1", 1)
    signed.cover()

    done = run(address, policy, "ledger", "receipt", "rev-1")

    assert done.code == 0
    assert f"{ORIGIN}\n7\n" in done.out
    assert witness.name not in done.out


def test_a_policy_needs_a_checkpoint(tmp_path: Path) -> None:
    policy = tmp_path / "policy"
    policy.write_text("quorum none\n")

    done = verify("--policy", str(policy))

    assert done.code == 2
    assert "--policy verifies a checkpoint: give --checkpoint FILE too" in done.err


@pytest.mark.parametrize(("text", "reason"), [("quorum\n", "is not a policy: line 1"), (None, "can't read")])
def test_a_policy_that_can_not_be_read_is_an_unusable_argument(
    tmp_path: Path, text: str | None, reason: str
) -> None:
    policy = tmp_path / "policy"
    if text:
        policy.write_text(text)

    done = verify("--policy", str(policy))

    assert done.code == 2
    assert reason in done.err


# The doctor


def read_findings(address: str, policy: Path, **settings: str) -> dict[str, tuple[str, str]]:
    done = run(address, policy, "doctor", "--json", **settings)
    return {each["about"]: (each["standing"], each["says"]) for each in json.loads(done.out)}


def test_the_doctor_says_what_each_witness_answers(
    signed: WitnessedLedger, witness: FakeWitness, address: str, policy: Path
) -> None:
    about = f"witness {witness.name}"
    standings = [read_findings(address, policy)[about]]
    signed.cosigning.ask_due()
    standings.append(read_findings(address, policy)[about])
    at = signed.clock.now
    witnesses.record_failure(signed.engine, str(witness.key), "no answer (ReadTimeout)", at)
    standings.append(read_findings(address, policy)[about])
    witnesses.record_refusal(signed.engine, str(witness.key), "the ledger was rewritten", at)
    standings.append(read_findings(address, policy)[about])

    assert standings == [
        ("warning", "it was not asked yet"),
        ("ok", "it has cosigned the ledger up to entry 6"),
        ("warning", f"no answer (ReadTimeout), since {at:%Y-%m-%d %H:%M} UTC"),
        ("error", "it refuses the ledger: the ledger was rewritten"),
    ]


def test_the_doctor_says_that_witnesses_need_a_key(
    signed: WitnessedLedger, witness: FakeWitness, address: str, policy: Path
) -> None:
    findings = read_findings(address, policy, LEDGER_KEY="")

    assert signed.policy.witnesses[0].key == witness.key
    assert findings["ledger witnesses"][0] == "warning"
    assert "without a key checkpoints are not signed" in findings["ledger witnesses"][1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("quorum none\n", "no witness is asked: none has an address in the policy"),
        (
            f"log {OTHER_KEY}\nwitness W {FakeWitness().key} http://w\nquorum W\n",
            "the policy names logs, and this ledger is none of them, so no checkpoint holds by it",
        ),
    ],
)
def test_the_doctor_says_what_is_of_no_use_in_a_policy(
    signed: WitnessedLedger, address: str, policy: Path, text: str, sentence: str
) -> None:
    policy.write_text(text)

    assert signed.read_checkpoint().size == 6
    assert read_findings(address, policy)["ledger witnesses"] == ("warning", sentence)


def test_the_doctor_names_an_unusable_policy(signed: WitnessedLedger, address: str, policy: Path) -> None:
    policy.write_text("quorum\n")

    assert signed.read_checkpoint().size == 6
    done = run(address, policy, "doctor", "--json")
    assert any(each["says"].startswith("LEDGER_WITNESSES: ") for each in json.loads(done.out))


# The alarms


def test_a_refusal_is_an_alarm_until_the_witness_cosigns(
    signed: WitnessedLedger, witness: FakeWitness, wiring: Wiring
) -> None:
    witnesses.record_refusal(signed.engine, str(witness.key), "the ledger was rewritten", signed.clock.now)
    [condition] = refusing_witnesses(wiring, signed.clock.now)

    signed.cosigning.ask_due(at_once=True)

    assert condition.key == f"witness:{witness.name}"
    assert condition.sentence == f"The witness {witness.name} refuses the ledger: the ledger was rewritten"
    assert list(refusing_witnesses(wiring, signed.clock.now)) == []


def test_witnesses_that_are_all_silent_for_a_day_are_an_alarm(
    signed: WitnessedLedger, witness: FakeWitness, policy: Path, wiring: Wiring
) -> None:
    other = FakeWitness(name="second.example.com", seed=41)
    policy.write_text(f"{witness.line}{other.line[:-1]}http://second\nquorum none\n")
    now = signed.clock.now
    witnesses.record_failure(signed.engine, str(witness.key), "no answer (ReadTimeout)", now - DAY)
    one_silent = list(silent_witnesses(wiring, now))
    witnesses.record_failure(signed.engine, str(other.key), "no answer", now - DAY + timedelta(seconds=1))
    almost = list(silent_witnesses(wiring, now))

    [condition] = silent_witnesses(wiring, now + timedelta(seconds=1))

    assert (one_silent, almost) == ([], [])
    assert condition.key == "witnesses"
    assert condition.sentence == (
        "No witness has cosigned or refused the ledger for a day: no answer (ReadTimeout)"
    )


def test_without_a_policy_there_is_no_alarm(signed: WitnessedLedger, address: str) -> None:
    wiring = Wiring(parse_settings({"database_url": address}))
    now = signed.clock.now

    assert [*refusing_witnesses(wiring, now), *silent_witnesses(wiring, now)] == []
    wiring.engine.dispose()


# The worker


def build_settings(policy: Path) -> dict[str, str]:
    return {"ledger_witnesses": str(policy), "ledger_key": KEY.format(), "ledger_origin": ORIGIN}


def test_a_worker_has_the_ledger_cosigned_when_it_starts(
    signed: WitnessedLedger, witness: FakeWitness, address: str, policy: Path
) -> None:
    witness.time = int(datetime.now(UTC).timestamp())
    settings = build_settings(policy)
    with wire_worker(address, portal_with_one_file(), **settings) as wiring:
        worker = Worker(wiring)
        worker.start()
        eventually(lambda: witnesses.read_witnessed_checkpoint(signed.engine) is not None)
        worker.stop()


def test_a_witness_that_hangs_holds_up_neither_checkpoints_nor_the_stop(
    signed: WitnessedLedger, witness: FakeWitness, address: str, policy: Path
) -> None:
    inside = threading.Event()

    def hang(request: Request) -> Reply:
        inside.set()
        witness.hang(60)
        return witness.reply_strictly(request)

    witness.answer = hang
    settings = build_settings(policy)
    with wire_worker(address, portal_with_one_file(), **settings) as wiring:
        worker = Worker(wiring)
        worker.start()
        assert inside.wait(30)
        signed.append()
        eventually(lambda: signed.read_stored().size == 7)
        worker.stop()
        still_hangs = witness.statuses == []
        witness.let_go()

    assert still_hangs
