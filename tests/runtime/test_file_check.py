"""A file is judged as its lines are in order, each checked in full, however the work is shared."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from reviews.ledger.hash_chain import (
    ChainPiece,
    Head,
    LedgerBroken,
    chain_entry,
    encode_canonical,
    has_place,
    parse_entry,
    verify,
)
from runtime.ledger_verification.file_check import (
    BLOCK_BYTES,
    BlockSharing,
    check_file,
    check_in_processes,
)
from runtime.ledger_verification.file_lines import MAX_LINE_BYTES, LineBlock, read_line
from tests.reviews.entries import EMPTY

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from reviews.ledger.hash_chain import Verdict

PROCESSES = 2
ENTRIES = 24


def write_lines(*, start: Head = EMPTY, note: str = "") -> list[bytes]:
    lines = []
    for number in range(ENTRIES):
        title = f"Vertrag {number} für Zoë \U0001f600.docx" if number % 3 else "AML\u202e Policy.docx"
        entry = chain_entry(start, {"title": title, "note": note, "people": [{"name": "Dana"}]})
        start = Head(seq=entry["seq"], hash=entry["hash"])
        lines.append(encode_canonical(entry))
    return lines


LINES = write_lines()
FORGED = write_lines(note="forged")
HEADS = [
    Head(seq=number, hash=parse_entry(line.decode(), label="")["hash"])
    for number, line in enumerate(LINES, 1)
]


def replace_line(place: int, line: bytes) -> list[bytes]:
    return [*LINES[:place], line, *LINES[place + 1 :]]


def add_member(text: bytes) -> list[bytes]:
    """Put a member in front of those of the fifteenth entry."""
    return replace_line(14, LINES[14].replace(b"{", b"{" + text + b",", 1))


def put_first_member_last(line: bytes) -> bytes:
    first, _, others = line[1:-1].partition(b",")
    return b"{" + others + b"," + first + b"}"


FILES: dict[str, list[bytes]] = {
    "whole": LINES,
    "a period": LINES[5:],
    "torn": [*LINES[:14], LINES[14][:-9]],
    "an entry removed": LINES[:9] + LINES[10:],
    "an entry repeated": LINES[:10] + LINES[9:],
    "entries swapped": [*LINES[:9], LINES[10], LINES[9], *LINES[11:]],
    "an entry of another chain": replace_line(14, FORGED[14]),
    "another chain from some entry on": LINES[:14] + FORGED[14:],
    "written anew": FORGED,
    "a changed title": replace_line(14, LINES[14].replace(b"Zo", b"Mo")),
    "spaces": replace_line(14, LINES[14].replace(b",", b", ")),
    "other order": replace_line(14, put_first_member_last(LINES[14])),
    "escaped": replace_line(15, LINES[15].replace("\u202e".encode(), rb"\u202e")),
    "a member twice": add_member(b'"title":"Shown"'),
    "a float": add_member(b'"a":1.5'),
    "not a number": add_member(b'"a":NaN'),
    "a large number": add_member(b'"a":9007199254740992'),
    "a very large number": add_member(b'"a":%d' % 10**400),
    "deep": add_member(b'"a":' + b"[" * 20_000 + b"]" * 20_000),
    "not UTF-8": replace_line(14, LINES[14].replace(b"Zo", b"\xff")),
    "a NUL": replace_line(14, LINES[14].replace(b"Zo", b"\x00")),
    "an empty line": replace_line(14, b""),
    "a carriage return within": replace_line(14, LINES[14].replace(b",", b",\r", 1)),
    "no object": replace_line(14, b"[]"),
    "no number": replace_line(14, b'{"hash":"x"}'),
    "no hash": replace_line(14, b'{"seq":15}'),
    "a hash that is no text": replace_line(14, b'{"hash":15,"seq":15}'),
    "a byte order mark": [b"\xef\xbb\xbf" + LINES[0], *LINES[1:]],
    "a byte order mark within": replace_line(14, b"\xef\xbb\xbf" + LINES[14]),
    "nothing": [],
}  # fmt: skip
SAVED_HEADS: dict[str, list[Head]] = {
    "no head": [],
    "heads": [HEADS[13], HEADS[3], EMPTY],
    "another hash": [Head(seq=14, hash="x")],
    "a later head": [HEADS[2], Head(seq=ENTRIES + 1, hash="x")],
}


def join_lines(lines: list[bytes], ending: bytes) -> bytes:
    return b"".join(line + ending for line in lines)


def check_in_full(content: bytes, saved_heads: Collection[Head]) -> Verdict:
    """Check line by line, without quick proofs and blocks."""

    def read_entries() -> Iterator[dict[str, Any]]:
        for number, line in enumerate(BytesIO(content), start=1):
            label = f"line {number} of the file"
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                raise LedgerBroken(f"{label} is not text") from None
            entry = parse_entry(text, label=label)
            if not has_place(entry):
                raise LedgerBroken(f"{label} is an entry without its number or its hash")
            yield entry

    return verify(read_entries(), saved_heads=saved_heads)


@pytest.mark.parametrize("heads", SAVED_HEADS)
@pytest.mark.parametrize("name", FILES)
def test_blocks_and_quick_proofs_change_no_verdict(name: str, heads: str) -> None:
    for ending in (b"\n", b"\r\n"):
        content = join_lines(FILES[name], ending)
        expected = check_in_full(content, SAVED_HEADS[heads])

        for block_bytes in (1, 700, BLOCK_BYTES):
            sharing = BlockSharing(block_bytes=block_bytes, processes=1)
            verdict = check_file(
                BytesIO(content), saved_heads=SAVED_HEADS[heads], is_part=True, sharing=sharing
            )
            assert verdict == expected, block_bytes


@pytest.mark.parametrize("length", [MAX_LINE_BYTES - 1, MAX_LINE_BYTES, 2 * MAX_LINE_BYTES + 5])
@pytest.mark.parametrize("block_bytes", [len(LINES[0]) + 1, len(LINES[0]) + 9, BLOCK_BYTES])
def test_a_line_that_is_too_long_is_refused_wherever_its_block_begins(length: int, block_bytes: int) -> None:
    content = LINES[0] + b"\n" + b"[" * (length - 1) + b"\n" + LINES[1]

    sharing = BlockSharing(block_bytes=block_bytes, processes=1)
    verdict = check_file(BytesIO(content), sharing=sharing)

    fault = "longer than any entry" if length >= MAX_LINE_BYTES else "not JSON"
    assert (verdict.checked, verdict.problem) == (1, f"line 2 of the file is {fault}")


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"])
def test_the_end_of_a_line_does_not_keep_its_entry_from_a_quick_proof(ending: bytes) -> None:
    line = encode_canonical(chain_entry(EMPTY, {"title": "Vertrag für Zoë.docx"}))

    assert read_line(line + ending, number=2).entry.proven
    assert not read_line(line.replace(b",", b", ") + ending, number=2).entry.proven


@pytest.fixture(scope="module")
def lone_process() -> Iterator[ProcessPoolExecutor]:
    """Yield a process without threads, as that of a command: one with threads must not fork."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        yield pool


