"""A pack is verified with its key alone, and the first file that does not hold is named."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from reviews.evidence.policies import parse_policy
from reviews.ledger.exported_entries import restore_stored_entry
from reviews.ledger.hash_chain import Head, chain_entry, encode_canonical
from reviews.ledger.receipts import split_receipt
from runtime.evidence.ledger_key import LedgerKeys
from runtime.evidence.timestamps import parse_certificates
from runtime.ledger_verification.saved_checkpoints import parse_saved_checkpoint
from runtime.pack.pack_check import PackVerdict, check_pack
from tests import databases
from tests.edge.fake_authority import certify_authority
from tests.pack.ledgers import SINCE
from tests.pack.packs import ENTRIES, REVIEWS, SIZE, QuietProgress, fill_signed, sum_again, write
from tests.runtime.signed_ledger import ORIGIN, SignedLedger, make_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.databases import SqliteDatabases

    Spoil = Callable[[Path], object]

KEY = make_key().build_verifier_key(ORIGIN)
OTHER_KEY = make_key("another").build_verifier_key(ORIGIN)
CERTIFICATES = parse_certificates(certify_authority().root.read_bytes())
REVIEW, OTHER_REVIEW = "receipts/compliance-000000.tlog-proof", "receipts/compliance-000001.tlog-proof"
DAY, OTHER_DAY = "checkpoints/2026-04-11", "checkpoints/2026-07-20"
TIMESTAMP, OTHER_TIMESTAMP = "timestamps/2026-07-20.checkpoint", "timestamps/2026-10-28.checkpoint"

BLOCK = b"\n\ndocspace-review/disclosures@v1\n"
LATER = "2026-06-01T00:00:00.000000Z"


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


def check(pack: Path, **trusted: Any) -> PackVerdict:
    return check_pack(pack, progress=QuietProgress(), **{"keys": [KEY], **trusted})


def test_a_pack_holds_with_the_key_of_its_ledger(written: Path, signed: SignedLedger) -> None:
    verified = check(written, tsa_certificates=CERTIFICATES).verified

    assert verified is not None
    evidence, report = verified.evidence, verified.report
    assert (len(report.reviews), verified.entries) == (REVIEWS, ENTRIES)
    assert (evidence.signers, evidence.own_key) == ((str(KEY),), False)
    assert evidence.signed.checkpoint == signed.read_checkpoint()
    assert evidence.days == 3
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
        "checkpoint: the note is signed by none of the keys that it has to be verified with"
    )


# What a forger does, who also writes the sums anew


def edit(name: str, change: Callable[[bytes], bytes]) -> Spoil:
    def spoil(pack: Path) -> None:
        before = (pack / name).read_bytes()
        (pack / name).write_bytes(change(before))
        assert (pack / name).read_bytes() != before

    return spoil


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(old, new, 1)


def copy(source: str, target: str) -> Spoil:
    def spoil(pack: Path) -> None:
        shutil.copyfile(pack / source, pack / target)

    return spoil


def remove(*names: str) -> Spoil:
    def spoil(pack: Path) -> None:
        for name in names:
            (pack / name).unlink()

    return spoil


def edit_lines(change: Callable[[list[bytes]], list[bytes]]) -> Spoil:
    return edit("entries.jsonl", lambda content: b"".join(change(content.splitlines(keepends=True))))


def edit_proofs(change: Callable[[list[str]], list[str]]) -> Spoil:
    return edit(REVIEW, lambda content: "\n".join(change(split_receipt(content.decode()))).encode())


def edit_figures(change: Callable[[dict[str, Any]], object]) -> Spoil:
    def rewrite(content: bytes) -> bytes:
        figures = json.loads(content)
        change(figures)
        return json.dumps(figures).encode()

    return edit("figures.json", rewrite)


def rewrite_entry(line: bytes) -> bytes:
    """Return an entry with another title, whose own hash holds."""
    entry = json.loads(line)
    head = Head(seq=entry["seq"] - 1, hash=entry["prev_hash"])
    body = {name: value for name, value in entry.items() if name not in {"seq", "hash", "prev_hash"}}
    restored = restore_stored_entry({**body, "title": "Forged.docx"}, label="").entry
    place = {name: chain_entry(head, restored)[name] for name in ("seq", "hash", "prev_hash")}
    return encode_canonical({**body, "title": "Forged.docx", **place}) + b"\n"


def turn_members(line: bytes) -> bytes:
    turned = dict(reversed(json.loads(line).items()))
    return json.dumps(turned, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def say_twice(line: bytes) -> bytes:
    return line.replace(b"{", b'{"at":"2026-01-01",', 1)


def change_first(change: Callable[[bytes], bytes]) -> Callable[[list[bytes]], list[bytes]]:
    return lambda lines: [change(lines[0]), *lines[1:]]


def swap_first(items: list[Any]) -> list[Any]:
    return [items[1], items[0], *items[2:]]


def drop_hash(content: bytes) -> bytes:
    first, second, *rest = content.split(b"\n")
    assert first == b"old 67"
    assert second
    return b"\n".join([first, *rest])


def replace_checkpoint(pack: Path) -> None:
    """Put an older checkpoint of the same ledger into the proofs of one review."""
    checkpoint, older = (pack / "checkpoint").read_bytes(), (pack / TIMESTAMP).read_bytes()
    edit(REVIEW, lambda content: content.replace(checkpoint, older))(pack)


FORGERIES: list[tuple[str, Spoil]] = [
    # the checkpoint and its keys
    ("checkpoint: the signature of", edit("checkpoint", swap(f"\n{SIZE}\n".encode(), b"\n198\n"))),
    ("checkpoint: the checkpoint does not", edit("checkpoint", lambda _: b"a")),
    ("checkpoint has carriage returns", edit("checkpoint", lambda text: text.replace(b"\n", b"\r\n"))),
    ("checkpoint is not text", edit("checkpoint", lambda text: text + b"\xff")),
    ("checkpoint is longer than 1,000,000 bytes", edit("checkpoint", lambda text: text * 9000)),
    ("checkpoint is missing", remove("checkpoint")),
    ("keys.txt, line 2: ", edit("keys.txt", lambda text: text[:-60])),
    # older checkpoints, with their proofs and timestamps
    (f"{DAY}: consistency/67 is missing", remove("consistency/67")),
    (f"{DAY}: consistency/67 is the proof of another one", copy("consistency/134", "consistency/67")),
    (f"{DAY}: the ledger of the pack does not begin with its 67", edit("consistency/67", drop_hash)),
    (f"{DAY}: the old size is not", edit("consistency/67", swap(b"old 67", b"old 067"))),
    (f"{DAY}: the signature of", edit(DAY, swap(b"\n67\n", b"\n66\n"))),
    ("consistency/67 belongs to no checkpoint of the pack", remove(DAY)),
    ("consistency/68 belongs to no checkpoint", copy("consistency/67", "consistency/68")),
    ("checkpoints/today is none of a pack's files", copy(DAY, "checkpoints/today")),
    (f"{OTHER_TIMESTAMP}.tsr is missing beside its", remove(f"{OTHER_TIMESTAMP}.tsr")),
    (f"{TIMESTAMP} is missing beside its timestamp", remove(TIMESTAMP)),
    (f"{TIMESTAMP}.tsr: it is one of another text", copy(f"{OTHER_TIMESTAMP}.tsr", f"{TIMESTAMP}.tsr")),
    (f"{TIMESTAMP}.tsr: it is not an answer", edit(f"{TIMESTAMP}.tsr", lambda _: b"x")),
    (f"{TIMESTAMP}.tsr is longer than 65,536", edit(f"{TIMESTAMP}.tsr", lambda der: der * 90)),
    # proofs: three of entries 21, 24 and 25
    ("entries.jsonl: entry 21 has no proof in the pack", edit_proofs(lambda proofs: proofs[1:])),
    (f"{REVIEW}, proof 2: entry 21 stands after entry 24", edit_proofs(swap_first)),
    (f"{REVIEW}, proof 2: entry 21 is proven twice", edit_proofs(lambda proofs: [proofs[0], *proofs])),
    (f"{REVIEW}, proof 1: the entry at index 19 is not", edit(REVIEW, swap(b"index 20", b"index 19"))),
    (f"{REVIEW}, proof 1: ", edit(REVIEW, swap(b"extra ", b"extra AAAA"))),
    (f"{REVIEW}, proof 1: the first line of the proof is not", edit(REVIEW, lambda _: b"")),
    (f"{REVIEW}, proof 3: the note", edit(REVIEW, lambda text: text.partition(BLOCK)[0][:-100])),
    (f"{REVIEW}, disclosures: line 3 is cut off", edit(REVIEW, lambda text: text[:-1])),
    (f"{REVIEW}, disclosures: entry 21 commits to another", edit(REVIEW, swap(b'"Alice', b'"Malice'))),
    (
        f"{REVIEW}, disclosures: entry 22 is not proven",
        edit(REVIEW, swap(b'{"seq":21', b'{"seq":22')),
    ),
    (f"{REVIEW} has carriage returns", edit(REVIEW, lambda text: text.replace(b"\n", b"\r\n"))),
    (f"{REVIEW} is not text", edit(REVIEW, lambda text: text + b"\xff")),
    (f"{REVIEW}, proof 1: entry 26 is of another review", copy(OTHER_REVIEW, REVIEW)),
    (f"{REVIEW}, proof 1: it has another checkpoint", replace_checkpoint),
    ("entries.jsonl: entry 21 has no proof in the pack", remove(REVIEW)),
    ("entries.jsonl: entry 44 has no proof in the pack", remove("without-review.tlog-proof")),
    # entries
    ("entries.jsonl: entry 21 is missing, which is proven", edit_lines(lambda lines: lines[1:])),
    (f"entries.jsonl: entry {SIZE} is missing, which is proven", edit_lines(lambda lines: lines[:-1])),
    ("entries.jsonl: entry 21 is missing, which is proven", edit_lines(lambda _: [])),
    ("entries.jsonl: entry 24 is missing", edit_lines(lambda lines: [lines[0], *lines[2:]])),
    ("entries.jsonl: entry 21 is missing, which is proven", edit_lines(swap_first)),
    ("entries.jsonl: line 2 of the file has entry 21 after", edit_lines(lambda lines: [lines[0], *lines])),
    ("entries.jsonl: entry 21 was changed after it was", edit("entries.jsonl", swap(b"Alice", b"Malice"))),
    ("entries.jsonl: entry 21 is another one than its proof", edit_lines(change_first(rewrite_entry))),
    ("entries.jsonl: line 1 of the file is not as an export", edit_lines(change_first(turn_members))),
    ("entries.jsonl: line 1 of the file says 'at' twice", edit_lines(change_first(say_twice))),
    ("entries.jsonl: line 1 of the file ends in CRLF", edit("entries.jsonl", swap(b"\n", b"\r\n"))),
    ("entries.jsonl: line 1 of the file is not text", edit("entries.jsonl", lambda text: b"\xff" + text)),
    (
        "entries.jsonl: line 1 of the file is not JSON",
        edit("entries.jsonl", lambda text: b"[" * 99_999 + text),
    ),
    ("entries.jsonl: line 1 of the file is longer than", edit("entries.jsonl", lambda _: b"1" * 5_000_000)),
    ("entries.jsonl: line 1 of the file is no entry", edit("entries.jsonl", lambda text: b"7\n" + text)),
    (f"entries.jsonl: line {ENTRIES} of the file", edit("entries.jsonl", lambda text: text[:-20])),
    (f"entries.jsonl: line {ENTRIES} of the file has no end", edit("entries.jsonl", lambda text: text[:-1])),
    # what is made of them
    ("population.csv: the review in row 1 is not", edit("population.csv", swap(b"AML Policy", b"Another"))),
    ("population.csv: its head is not what", edit("population.csv", swap(b"review_id", b"id"))),
    ("population.csv: the review in row 40 is not", edit("population.csv", lambda text: text[:-3])),
    ("population.csv goes on after the last review", edit("population.csv", lambda text: text + b"x")),
    ("population.csv: its head is not", edit("population.csv", lambda text: text.replace(b"\n", b"\r\n"))),
    ("population.csv: its head is not", edit("population.csv", lambda _: b"\xff\x00")),
    ("figures.json: figures, late is not what", edit_figures(lambda all_: all_["figures"].update(late=0))),
    (
        "figures.json: without_review, owners_gone is",
        edit_figures(lambda all_: all_["without_review"].update(owners_gone=0)),
    ),
    ("figures.json: sample, reviews is not", edit_figures(lambda all_: all_["sample"]["reviews"].reverse())),
    ("figures.json: sample, reviews is not", edit_figures(lambda all_: all_["sample"].update(seed="43"))),
    ("figures.json: completeness is not what", edit_figures(lambda all_: all_.update(completeness=[]))),
    ("figures.json: completeness is not what", edit_figures(lambda all_: all_.update(completeness=[[]]))),
    ("figures.json: figures, population is", edit_figures(lambda all_: all_.update(figures=None))),
    ("figures.json is of another checkpoint", edit_figures(lambda all_: all_["checkpoint"].update(size=5))),
    ("figures.json does not say for which route", edit_figures(lambda all_: all_.pop("sample"))),
    ("figures.json does not say for which route", edit_figures(lambda all_: all_.update({"from": "today"}))),
    (
        "figures.json does not say for which route",
        edit_figures(lambda all_: all_["sample"].update(size=True)),
    ),
    ("entries.jsonl: entry 21 is not of the route", edit_figures(lambda all_: all_.update(route="legal"))),
    ("entries.jsonl: entry 21 is not of the route", edit_figures(lambda all_: all_.update({"from": LATER}))),
    ("figures.json is not JSON", edit("figures.json", lambda _: b"[" * 99_999)),
    ("figures.json says 'route' twice", edit("figures.json", swap(b"{", b'{"route": "legal",'))),
    ("figures.json holds the number '0.5'", edit("figures.json", swap(b'"late": ', b'"late": 0.5, "at": '))),
    ("figures.json is not text", edit("figures.json", lambda text: text + b"\xff")),
    ("figures.json is longer than 16,777,216 bytes", edit("figures.json", lambda text: text + b" " * 2**24)),
    # the folder
    ("report.pdf is missing", remove("report.pdf")),
    ("README.md is missing", remove("README.md")),
    ("notes.txt is none of a pack's files", copy("README.md", "notes.txt")),
    ("receipts/compliance-000000.txt", copy(REVIEW, "receipts/compliance-000000.txt")),
]


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
    (pack / "keys.txt").write_bytes(b"# none\n")
    sum_again(pack)

    assert check(pack).intact
    assert check(pack, keys=[]).problem == "keys.txt names no key: the ledger's has to be given with --key"


def test_an_empty_folder_is_no_pack(tmp_path: Path) -> None:
    assert check(tmp_path).problem == "SHA256SUMS is missing: the folder is no pack, or not a whole one"
