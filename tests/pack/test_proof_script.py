"""The program in a pack's README, run by another Python process: it accepts the pack, and no forged one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.ledger.hash_chain import EntryType, encode_canonical
from reviews.ledger.people_commitments import compute_commitment, find_commitments
from reviews.pack.proof_script import PROOF_SCRIPT
from store import ledger_reading
from store.schema import ledger_people
from tests.databases import ON_SQLITE
from tests.pack import packs
from tests.pack.ledgers import ROUTE
from tests.pack.packs import ENTRIES, SIZE, append_bodies, write, write_filled
from tests.runtime.signed_ledger import ORIGIN, SignedLedger, make_key
from tests.store.entries import build_entry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.databases import SqliteDatabases

KEY = str(packs.KEY)
OTHER_KEY = str(make_key("another").build_verifier_key(ORIGIN))
REVIEW = "receipts/compliance-000000.tlog-proof"
NOT_SIGNED = f"checkpoint: it is one of '{ORIGIN}', and not signed by "
NO_CHECKPOINT = "checkpoint: it is missing, or no signed checkpoint as it was written\n"


@pytest.fixture(scope="module")
def written(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a pack that no test changes."""
    return write_filled(sqlite_databases, tmp_path_factory.mktemp("packs") / "pack")


@pytest.fixture
def pack(written: Path, tmp_path: Path) -> Path:
    """Return a copy of the pack, to be changed."""
    return shutil.copytree(written, tmp_path / "pack")


def run_script(pack: Path, key: str = KEY) -> subprocess.CompletedProcess[str]:
    """Run that of a README without assertions, as PYTHONOPTIMIZE would."""
    [block] = re.findall(r"```python\n(.*?)```", (pack / "README.md").read_text("utf-8"), re.DOTALL)
    assert block == PROOF_SCRIPT
    return run_program(block, str(pack), key)


def run_program(text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-O", "-c", text, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_it_accepts_a_pack(written: Path) -> None:
    done = run_script(written)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"All {ENTRIES} entries of entries.jsonl are in the ledger of {SIZE} entries that {ORIGIN} has "
        "signed\n"
    )


@pytest.mark.parametrize(
    "key", [OTHER_KEY, KEY[:-2], KEY.replace("+", "-"), f"{KEY[:-6]}AAAA{KEY[-2:]}", f"a{KEY}", ""]
)
def test_a_key_that_has_not_signed_is_one_sentence(written: Path, key: str) -> None:
    done = run_script(written, key)

    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{NOT_SIGNED}{key!r}\n")


@pytest.mark.parametrize("arguments", [[], ["."], [".", KEY, "more"]])
def test_other_arguments_are_one_sentence(arguments: list[str]) -> None:
    done = run_program(PROOF_SCRIPT, *arguments)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Run it in the folder of the pack, with the key: python3 ../check.py . VKEY\n"


def edit(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    def spoil(pack: Path) -> None:
        before = (pack / name).read_bytes()
        (pack / name).write_bytes(change(before))
        assert (pack / name).read_bytes() != before

    return spoil


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(old, new, 1)


def edit_entries(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path], object]:
    return edit("entries.jsonl", lambda content: b"".join(change(content.splitlines(keepends=True))))


