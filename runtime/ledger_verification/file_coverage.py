"""Whether a file has all entries: from the first one on, up to a checkpoint or a head from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.evidence.merkle_tree import CompactRange
from reviews.ledger.hash_chain import LedgerBroken
from reviews.ledger.pointers import quote_pointer
from runtime.ledger_verification.file_erasures import ErasureCheck
from runtime.ledger_verification.saved_checkpoints import describe_other_root, name_entries

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from reviews.ledger.hash_chain import ChainPiece, Head, Verdict
    from runtime.ledger_verification.file_erasures import BlockErasures
    from runtime.ledger_verification.saved_checkpoints import SavedCheckpoint

UNKNOWN_END = (
    "nothing shows whether entries are missing at the end: give --checkpoint FILE or --head, "
    "or say --part if it is meant to be a part"
)


@dataclass(frozen=True, kw_only=True)
class FilePiece:
    """The result for one block of lines: its piece of the chain, its leaves of the tree, and its length.

    `erasures` is what was erased in it.
    """

    chain: ChainPiece
    leaves: CompactRange
    erasures: BlockErasures
    byte_count: int


class FileCoverage:
    """What has to be in a file, unless it is a part, and what a checkpoint from elsewhere says of it."""

    def __init__(
        self, *, is_part: bool, saved_checkpoint: SavedCheckpoint | None, saved_heads: Collection[Head]
    ) -> None:
        self._is_part, self._saved = is_part, saved_checkpoint
        self._pinned = max((head.seq for head in saved_heads), default=None)
        self._leaves, self._erasures = CompactRange(), ErasureCheck()

    @property
    def leaf_count(self) -> int:
        """How many entries the checkpoint covers, so that their leaves are needed."""
        return self._saved.covered.size if self._saved else 0

    def watch(self, pieces: Iterable[FilePiece]) -> Iterator[ChainPiece]:
        """Yield the pieces of the chain, and collect the others; a wrong beginning is `LedgerBroken`."""
        is_first = True
        for piece in pieces:
            if is_first:
                self._check_beginning(piece.chain.start)
                is_first = False
            yield piece.chain
            self._erasures.add_block(piece.erasures)
            if piece.leaves.end > piece.leaves.begin:
                self._leaves.extend(piece.leaves)

    def judge(self, verdict: Verdict) -> Verdict:
        """Return the verdict on the whole file from that on its chain, when all of it was read."""
        if not verdict.intact:
            return verdict
        problem = self._find_problem(verdict.head.seq) or self._find_unrecorded()
        if problem is not None:
            return replace(verdict, problem=problem, may_hold=problem == UNKNOWN_END)
        saved = self._saved.covered if self._saved else None
        return replace(
            verdict,
            saved_checkpoint=saved,
            pinned=None if self._is_part else self._pinned,
            erased=self._erasures.count,
            unrecorded=self._erasures.unrecorded,
        )

    def _check_beginning(self, start: Head | None) -> None:
        if start is None or start.seq == 0:
            return
        begins = f"begins at entry {start.seq + 1:,}"
        if not self._is_part:
            missing = name_entries(1, start.seq)
            raise LedgerBroken(f"it {begins}: {missing} missing. Say --part if it is meant to be a part")
        if self._saved is not None:
            raise LedgerBroken(
                f"it {begins}, and a checkpoint covers all entries from 1 on: a part without them can't be "
                "compared with it"
            )

    def _find_problem(self, end: int) -> str | None:
        if self._saved is not None:
            return self._compare_checkpoint(self._saved, end)
        if self._pinned is None and not self._is_part:
            return UNKNOWN_END
        return None

    def _find_unrecorded(self) -> str | None:
        place = None if self._is_part else self._erasures.find_first()
        if place is None:
            return None
        where = f"entry {place.seq} has no value at {quote_pointer(place.pointer)}"
        return f"{where}, and no later entry says that it was erased"

    def _compare_checkpoint(self, saved: SavedCheckpoint, end: int) -> str | None:
        size = saved.covered.size
        if end < size:
            return self._describe_missing_end(end, size)
        if self._leaves.compute_root() != saved.checkpoint.root:
            return describe_other_root(saved)
        if end > max(size, self._pinned or 0) and not self._is_part:
            return f"{name_entries(size + 1, end)} not covered: the checkpoint covers {size:,}"
        return None

    def _describe_missing_end(self, end: int, size: int) -> str:
        if self._is_part:
            return (
                f"it ends at entry {end:,}, and the checkpoint covers {size:,}: a part without the others "
                "can't be compared with it"
            )
        return f"{name_entries(end + 1, size)} missing at the end: the checkpoint covers {size:,}"
