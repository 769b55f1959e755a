"""Lines of a pack's `entries.jsonl`: the same as `ledger export` writes, without the entries in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from reviews.evidence.merkle_tree import hash_leaf
from reviews.ledger.hash_chain import LedgerBroken, hash_entry
from reviews.text import escape_controls
from runtime.ledger_verification.file_lines import (
    MAX_LINE_BYTES,
    encode_line,
    read_line,
    require_exported_form,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.ports.ledger import LedgerEntry
    from store.chain import StoredEntry

ENTRIES = "entries.jsonl"


@dataclass(frozen=True, kw_only=True)
class PackedLine:
    """An entry as a line has it, and the hash of its leaf in the tree."""

    number: int
    entry: LedgerEntry
    leaf_hash: bytes


def format_line(stored: StoredEntry) -> bytes:
    return f"{escape_controls(stored.text)}\n".encode()


def read_lines(file: BinaryIO) -> Iterator[PackedLine]:
    """Yield the entries of a file; raise `LedgerBroken` at a line that no pack has, or not there."""
    last, number = 0, 0
    while line := file.readline(MAX_LINE_BYTES):
        number += 1
        read = read_line(line, number=number)
        canonical = encode_line(line, read)
        label = f"line {number} of the file"
        if canonical is None:
            raise LedgerBroken(f"{label} holds a value that no entry of ours can hold")
        require_exported_form(line, read.entry, canonical, number=number)
        seq = read.entry["seq"]
        if not read.proven and hash_entry(read.entry) != read.entry["hash"]:
            raise LedgerBroken(f"entry {seq} was changed after it was written")
        if seq <= last:
            raise LedgerBroken(f"{label} has entry {seq} after entry {last}: the order is that of the ledger")
        if not line.endswith(b"\n"):
            raise LedgerBroken(f"{label} has no end: the file ends within it")
        last = seq
        yield PackedLine(number=seq, entry=read.entry, leaf_hash=hash_leaf(canonical))
