"""The comparison of a pack with an export of the whole ledger: it has the entries of its scope and no others.

Without it, an entry that was left out of all files of a pack is not missed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from reviews.evidence.merkle_tree import CompactRange, hash_leaf
from reviews.ledger.hash_chain import LedgerBroken, hash_entry
from reviews.pack.entry_scope import EntryScope
from runtime.ledger_verification.file_lines import MAX_LINE_BYTES, read_line
from runtime.pack.opened_folder import PackInvalid, PackNotCompared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviews.evidence.checkpoints import Checkpoint
    from reviews.pack.pack_request import PackRequest
    from reviews.ports.ledger import LedgerEntry
    from runtime.pack.proven_entries import ProvenEntries


def compare_export(
    export: BinaryIO,
    request: PackRequest,
    checkpoint: Checkpoint,
    proven: ProvenEntries,
    *,
    show: Callable[[int, int], None],
) -> None:
    """Raise `PackInvalid` at the first entry that a pack lacks or has too much.

    An export that is not whole up to the pack's checkpoint, or of another ledger, says nothing of the pack:
    that is `PackNotCompared`. What follows is not read. `show` is called with how many entries are read, and
    of how many.
    """
    tree, comparison = CompactRange(), _Comparison(request, proven)
    try:
        for number, (entry, leaf) in enumerate(_read_entries(export, checkpoint.size), start=1):
            tree.append(hash_leaf(leaf))
            comparison.add_entry(number, entry)
            show(number, checkpoint.size)
    except LedgerBroken as error:
        raise PackNotCompared(f"the export does not hold: {error}") from None
    _require_same_ledger(tree, checkpoint)
    if difference := comparison.find_difference():
        raise PackInvalid(difference)


def _read_entries(export: BinaryIO, size: int) -> Iterator[tuple[LedgerEntry, bytes]]:
    """Yield the first entries of a file as they were hashed, with the content of their leaves."""
    for number in range(1, size + 1):
        line = export.readline(MAX_LINE_BYTES)
        if not line:
            return
        read = read_line(line, number=number)
        entry, is_proven = read.entry
        if entry["seq"] != number:
            raise LedgerBroken(f"entry {number} is missing: it has to be the whole ledger, from entry 1 on")
        if read.leaf is None or not (is_proven or hash_entry(entry) == entry["hash"]):
            raise LedgerBroken(f"entry {number} was changed after it was written")
        yield entry, read.leaf


def _require_same_ledger(tree: CompactRange, checkpoint: Checkpoint) -> None:
    if tree.end < checkpoint.size:
        raise PackNotCompared(
            f"the export does not hold: it ends with entry {tree.end:,}, and the pack's checkpoint covers "
            f"{checkpoint.size:,}"
        )
    if tree.compute_root() != checkpoint.root:
        raise PackNotCompared(
            f"the export does not hold: its first {checkpoint.size:,} entries are others than those of the "
            "pack's checkpoint"
        )


class _Comparison:
    """The entries of a whole ledger, held against those that a pack proves: both in order."""

    def __init__(self, request: PackRequest, proven: ProvenEntries) -> None:
        self._scope, self._proven = EntryScope(request), proven
        self._position = 0
        self._difference: str | None = None

    def add_entry(self, number: int, entry: LedgerEntry) -> None:
        is_packed = self._proven.get_number(self._position) == number
        self._position += is_packed
        is_wanted = self._scope.includes(entry)
        if self._difference is None and is_packed != is_wanted:
            self._difference = _describe_difference(number, entry, is_packed=is_packed)

    def find_difference(self) -> str | None:
        """Return the first one, which means something only of the same ledger."""
        return self._difference


def _describe_difference(number: int, entry: LedgerEntry, *, is_packed: bool) -> str:
    review_id = entry.get("review_id")
    owner = "of no review" if review_id is None else f"of the review {review_id}"
    which = f"entry {number}, {entry.get('type')} {owner},"
    if is_packed:
        return f"{which} is in the pack, and is not of its route and period"
    return f"{which} is missing: by the export it is of the route and the period of the pack"
