"""A witness that is not ours, `aics-witness`, cosigns growth and refuses what is not true."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if tuple(sys.version_info) < (3, 12):
    pytest.skip("aics-witness needs Python 3.12", allow_module_level=True)

import aics_tlog
import aics_witness
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviews.evidence.signed_notes import parse_verifier_key
from runtime.settings.settings import parse_settings
from runtime.wiring.wiring import Wiring
from runtime.worker.witness_conditions import refusing_witnesses
from store import witnesses
from tests.databases import engine_on
from tests.runtime.witnessed_ledger import WitnessedLedger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.databases import SqliteDatabases

NAME = "witness.example.com/w1"


@pytest.fixture
def address(sqlite_databases: SqliteDatabases) -> str:
    return sqlite_databases.new()


@pytest.fixture
def signed(address: str, tmp_path: Path) -> Iterator[WitnessedLedger]:
    """Yield a ledger of five entries with the other program's witness in its policy, in a file too."""
    engine = engine_on(address)
    signed = WitnessedLedger(engine)
    signed.grow(5)
    with serve_witness(signed, tmp_path) as line:
        signed.use_policy(line)
        (tmp_path / "policy").write_text(f"{line}quorum W\n")
        yield signed
    engine.dispose()


@contextmanager
def serve_witness(signed: WitnessedLedger, folder: Path) -> Iterator[str]:
    """Run the other program's server, which knows the ledger's key; yield its line of a policy."""

    def read_time() -> float:
        return signed.clock.now.timestamp()

    log = aics_witness.LogConfig.from_strings(signed.origin, [str(signed.verifier_key)])
    with aics_witness.WitnessStore(folder / "witness.db", create=True) as store:
        witness = aics_witness.Witness(
            NAME,
            Ed25519PrivateKey.from_private_bytes(b"w" * 32),
            store,
            [log],
            clock=read_time,
        )
        server = aics_witness.make_server(witness, prefix="/witness")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"witness W {witness.vkey_text} {server.url}\n"
        finally:
            server.shutdown()
            thread.join(30)
            server.server_close()


def read_refusal(signed: WitnessedLedger) -> str | None:
    [state] = witnesses.read_states(signed.engine).values()
    assert state.failure is None
    return state.refusal


def list_alarms(address: str, folder: Path) -> list[str]:
    wiring = Wiring(
        parse_settings({"database_url": address, "ledger_witnesses": str(folder / "policy"), "routes": ""})
    )
    try:
        return [each.sentence for each in refusing_witnesses(wiring, wiring.clock())]
    finally:
        wiring.engine.dispose()


def test_it_cosigns_the_growth_of_the_ledger(signed: WitnessedLedger, address: str, tmp_path: Path) -> None:
    for count in (1, 2, 250, 300):
        signed.grow(count)
        signed.ask_later()
        assert read_refusal(signed) is None

    witnessed = witnesses.read_witnessed_checkpoint(signed.engine)
    assert witnessed is not None
    assert witnessed.size == 558
    assert list_alarms(address, tmp_path) == []


def test_another_program_accepts_what_it_has_cosigned(signed: WitnessedLedger) -> None:
    signed.cosigning.ask_due()

    witnessed = witnesses.read_witnessed_checkpoint(signed.engine)
    assert witnessed is not None
    log_key, witness_key = (
        aics_tlog.parse_vkey(str(key)) for key in (signed.verifier_key, signed.policy.witnesses[0].key)
    )
    note = aics_tlog.parse_note(witnessed.note)
    verified = aics_tlog.verify_checkpoint(note, log_key, [witness_key], 1, expected_origin=signed.origin)
    assert verified.ok
    unsigned = aics_tlog.parse_note(signed.read_stored().note)
    assert not aics_tlog.verify_checkpoint(unsigned, log_key, [witness_key], 1).ok


def test_it_refuses_a_rewritten_ledger_which_becomes_an_alarm(
    signed: WitnessedLedger, address: str, tmp_path: Path
) -> None:
    signed.cosigning.ask_due()
    signed.rewrite_and_sign(2)
    signed.append()
    signed.start_process().make()

    signed.ask_later()

    reason = "the ledger was rewritten, its first 5 entries are not those that the witness has cosigned"
    assert read_refusal(signed) == reason
    assert list_alarms(address, tmp_path) == [f"The witness W refuses the ledger: {reason}"]


def test_it_refuses_a_rewritten_ledger_of_the_same_size(signed: WitnessedLedger) -> None:
    signed.cosigning.ask_due()
    signed.rewrite_and_sign(5)

    signed.ask_later()

    assert "rewritten" in (read_refusal(signed) or "")


def test_it_refuses_a_shorter_ledger_which_becomes_an_alarm(
    signed: WitnessedLedger, address: str, tmp_path: Path
) -> None:
    signed.cosigning.ask_due()
    signed.cut_off(3)

    signed.ask_later()

    assert "has cosigned 5 entries, and the ledger has 3" in (read_refusal(signed) or "")
    [alarm] = list_alarms(address, tmp_path)
    assert alarm.startswith("The witness W refuses the ledger: the witness has cosigned 5 entries")


def test_it_reads_its_key_as_we_do(signed: WitnessedLedger) -> None:
    key = signed.policy.witnesses[0].key

    assert aics_tlog.format_vkey(aics_tlog.parse_vkey(str(key))) == str(key)
    assert parse_verifier_key(str(key)) == key
