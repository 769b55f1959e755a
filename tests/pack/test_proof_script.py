"""The program in a pack's README, run by another Python process: it accepts the pack, and no forged one."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from reviews.pack.proof_script import PROOF_SCRIPT
from tests.databases import engine_on
from tests.pack.packs import ENTRIES, SIZE, fill_signed, write
from tests.runtime.signed_ledger import ORIGIN, make_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.databases import SqliteDatabases

KEY = str(make_key().build_verifier_key(ORIGIN))
OTHER_KEY = str(make_key("another").build_verifier_key(ORIGIN))
REVIEW = "receipts/compliance-000000.tlog-proof"
NOT_SIGNED = f"checkpoint: it is one of {ORIGIN}, and not signed by "


@pytest.fixture(scope="module")
def written(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a pack that no test changes."""
    engine = engine_on(sqlite_databases.new())
    pack = tmp_path_factory.mktemp("packs") / "pack"
    write(fill_signed(engine), pack)
    engine.dispose()
    return pack


@pytest.fixture
def pack(written: Path, tmp_path: Path) -> Path:
    """Return a copy of the pack, to be changed."""
    return shutil.copytree(written, tmp_path / "pack")


def run_script(pack: Path, key: str = KEY) -> subprocess.CompletedProcess[str]:
    """Run it without assertions, as PYTHONOPTIMIZE would."""
    [block] = re.findall(r"```python\n(.*?)```", (pack / "README.md").read_text("utf-8"), re.DOTALL)
    assert block == PROOF_SCRIPT
    arguments = [sys.executable, "-O", "-c", block, str(pack), key]
    return subprocess.run(arguments, check=False, capture_output=True, text=True)


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

    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{NOT_SIGNED}{key}\n")


def edit_entries(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path], object]:
    def spoil(pack: Path) -> None:
        lines = (pack / "entries.jsonl").read_bytes().splitlines(keepends=True)
        (pack / "entries.jsonl").write_bytes(b"".join(change(lines)))

    return spoil


def edit_receipt(old: str, new: str) -> Callable[[Path], object]:
    def spoil(pack: Path) -> None:
        text = (pack / REVIEW).read_text("utf-8")
        assert old in text
        (pack / REVIEW).write_text(text.replace(old, new, 1))

    return spoil


def say_twice(line: bytes) -> bytes:
    return line.replace(b"{", b'{"at":"2026-01-01",', 1)


NO_PROOF = "no proof has this entry, or an earlier line has it\n"


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (
            edit_entries(lambda lines: [lines[0].replace(b"Alice", b"Malice"), *lines[1:]]),
            f"entries.jsonl, line 1: {NO_PROOF}",
        ),
        (
            edit_entries(lambda lines: [lines[0], say_twice(lines[1]), *lines[2:]]),
            f"entries.jsonl, line 2: {NO_PROOF}",
        ),
        (edit_entries(lambda lines: [lines[0], *lines]), f"entries.jsonl, line 2: {NO_PROOF}"),
        (edit_entries(lambda lines: [b"[]\n", *lines]), f"entries.jsonl, line 1: {NO_PROOF}"),
        (edit_entries(lambda lines: [b"x\n", *lines]), f"entries.jsonl, line 1: {NO_PROOF}"),
        (edit_entries(lambda lines: [b"[" * 99_999, *lines]), f"entries.jsonl, line 1: {NO_PROOF}"),
        (
            edit_entries(lambda lines: lines[:-1]),
            f"entries.jsonl: 1 of the {ENTRIES} entries that are proven are missing\n",
        ),
        (edit_receipt("index 20", "index 19"), f"{REVIEW}: proof 1 does not hold\n"),
        (edit_receipt("extra ", "extra AAAA"), f"{REVIEW}: proof 1 does not hold\n"),
        (edit_receipt("index 23", "index x"), f"{REVIEW}: proof 2 does not hold\n"),
        (lambda pack: (pack / REVIEW).write_text(""), f"{REVIEW}: proof 1 does not hold\n"),
        (lambda pack: (pack / REVIEW).unlink(), f"entries.jsonl, line 1: {NO_PROOF}"),
    ],
)
def test_what_no_proof_proves_is_one_sentence(pack: Path, spoil: Callable[[Path], object], says: str) -> None:
    spoil(pack)

    done = run_script(pack)

    assert (done.returncode, done.stdout, done.stderr) == (1, "", says.replace(REVIEW, str(pack / REVIEW)))


def test_a_receipt_that_was_copied_counts_once(pack: Path) -> None:
    shutil.copyfile(pack / REVIEW, pack / "receipts" / "copy.tlog-proof")

    assert run_script(pack).stdout.startswith(f"All {ENTRIES} entries")
