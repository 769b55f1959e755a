"""The check of the chain in a file that `ledger export` wrote; several processes share a long one."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from itertools import chain, islice
from typing import TYPE_CHECKING, BinaryIO

from reviews.ledger.hash_chain import LedgerBroken, ReadEntry, check_piece, join_pieces, parse_entry
from runtime.ledger_verification.parallel_check import MAX_PROCESSES, prepare_process
from store.quick_proof import prove

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterator
    from concurrent.futures import Future

    from reviews.ledger.hash_chain import ChainPiece, Head, Verdict

    CheckBlock = Callable[["LineBlock"], ChainPiece]

MAX_LINE_BYTES = 4 * 1024 * 1024
BLOCK_BYTES = 1024 * 1024
_UNSHARED_BLOCKS = 8
"""The first blocks of a file, about ten thousand entries. With fewer, a fork takes as long as it saves."""


@dataclass(frozen=True, kw_only=True)
class LineBlock:
    """Successive lines of a file; `first` is the number of the first one."""

    first: int
    lines: bytes


def check_file(
    file: BinaryIO,
    *,
    saved_heads: Collection[Head] = (),
    block_bytes: int = BLOCK_BYTES,
    processes: int | None = None,
) -> Verdict:
    """Check a file with an entry a line; `saved_heads` were kept elsewhere.

    Each block of lines is a piece of the chain, so the verdict is that for all lines in order. Without
    `processes` there is one for each processor, at most `MAX_PROCESSES`.
    """
    check_block = partial(_check_block, saved_heads=saved_heads)
    blocks = _read_blocks(file, block_bytes)
    processes = processes or min(os.cpu_count() or 1, MAX_PROCESSES)
    with closing(_check_blocks(check_block, blocks, processes)) as pieces:
        return join_pieces(pieces, saved_heads=saved_heads)


def read_line(line: bytes, *, number: int) -> ReadEntry:
    """Return the entry in a line, as `verify` needs it, or raise `LedgerBroken`.

    An editor may have put a byte order mark before the first line, and a carriage return after each.
    """
    label = f"line {number} of the file"
    if len(line) >= MAX_LINE_BYTES:
        raise LedgerBroken(f"{label} is longer than any entry")
    if (entry := prove(line.rstrip(b"\r\n"))) is not None:
        return ReadEntry(entry, proven=True)
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError:
        raise LedgerBroken(f"{label} is not text") from None
    return ReadEntry(parse_entry(text, label=label), proven=False)


def check_in_processes(
    check_block: CheckBlock, blocks: Iterator[LineBlock], processes: int
) -> Iterator[ChainPiece]:
    """Yield the result of each block, in their order; no more than two blocks a process are read ahead.

    The processes are forked, which takes milliseconds: there is no connection that a fork would share. If one
    of them dies, for example for lack of memory, the remaining blocks are checked here.
    """
    unchecked: deque[LineBlock] = deque()
    futures: deque[Future[ChainPiece]] = deque()
    context = multiprocessing.get_context("fork")
    try:
        with ProcessPoolExecutor(processes, context, initializer=prepare_process) as pool:
            while True:
                for block in islice(blocks, 2 * processes - len(futures)):
                    unchecked.append(block)
                    futures.append(pool.submit(check_block, block))
                if not futures:
                    return
                piece = futures.popleft().result()
                unchecked.popleft()
                yield piece
    except BrokenProcessPool:
        yield from map(check_block, chain(unchecked, blocks))


def _check_blocks(
    check_block: CheckBlock, blocks: Iterator[LineBlock], processes: int
) -> Generator[ChainPiece, None, None]:
    yield from map(check_block, islice(blocks, _UNSHARED_BLOCKS))
    if processes == 1:
        yield from map(check_block, blocks)
    else:
        yield from check_in_processes(check_block, blocks, processes)


def _check_block(block: LineBlock, saved_heads: Collection[Head]) -> ChainPiece:
    return check_piece(_read_entries(block), saved_heads=saved_heads)


def _read_blocks(file: BinaryIO, block_bytes: int) -> Iterator[LineBlock]:
    """Yield all lines; one that is too long is cut where `read_line` refuses it already."""
    first = 1
    while lines := file.read(block_bytes):
        lines += file.readline(MAX_LINE_BYTES)
        yield LineBlock(first=first, lines=lines)
        first += lines.count(b"\n")


def _read_entries(block: LineBlock) -> Iterator[ReadEntry]:
    lines, number = BytesIO(block.lines), block.first
    while line := lines.readline(MAX_LINE_BYTES):
        yield read_line(line, number=number)
        number += 1
