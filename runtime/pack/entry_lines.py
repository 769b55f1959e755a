"""Lines of a pack's `entries.jsonl`: the same as `ledger export` writes, without the entries in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from reviews.evidence.merkle_tree import hash_leaf
from reviews.ledger.exported_entries import ERASED_PLACES, SALTS
from reviews.ledger.hash_chain import LedgerBroken, hash_entry
from reviews.ledger.people_commitments import reveal_people
from reviews.text import escape_controls
from runtime.ledger_verification.file_lines import (
    MAX_LINE_BYTES,
    read_line,
    require_exported_form,
)
from store import export_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviews.ports.ledger import LedgerEntry
    from store.ledger_reading import StoredEntry


@dataclass(frozen=True, kw_only=True)
class PackedLine:
    """An entry with the people in its line, and the hash of its leaf in the tree.

    `erased` are the commitments for which the line has no value, by the JSON pointers of their places.
    """

    number: int
    entry: LedgerEntry
    leaf_hash: bytes
    erased: Mapping[str, str]


def format_line(stored: StoredEntry) -> bytes:
    return f"{escape_controls(export_lines.format_line(stored.seq, stored.text, stored.people))}\n".encode()


def read_lines(file: BinaryIO) -> Iterator[PackedLine]:
    """Yield the entries of a file; raise `LedgerBroken` at a line that no pack has, or not there."""
    last, number = 0, 0
    while line := file.readline(MAX_LINE_BYTES):
        number += 1
        read = read_line(line, number=number)
        label = f"line {number} of the file"
        if read.leaf is None:
            raise LedgerBroken(f"{label} holds a value that no entry of ours can hold")
        require_exported_form(line, read, number=number)
        entry, proven = read.entry
        seq = entry["seq"]
        if not proven and hash_entry(entry) != entry["hash"]:
            raise LedgerBroken(f"entry {seq} was changed after it was written")
        if seq <= last:
            raise LedgerBroken(f"{label} has entry {seq} after entry {last}: the order is that of the ledger")
        if not line.endswith(b"\n"):
            raise LedgerBroken(f"{label} has no end: the file ends within it")
        last = seq
        yield PackedLine(
            number=seq, entry=_reveal(read.members), leaf_hash=hash_leaf(read.leaf), erased=read.erased
        )


def _reveal(members: LedgerEntry) -> LedgerEntry:
    """Return an entry with the people in its line, and placeholders for those that were erased."""
    added = {SALTS, ERASED_PLACES} & members.keys()
    if not added:
        return members
    return reveal_people({name: value for name, value in members.items() if name not in added}, {})
