"""A pack is verified with its key alone, and the first file that does not hold is named."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from reviews.evidence.policies import parse_policy
from runtime.evidence.ledger_key import LedgerKeys
from runtime.evidence.timestamps import parse_certificates
from runtime.ledger_verification.saved_checkpoints import parse_saved_checkpoint
from tests import databases
from tests.edge.fake_authority import certify_authority
from tests.pack.forgeries import DAY, FORGERIES, OTHER_TIMESTAMP, REVIEW, TIMESTAMP, edit_figures
from tests.pack.ledgers import SINCE
from tests.pack.packs import ENTRIES, KEY, REVIEWS, check, fill_signed, sum_again, write
from tests.runtime.signed_ledger import ORIGIN, SignedLedger, make_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.databases import SqliteDatabases
    from tests.pack.forgeries import Spoil

OTHER_KEY = make_key("another").build_verifier_key(ORIGIN)
CERTIFICATES = parse_certificates(certify_authority().root.read_bytes())


@pytest.fixture(scope="module")
def signed(sqlite_databases: SqliteDatabases) -> Iterator[SignedLedger]:
    engine = databases.engine_on(sqlite_databases.new())
    yield fill_signed(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def written(signed: SignedLedger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a pack that no test changes."""
    target = tmp_path_factory.mktemp("packs") / "pack"
    write(signed, target)
    return target


@pytest.fixture(scope="module")
def foreign(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the pack of another installation with a ledger of the same name, and a key of its own."""
    engine = databases.engine_on(sqlite_databases.new())
    target = tmp_path_factory.mktemp("packs") / "pack"
    write(fill_signed(engine, keys=LedgerKeys(current=make_key("another"))), target)
    engine.dispose()
    return target


@pytest.fixture
def pack(written: Path, tmp_path: Path) -> Path:
    """Return a copy of the pack, to be changed."""
    return shutil.copytree(written, tmp_path / "pack")


def test_a_pack_holds_with_the_key_of_its_ledger(written: Path, signed: SignedLedger) -> None:
    verified = check(written, tsa_certificates=CERTIFICATES).verified

    assert verified is not None
    evidence, report = verified.evidence, verified.report
    assert (len(report.reviews), verified.entries) == (REVIEWS, ENTRIES)
    assert (evidence.signers, evidence.own_key) == ((str(KEY),), False)
    assert evidence.signed.checkpoint == signed.read_checkpoint()
    assert list(map(str, evidence.days)) == ["2026-04-11", "2026-07-20", "2026-10-28"]
    assert evidence.by_own_keys == 0
    assert [f"{time:%Y-%m-%d}" for time in evidence.times] == ["2026-07-20", "2026-10-28"]


def test_without_a_key_it_holds_by_its_own_and_says_so(written: Path) -> None:
    verified = check(written, keys=[]).verified

    assert verified is not None
    assert verified.evidence.own_key


@pytest.mark.parametrize("which", ["checkpoint", DAY, OTHER_TIMESTAMP])
def test_a_checkpoint_that_was_saved_is_one_of_the_pack(written: Path, which: str) -> None:
    saved = parse_saved_checkpoint((written / which).read_text(), [KEY], None)

    assert check(written, saved=saved).intact


def test_a_checkpoint_that_the_pack_does_not_have_shows_nothing(written: Path) -> None:
    saved = parse_saved_checkpoint((written / "checkpoint").read_text(), [KEY], None)
    smaller = replace(saved, checkpoint=replace(saved.checkpoint, size=5))
    other_root = replace(saved, checkpoint=replace(saved.checkpoint, root=bytes(32)))

    assert "the saved checkpoint of 5 entries is none of the pack's" in str(
        check(written, saved=smaller).problem
    )
    assert "has another root or name than the pack's" in str(check(written, saved=other_root).problem)


def test_a_policy_that_names_the_log_stands_for_the_key(written: Path) -> None:
    policy = parse_policy(f"log {KEY}\nquorum none\n".encode())
    other = parse_policy(f"log {OTHER_KEY}\nquorum none\n".encode())

    assert check(written, keys=[], policy=policy).intact
    assert str(check(written, keys=[], policy=other).problem).startswith("checkpoint: ")


def test_the_pack_of_another_installation_does_not_hold_by_the_key(foreign: Path) -> None:
    assert check(foreign, keys=[OTHER_KEY]).intact
    assert check(foreign).problem == (
        "checkpoint: the checkpoint is signed by none of the keys to verify it with; its signatures name "
        f"{OTHER_KEY.name}+{OTHER_KEY.key_id.hex()}"
    )


@pytest.mark.parametrize(("says", "forge"), FORGERIES)
def test_the_first_file_that_does_not_hold_is_named_and_why(pack: Path, says: str, forge: Spoil) -> None:
    forge(pack)
    sum_again(pack)

    verdict = check(pack)

    assert not verdict.intact
    assert str(verdict.problem).startswith(says)
    assert "\n" not in str(verdict.problem)


HELD = (
    "checkpoint",
    "entries.jsonl",
    "population.csv",
    "without-review.tlog-proof",
    "consistency/67",
    REVIEW,
)
"""Files of which each byte is proven, or computed again."""


@pytest.mark.parametrize("name", HELD)
def test_no_byte_can_be_changed_taken_out_or_added(pack: Path, name: str) -> None:
    random, content = Random(name), (pack / name).read_bytes()  # noqa: S311 - the same places each time
    for _ in range(6):
        at = random.randrange(len(content))
        other = bytes([content[at] ^ 1 << random.randrange(7)])
        for changed in (other, b"", content[at : at + 1] + other):
            (pack / name).write_bytes(content[:at] + changed + content[at + 1 :])
            sum_again(pack)
            assert not check(pack).intact, (at, changed)


def test_a_review_that_a_forger_leaves_out_of_all_files_is_not_missed(
    pack: Path, signed: SignedLedger
) -> None:
    """What no pack can show: its reviews are proven, and not that there are no others."""
    shutil.rmtree(pack)
    write(signed, pack, since=SINCE + timedelta(days=100))
    edit_figures(lambda all_: all_["figures"].update(brought_forward=0))(pack)
    sum_again(pack)

    assert check(pack).intact


def test_a_timestamp_by_another_authority_does_not_hold(written: Path) -> None:
    others = parse_certificates(certify_authority("Other").root.read_bytes())

    verdict = check(written, tsa_certificates=others)

    assert str(verdict.problem).startswith(
        f"{TIMESTAMP}.tsr: its signature does not hold by the certificates"
    )


def test_a_pack_that_names_no_key_needs_one(pack: Path) -> None:
    (pack / "keys.txt").write_bytes(b"")
    sum_again(pack)

    assert check(pack).intact
    assert check(pack, keys=[]).problem == "keys.txt names no key: the ledger's has to be given with --key"


def test_an_empty_folder_is_no_pack(tmp_path: Path) -> None:
    assert check(tmp_path).problem == (
        "SHA256SUMS is missing: the folder is no pack, or not a whole one; give the folder that has it"
    )