def check_together(content: bytes, saved_heads: Collection[Head]) -> Verdict:
    sharing = BlockSharing(block_bytes=1, processes=PROCESSES)
    return check_file(BytesIO(content), saved_heads=saved_heads, is_part=True, sharing=sharing)


@pytest.mark.parametrize("name", ["whole", "a changed title", "not UTF-8", "nothing"])
def test_several_processes_give_the_verdict_of_one(lone_process: ProcessPoolExecutor, name: str) -> None:
    content = join_lines(FILES[name], b"\n")

    verdict = lone_process.submit(check_together, content, [HEADS[1]]).result()

    assert verdict == check_in_full(content, [HEADS[1]])


def name_process(block: LineBlock) -> ChainPiece:
    return ChainPiece(checked=block.first, start=None, head=Head(seq=os.getpid(), hash=""), problem=None)


def die_elsewhere(block: LineBlock, home: int) -> ChainPiece:
    if os.getpid() != home:
        os._exit(1)
    return name_process(block)


def share_blocks(*, are_to_die: bool) -> tuple[list[ChainPiece], int, int]:
    """Return the pieces of twenty blocks, how many blocks were read ahead at most, and our own process."""
    read, ahead = 0, 0
    home = os.getpid()

    def read_blocks() -> Iterator[LineBlock]:
        nonlocal read
        for read in range(1, 21):
            yield LineBlock(first=read, lines=b"")

    check_block: Callable[[LineBlock], ChainPiece]
    check_block = partial(die_elsewhere, home=home) if are_to_die else name_process
    pieces: list[ChainPiece] = []
    for piece in check_in_processes(check_block, read_blocks(), PROCESSES):
        ahead = max(ahead, read - len(pieces))
        pieces.append(piece)
    return pieces, ahead, home


def list_process_ids(pieces: list[ChainPiece]) -> set[int]:
    return {piece.head.seq for piece in pieces if piece.head is not None}


def test_processes_check_blocks_in_order_and_few_are_read_ahead(lone_process: ProcessPoolExecutor) -> None:
    pieces, ahead, home = lone_process.submit(share_blocks, are_to_die=False).result()

    assert [piece.checked for piece in pieces] == list(range(1, 21))
    assert home not in list_process_ids(pieces)
    assert ahead == 2 * PROCESSES


def test_blocks_of_a_process_that_died_are_checked_here(lone_process: ProcessPoolExecutor) -> None:
    pieces, _, home = lone_process.submit(share_blocks, are_to_die=True).result()

    assert [piece.checked for piece in pieces] == list(range(1, 21))
    assert list_process_ids(pieces) == {home}
