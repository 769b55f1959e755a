"""The check of the chain in a file that `ledger export` wrote; several processes share a long one."""

from __future__ import annotations

import multiprocessing
import os
import stat
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from io import UnsupportedOperation
from itertools import chain, islice
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from reviews.evidence.merkle_tree import CompactRange, hash_leaf
from reviews.ledger.hash_chain import GENESIS_HASH, EntryType, Head, Verdict, check_piece, join_pieces
from runtime.ledger_verification.file_coverage import FileCoverage, FilePiece
from runtime.ledger_verification.file_erasures import BlockErasures
from runtime.ledger_verification.file_lines import (
    LineBlock,
    NoExport,
    iterate_lines,
    read_blocks,
    read_line_of_export,
    require_exported_form,
)
from runtime.ledger_verification.processes import MAX_PROCESSES, prepare_process

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable, Iterator
    from concurrent.futures import Future

    from reviews.ledger.hash_chain import ReadEntry
    from runtime.ledger_verification.processes import Progress
    from runtime.ledger_verification.saved_checkpoints import SavedCheckpoint

BLOCK_BYTES = 1024 * 1024
_UNSHARED_BLOCKS = 8
"""The first blocks of a file, about ten thousand entries. With fewer, a fork takes as long as it saves."""
_MEBIBYTE = 1024 * 1024

PieceT = TypeVar("PieceT")


@dataclass(frozen=True, kw_only=True)
class BlockRules:
    """How each block is checked: with which heads from elsewhere, and up to which entry leaves are needed.

    With `is_exact` a line has to be written as `ledger export` writes it.
    """

    saved_heads: tuple[Head, ...] = ()
    leaf_count: int = 0
    is_exact: bool = False


def check_block(block: LineBlock, rules: BlockRules) -> FilePiece:
    """Check a block as a piece of the chain, and return it with the leaves of its entries."""
    leaves, erasures = CompactRange(block.first - 1), BlockErasures()
    piece = check_piece(_read_entries(block, rules, leaves, erasures), saved_heads=rules.saved_heads)
    return FilePiece(chain=piece, leaves=leaves, erasures=erasures, byte_count=len(block.lines))


@dataclass(frozen=True, kw_only=True)
class BlockSharing:
    """How a file is cut into blocks, what checks each, and in how many processes.

    Without `processes` there is one for each processor, at most `MAX_PROCESSES`.
    """

    block_bytes: int = BLOCK_BYTES
    check: Callable[[LineBlock, BlockRules], FilePiece] = check_block
    processes: int | None = None


_SHARING = BlockSharing()


def check_file(
    file: BinaryIO,
    *,
    saved_heads: Collection[Head] = (),
    saved_checkpoint: SavedCheckpoint | None = None,
    is_part: bool = False,
    progress: Progress | None = None,
    sharing: BlockSharing = _SHARING,
) -> Verdict:
    """Check a file with an entry a line; `saved_heads` and `saved_checkpoint` were kept elsewhere.

    Unless it `is_part`, all entries have to be there, up to the checkpoint or the newest head.

    Each block of lines is a piece of the chain, so the verdict is that for all lines in order.
    """
    coverage = FileCoverage(is_part=is_part, saved_checkpoint=saved_checkpoint, saved_heads=saved_heads)
    rules = BlockRules(saved_heads=tuple(saved_heads), leaf_count=coverage.leaf_count, is_exact=not is_part)
    with closing(_check_blocks(file, rules, sharing)) as pieces:
        read = _show_bytes(pieces, progress, _measure_file(file))
        try:
            return coverage.judge(join_pieces(coverage.watch(read), saved_heads=saved_heads))
        except NoExport as error:
            head = Head(seq=0, hash=GENESIS_HASH)
            return Verdict(checked=0, first=0, head=head, problem=str(error), may_hold=True)


def check_in_processes(
    check_one: Callable[[LineBlock], PieceT], blocks: Iterator[LineBlock], processes: int
) -> Iterator[PieceT]:
    """Yield the result of each block, in their order; no more than two blocks a process are read ahead.

    The processes are forked, which takes milliseconds: there is no connection that a fork would share. If one
    of them dies, for example for lack of memory, the remaining blocks are checked here.
    """
    unchecked: deque[LineBlock] = deque()
    futures: deque[Future[PieceT]] = deque()
    context = multiprocessing.get_context("fork")
    try:
        with ProcessPoolExecutor(processes, context, initializer=prepare_process) as pool:
            while True:
                for block in islice(blocks, 2 * processes - len(futures)):
                    unchecked.append(block)
                    futures.append(pool.submit(check_one, block))
                if not futures:
                    return
                piece = futures.popleft().result()
                unchecked.popleft()
                yield piece
    except BrokenProcessPool:
        yield from map(check_one, chain(unchecked, blocks))


def _check_blocks(
    file: BinaryIO, rules: BlockRules, sharing: BlockSharing
) -> Generator[FilePiece, None, None]:
    blocks = read_blocks(file, sharing.block_bytes)
    check_one = partial(_check_shared, check=sharing.check, rules=rules)
    yield from map(check_one, islice(blocks, _UNSHARED_BLOCKS))
    processes = sharing.processes or min(os.cpu_count() or 1, MAX_PROCESSES)
    if processes == 1:
        yield from map(check_one, blocks)
    else:
        yield from check_in_processes(check_one, blocks, processes)


def _check_shared(
    block: LineBlock, check: Callable[[LineBlock, BlockRules], FilePiece], rules: BlockRules
) -> FilePiece:
    return check(block, rules)


def _read_entries(
    block: LineBlock, rules: BlockRules, leaves: CompactRange, erasures: BlockErasures
) -> Iterator[ReadEntry]:
    """Yield the entries of the lines, and collect their leaves and what was erased."""
    for number, line in iterate_lines(block):
        read = read_line_of_export(line, number=number)
        if read.leaf is not None:  # the other entries do not hold
            if rules.is_exact:
                require_exported_form(line, read, number=number)
            if number <= rules.leaf_count:
                leaves.append(hash_leaf(read.leaf))
        entry = read.entry.entry
        if read.erased or entry.get("type") == EntryType.PEOPLE_ERASED:
            erasures.add_entry(entry, read.erased)
        yield read.entry


def _show_bytes(
    pieces: Iterable[FilePiece], progress: Progress | None, total: int | None
) -> Iterator[FilePiece]:
    """Yield the pieces, and show how much of a file was checked, if its size is known."""
    if progress is None or not total:
        yield from pieces
        return
    progress.begin("Checking the file", unit="MiB")
    checked, size = 0, max(total // _MEBIBYTE, 1)
    for piece in pieces:
        yield piece
        checked += piece.byte_count
        progress.update(min(checked // _MEBIBYTE, size), size)
    progress.update(size, size)


def _measure_file(file: BinaryIO) -> int | None:
    """Return the size of a regular file, in bytes; `None` for a pipe or what is in memory."""
    try:
        status = os.fstat(file.fileno())
    except UnsupportedOperation:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None