def edit_first(change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    return edit_entries(lambda lines: [change(lines[0]), *lines[1:]])


def put_pipe(name: str) -> Callable[[Path], object]:
    def spoil(pack: Path) -> None:
        (pack / name).unlink()
        os.mkfifo(pack / name)

    return spoil


def say_twice(line: bytes) -> bytes:
    return line.replace(b"{", b'{"at":"2026-01-01",', 1)


def turn_members(line: bytes) -> bytes:
    turned = dict(reversed(json.loads(line).items()))
    return json.dumps(turned, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def erase_owner(line: bytes, *, listed: bool) -> bytes:
    """Return the line without its first owner, as after an erasure."""
    entry = json.loads(line)
    commitment = compute_commitment(entry["salts"].pop("/owners/0"), entry["owners"][0])
    entry["owners"][0] = {"commitment": commitment}
    erased = {"erased": ["/owners/0"]} if listed else {}
    return encode_canonical({**entry, **erased}) + b"\n"


BLOCK = "the block below its proofs"
NO_PROOF = "no proof has this entry, or an earlier line has it\n"
OTHER_FORM = "an export has this entry in another form or another place\n"
NO_ENTRIES = "entries.jsonl: it is missing, or can't be read\n"


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        # the checkpoint
        (lambda pack: (pack / "checkpoint").unlink(), NO_CHECKPOINT),
        (put_pipe("checkpoint"), NO_CHECKPOINT),
        (edit("checkpoint", lambda _: b""), NO_CHECKPOINT),
        (edit("checkpoint", lambda _: b"a\nb\n\nc\n"), NO_CHECKPOINT),
        (edit("checkpoint", lambda text: b"\xff" + text), NO_CHECKPOINT),
        (edit("checkpoint", lambda text: text.replace(b"\n", b"\r\n")), NO_CHECKPOINT),
        (edit("checkpoint", swap(f"\n{SIZE}\n".encode(), b"\nall\n")), NO_CHECKPOINT),
        (
            edit("checkpoint", lambda text: b"\x1b[2J" + text),
            f"checkpoint: it is one of '\\x1b[2J{ORIGIN}', and not signed by {KEY!r}\n",
        ),
        # receipts
        (edit(REVIEW, swap(b"index 20", b"index 19")), f"{REVIEW!r}: proof 1 does not hold\n"),
        (edit(REVIEW, swap(b"index 20", b"index 276")), f"{REVIEW!r}: proof 1 does not hold\n"),
        (edit(REVIEW, swap(b"index 23", b"index x")), f"{REVIEW!r}: proof 2 does not hold\n"),
        (edit(REVIEW, swap(b"extra ", b"extra AAAA")), f"{REVIEW!r}: proof 1 does not hold\n"),
        (edit(REVIEW, lambda _: b""), f"{REVIEW!r}: proof 1 does not hold\n"),
        (edit(REVIEW, lambda text: text + b"\xff"), f"{REVIEW!r}: proof 1 does not hold\n"),
        (edit(REVIEW, swap(b"\n", b"\r\n")), f"{REVIEW!r}: proof 1 does not hold\n"),
        (edit(REVIEW, swap(b'"Alice', b'"Malice')), f"{REVIEW!r}: {BLOCK} does not hold\n"),
        (edit(REVIEW, swap(b'{"seq":21', b'{"seq":22')), f"{REVIEW!r}: {BLOCK} does not hold\n"),
        (edit(REVIEW, lambda text: text[:-1]), f"{REVIEW!r}: {BLOCK} does not hold\n"),
        (edit(REVIEW, lambda text: text + b"[]\n"), f"{REVIEW!r}: {BLOCK} does not hold\n"),
        (put_pipe(REVIEW), f"{REVIEW!r}: proof 1 does not hold\n"),
        (lambda pack: (pack / REVIEW).unlink(), f"entries.jsonl, line 1: {NO_PROOF}"),
        # entries
        (lambda pack: (pack / "entries.jsonl").unlink(), NO_ENTRIES),
        (put_pipe("entries.jsonl"), NO_ENTRIES),
        (edit_first(swap(b"Alice", b"Malice")), f"entries.jsonl, line 1: {NO_PROOF}"),
        (edit_first(say_twice), f"entries.jsonl, line 1: {NO_PROOF}"),
        (edit_entries(lambda lines: [lines[0], *lines]), f"entries.jsonl, line 2: {NO_PROOF}"),
        (edit_entries(lambda lines: [b"[]\n", *lines]), f"entries.jsonl, line 1: {NO_PROOF}"),
        (edit_entries(lambda lines: [b"x\n", *lines]), f"entries.jsonl, line 1: {NO_PROOF}"),
        (edit_entries(lambda lines: [b"\xff", *lines]), f"entries.jsonl, line 1: {NO_PROOF}"),
        (edit_entries(lambda lines: [b"[" * 99_999, *lines]), f"entries.jsonl, line 1: {NO_PROOF}"),
        (
            edit_entries(lambda lines: lines[:-1]),
            f"entries.jsonl: 1 of the {ENTRIES} entries that are proven are missing\n",
        ),
        # entries that are proven, and not as they are exported
        (edit_first(swap(b"\n", b"\r\n")), f"entries.jsonl, line 1: {OTHER_FORM}"),
        (edit_first(lambda line: b"\xef\xbb\xbf" + line), f"entries.jsonl, line 1: {OTHER_FORM}"),
        (edit_first(turn_members), f"entries.jsonl, line 1: {OTHER_FORM}"),
        (edit_first(swap(b'":', b'": ')), f"entries.jsonl, line 1: {OTHER_FORM}"),
        (edit_first(swap(b"Alice", b"\\u0041lice")), f"entries.jsonl, line 1: {OTHER_FORM}"),
        (edit_entries(lambda lines: [*lines[:-1], lines[-1][:-1]]), f"line {ENTRIES}: {OTHER_FORM}"),
        (
            edit_entries(lambda lines: [lines[1], lines[0], *lines[2:]]),
            f"entries.jsonl, line 2: {OTHER_FORM}",
        ),
        (edit_first(lambda line: erase_owner(line, listed=False)), f"entries.jsonl, line 1: {OTHER_FORM}"),
        (
            edit_first(lambda line: erase_owner(line, listed=True)),
            "entries.jsonl: a value is named as erased, and no later entry says that it was\n",
        ),
    ],
)
def test_what_is_not_as_it_was_written_is_one_sentence(
    pack: Path, spoil: Callable[[Path], object], says: str
) -> None:
    spoil(pack)

    done = run_script(pack)

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.endswith(says)


@ON_SQLITE
def test_it_accepts_marks_in_titles_and_people_who_were_erased(engine: sa.Engine, tmp_path: Path) -> None:
    signed = SignedLedger(engine)
    marks = "".join(
        map(chr, (*range(0x20), *range(0x7F, 0xA0), *range(0x600, 0x620), *range(0x2000, 0x2070)))
    )
    title = f"{marks}Jūlija \U0001f469"
    append_bodies(
        signed, [{**build_entry(1), "route": ROUTE, "title": title, "moved_to": {"commitment": "none"}}]
    )
    [entry] = (each.read.entry for each in ledger_reading.iterate_stored(engine))
    commitments = [*find_commitments(entry).values()]
    erasure = {"type": EntryType.PEOPLE_ERASED.value, "at": entry["at"], "review_id": None, "route": None}
    append_bodies(signed, [{**erasure, "commitments": commitments}])
    with engine.begin() as connection:
        connection.execute(sa.delete(ledger_people))
    signed.cover()
    write(signed, tmp_path / "pack")

    done = run_script(tmp_path / "pack")

    assert commitments
    assert (done.stderr, done.stdout.startswith("All 2 entries of entries.jsonl are")) == ("", True)


def test_a_receipt_that_was_copied_counts_once(pack: Path) -> None:
    shutil.copyfile(pack / REVIEW, pack / "receipts" / "copy.tlog-proof")

    assert run_script(pack).stdout.startswith(f"All {ENTRIES} entries")
