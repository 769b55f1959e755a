"""Files and options that `ledger verify` can't accept: each is said in one sentence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.runtime.exported_files import ENTRIES, KEY, LEDGER, LINES, ExportedFiles, assert_refused
from tests.runtime.exported_ledger import make_exported_ledger

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def files(tmp_path: Path) -> ExportedFiles:
    return ExportedFiles(tmp_path)


def reorder_members(line: bytes) -> bytes:
    entry = json.loads(line)
    return (
        json.dumps(dict(reversed(entry.items())), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    )


def replace_fourth(*lines: bytes) -> list[bytes]:
    return [*LINES[:3], *lines, *LINES[4:]]


BAD_FILES: dict[str, tuple[list[bytes], str]] = {
    "half written": ([*LINES[:8], LINES[8][:-40]], "line 9 of the file is not JSON: the file ends within it"),
    "CRLF": ([line.replace(b"\n", b"\r\n") for line in LINES], "line 1 of the file ends in CRLF"),
    "reordered members": (
        replace_fourth(reorder_members(LINES[3])),
        "line 4 of the file is not as an export",
    ),
    "spaces": (
        replace_fourth(LINES[3].replace(b",", b", ")),
        "line 4 of the file is not as an export writes",
    ),
    "a member twice": (replace_fourth(LINES[3].replace(b"{", b'{"seq":4,')), "line 4 of the file says 'seq'"),
    "no hash": (replace_fourth(b'{"seq":4}\n'), "line 4 of the file is an entry without its number or its"),
    "an empty line": (replace_fourth(b"\n", LINES[3]), "line 4 of the file is not JSON"),
    "doubled": (replace_fourth(LINES[3], LINES[3]), "entry 4 is there twice"),
    "exchanged": (
        [*LINES[:3], LINES[4], LINES[3], *LINES[5:]],
        "entry 4 is missing: entry 5 follows entry 3",
    ),
    "out of place": ([*LINES[:4], LINES[1], *LINES[4:]], "entry 2 is where entry 5 has to be"),
    "another ledger": (
        make_exported_ledger(ENTRIES, note="other").lines,
        "covers other entries than these 10",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_not_as_it_was_exported_is_refused_in_one_sentence(
    files: ExportedFiles, name: str
) -> None:
    lines, says = BAD_FILES[name]

    assert_refused(files.verify(lines, "--key", KEY, checkpoint=LEDGER.sign()), says)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--key", "nonsense"], "'nonsense' is not a key as ledger key prints it"),
        (["--key", " "], "not a key as ledger key prints it"),
        (["--key", KEY], "--key verifies a checkpoint: give --checkpoint FILE too"),
        (["--checkpoint", "missing"], "No such file"),
        (["--head", "12"], "'12' is not a head"),
    ],
)
def test_options_that_can_not_be_used_are_said_in_one_line(
    files: ExportedFiles, options: list[str], says: str
) -> None:
    done = files.verify(LINES, *options)

    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert done.err.count("\n") == 1
