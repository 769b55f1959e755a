"""`ledger receipt`, and `ledger verify` on what it wrote."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reviews.evidence.inclusion_proofs import PROOF_FORMAT
from reviews.ledger.receipt_disclosures import DISCLOSURES_FORMAT
from runtime.commands.ledger.receipts import describe_receipt
from runtime.evidence.ledger_key import LedgerKeys
from runtime.ledger_verification.receipt_check import check_receipt, is_receipt
from tests.databases import engine_on
from tests.retention.removing import let_years_pass, remove
from tests.runtime.command import CommandResult, run_command
from tests.runtime.record import check_tampered, fill_record
from tests.runtime.signed_ledger import ORIGIN, SignedLedger, change_entry, make_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.databases import SqliteDatabases

KEY = replace(make_key(), secret="one-key-of-a-ledger-which-is-long-enough")
VERIFIER_KEY = str(KEY.build_verifier_key(ORIGIN))
OTHER_KEY = str(make_key("another").build_verifier_key(ORIGIN))


@pytest.fixture
def address(sqlite_databases: SqliteDatabases) -> str:
    return sqlite_databases.new()


@pytest.fixture
def signed(address: str) -> Iterator[SignedLedger]:
    """Yield a ledger with the entries of three reviews, all of them covered."""
    engine = engine_on(address)
    signed = SignedLedger(engine, LedgerKeys(current=KEY))
    fill_record(engine)
    signed.cover()
    yield signed
    engine.dispose()


def ask(address: str, *arguments: str) -> CommandResult:
    return run_command(["ledger", "receipt", *arguments], DATABASE_URL=address, LEDGER_KEY=KEY.format())


def verify(file: Path, *arguments: str) -> CommandResult:
    """Check a file, with no database anywhere."""
    return run_command(["ledger", "verify", str(file), *arguments], DATABASE_URL="nonsense")


@pytest.fixture
def file(signed: SignedLedger, address: str, tmp_path: Path) -> Path:
    """Return the file of a receipt."""
    assert signed.read_checkpoint().size == 6
    file = tmp_path / "rev-1.tlog-proof"
    done = ask(address, "rev-1", "--out", str(file))
    assert (done.code, done.err) == (0, "")
    assert done.out == f"The receipt of 3 entries is in {file}.\n"
    return file


def test_what_is_handed_out_is_verified_without_the_database(file: Path) -> None:
    done, as_json = verify(file, "--key", VERIFIER_KEY), verify(file, "--key", VERIFIER_KEY, "--json")

    assert (done.code, done.err) == (0, "")
    assert done.out == (
        f"The receipt holds: 3 entries of review rev-1, entries 1-3, in the ledger {ORIGIN} of 6 entries, "
        f"signed by {VERIFIER_KEY}.\n"
    )
    assert json.loads(as_json.out) == {
        "intact": True,
        "problem": None,
        "review_id": "rev-1",
        "entries": [1, 2, 3],
        "origin": ORIGIN,
        "size": 6,
        "signers": [VERIFIER_KEY],
        "withheld": 0,
    }


def test_it_is_printed_without_a_file(file: Path, address: str) -> None:
    done = ask(address, "rev-1")

    assert (done.code, done.err) == (0, "")
    assert done.out == file.read_text()
    assert [each.name for each in file.parent.glob("*tlog-proof*")] == [file.name]


@pytest.mark.usefixtures("signed")
def test_a_review_of_one_entry_is_proven_in_the_singular(address: str, tmp_path: Path) -> None:
    file = tmp_path / "receipt"

    done = ask(address, "rev-3", "--out", str(file))

    assert done.out.startswith("The receipt of 1 entry is in ")
    assert "holds: 1 entry of review rev-3, entry 6, in the" in verify(file, "--key", VERIFIER_KEY).out


def test_people_who_are_withheld_are_counted_and_others_are_named(file: Path) -> None:
    proofs, block = file.read_text().split(f"\n{DISCLOSURES_FORMAT}\n")
    file.write_text(proofs)
    without, as_json = verify(file, "--key", VERIFIER_KEY), verify(file, "--key", VERIFIER_KEY, "--json")
    other = block.replace("@", ".example@")
    file.write_text(f"{proofs}\n{DISCLOSURES_FORMAT}\n{other}")
    forged = verify(file, "--key", VERIFIER_KEY)

    count = json.loads(as_json.out)["withheld"]
    assert (without.code, forged.code) == (0, 1)
    assert count == sum(len(json.loads(line)["values"]) for line in block.splitlines()) > 3
    assert without.out.splitlines()[1:] == [
        f"{count} names, addresses or texts are not in it: they were erased or taken out."
    ]
    assert forged.out.startswith("The receipt does not hold: disclosures: entry 1 commits to another '/")
    assert len(forged.out.splitlines()) == 1


def test_another_key_does_not_verify_it_and_of_several_one_has_to(file: Path) -> None:
    other, both = verify(file, "--key", OTHER_KEY), verify(file, "--key", OTHER_KEY, "--key", VERIFIER_KEY)

    assert (other.code, both.code) == (1, 0)
    assert other.out == (
        "The receipt does not hold: proof 1: the checkpoint is signed by none of the keys to verify it with; "
        f"its signatures name {'+'.join(VERIFIER_KEY.split('+', 2)[:2])}.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "a receipt is verified with --key VKEY"),
        (("--key", "nonsense"), "a verifier key is its name, 8 lower-case hex digits"),
        (("--key", VERIFIER_KEY.replace("reviews", "review")), "id is not that of its name and public key"),
    ],
)
def test_without_a_usable_key_one_sentence_says_so(
    file: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    done = verify(file, *arguments)

    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)
    assert sentence in done.err


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("\n", "\r\n", "proof 1: the proof has line ends of Windows (CRLF)"),
        ("\nindex 1\n", "\nindex 2\n", "proof 2: the entry at index 2 is not entry 3"),
        ("\n6\n", "\n7\n", f"proof 1: the signature of {ORIGIN} is not valid"),
    ],
)
def test_what_was_changed_is_named(file: Path, old: str, new: str, problem: str) -> None:
    file.write_bytes(file.read_text().replace(old, new).encode())

    done, as_json = verify(file, "--key", VERIFIER_KEY), verify(file, "--key", VERIFIER_KEY, "--json")

    assert (done.code, as_json.code, done.err) == (1, 1, "")
    assert done.out.startswith(f"The receipt does not hold: {problem}")
    assert json.loads(as_json.out)["problem"].startswith(problem)
    assert json.loads(as_json.out)["entries"] == []


def test_bytes_that_are_no_text_do_not_hold(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:60] + b"\xff" + file.read_bytes()[61:])

    assert "proof 1: the proof is not valid UTF-8" in verify(file, "--key", VERIFIER_KEY).out


@pytest.mark.usefixtures("signed")
@pytest.mark.parametrize("review_id", ["rev-9", "no\u202esuch"])
def test_an_unknown_review_is_an_unusable_argument(address: str, review_id: str) -> None:
    done = ask(address, review_id)

    assert (done.code, done.out) == (2, "")
    assert f"there is no review {review_id!r}" in done.err


def test_a_review_that_retention_removed_has_its_receipt(address: str, tmp_path: Path) -> None:
    engine = engine_on(address)
    signed = SignedLedger(engine, LedgerKeys(current=KEY))
    desk = fill_record(engine)
    desk.deliver_all()
    let_years_pass(desk)
    remove(desk)
    signed.cover()
    engine.dispose()
    file = tmp_path / "receipt"

    done = ask(address, "rev-1", "--out", str(file))

    assert (done.code, done.err) == (0, "")
    assert "4 entries of review rev-1, entries 1-3, " in verify(file, "--key", VERIFIER_KEY).out


def test_what_is_not_covered_yet_is_said_and_nothing_is_written(
    signed: SignedLedger, address: str, tmp_path: Path
) -> None:
    signed.append(1)
    file = tmp_path / "receipt"

    done = ask(address, "rev-1", "--out", str(file))
    signed.cover()
    covered = ask(address, "rev-1", "--out", str(file))

    assert (done.code, covered.code) == (1, 0)
    assert done.err.startswith("There is no receipt: signed checkpoints cover 6 entries, and the review has")


def test_an_altered_entry_is_not_handed_out(signed: SignedLedger, address: str, tmp_path: Path) -> None:
    check_tampered(signed.engine, change_entry(2, hash="0" * 64))
    file = tmp_path / "receipt"
    file.write_text("an earlier one")

    done = ask(address, "rev-1", "--out", str(file))

    assert (done.code, done.out) == (1, "")
    assert (
        done.err == "The ledger is not intact: the row of entry 2 has another hash than the entry itself.\n"
    )
    assert file.read_text() == "an earlier one"
    assert [each.name for each in tmp_path.glob("receipt*")] == ["receipt"]


@pytest.mark.usefixtures("signed")
def test_a_file_that_can_not_be_written_is_one_sentence(address: str, tmp_path: Path) -> None:
    done = ask(address, "rev-1", "--out", str(tmp_path / "no" / "such"))

    assert (done.code, done.out) == (2, "")
    assert "can't write " in done.err


@pytest.mark.parametrize("content", [b"", b"{}", PROOF_FORMAT[:-1].encode(), f"{PROOF_FORMAT}\r\n".encode()])
def test_a_file_is_recognized_by_its_first_line_and_read_from_there(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)

    for opened in (file.open("rb"), io.BytesIO(content)):
        with opened:
            assert is_receipt(opened) == content.startswith(PROOF_FORMAT.encode())
            assert opened.read() == content


def test_many_entries_are_named_as_ranges(signed: SignedLedger, address: str) -> None:
    verdict = check_receipt(ask(address, "rev-1").out, [KEY.build_verifier_key(ORIGIN)])
    assert verdict.verified is not None
    assert signed.read_checkpoint() == verdict.verified.checkpoint

    def name_entries(*entries: int) -> str:
        assert verdict.verified is not None
        verified = replace(verdict.verified, entries=entries)
        return describe_receipt(replace(verdict, verified=verified))

    assert "4 entries of review rev-1, entries 1-2, 5, 9, in" in name_entries(1, 2, 5, 9)
    assert "39 and 5 more ranges, in the ledger" in name_entries(*range(1, 50, 2))
