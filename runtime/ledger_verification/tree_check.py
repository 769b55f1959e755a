"""The check of the ledger's tree: the stored hashes, the last checkpoint, and the entries that it covers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from reviews.evidence.merkle_tree import HASH_SIZE, CompactRange, hash_leaf, hash_perfect_subtree
from reviews.evidence.tiles import TILE_HEIGHT, TILE_WIDTH, TileId
from reviews.ledger.entry_macs import MacCheck
from reviews.ledger.findings import LedgerFinding, LedgerFindings, LedgerPart
from reviews.ledger.hash_chain import CoveredEntries, LedgerBroken
from runtime.evidence.stored_checkpoints import InvalidCheckpoint, verify_stored_checkpoint
from runtime.evidence.used_keys import list_proven_keys
from runtime.ledger_verification.checkpoint_comparison import find_difference
from store import chain, ledger_reading, ledger_tree
from store.ledger_reading import EntryRange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import sqlalchemy as sa

    from reviews.ledger.hash_chain import ReadEntry
    from runtime.evidence.ledger_key import LedgerKeys
    from runtime.evidence.stored_checkpoints import VerifiedCheckpoint
    from runtime.ledger_verification.saved_checkpoints import SavedCheckpoint
    from store.ledger_reading import StoredEntry
    from store.ledger_tree import StoredCheckpoint


def read_end(engine: sa.Engine) -> int:
    """Return the number of the last entry as it is pinned; 0 if it can't be read: that is found elsewhere."""
    try:
        return chain.read_pinned_head(engine).seq
    except LedgerBroken:
        return 0


@dataclass(frozen=True, kw_only=True)
class LeafCheck:
    """The check of single entries: those up to `size` are leaves of the tree, later ones need their MAC."""

    size: int = 0
    mac_check: MacCheck | None = None

    def watch(
        self, entries: Iterable[StoredEntry], leaves: CompactRange, findings: LedgerFindings
    ) -> Iterator[ReadEntry]:
        """Yield the entries as they were read, collect their leaves, and add a finding for each wrong MAC."""
        check = self.mac_check
        for stored in entries:
            fault = check.find_fault(stored.seq, text=stored.text, mac=stored.mac) if check else None
            if fault is not None:
                findings.add(LedgerFinding(part=LedgerPart.MAC, entry=stored.seq, says=fault))
            if stored.seq <= self.size:
                leaves.append(hash_leaf(stored.leaf))
            yield stored.read


class TreeCheck:
    """The check of the last checkpoint of a database with the keys of the installation, if it has any."""

    def __init__(self, engine: sa.Engine, keys: LedgerKeys) -> None:
        self._engine, self._keys = engine, keys
        self.findings: list[LedgerFinding] = []
        self._verified: VerifiedCheckpoint | None = None
        last = ledger_tree.read_last_checkpoint(engine)
        if last is None:
            return
        try:
            self._verified = verify_stored_checkpoint(
                last, keys, lambda ids: ledger_tree.read_tiles(engine, ids)
            )
        except InvalidCheckpoint as error:
            self._add_invalid(last, str(error))
        else:
            if keys.current and not self._verified.is_signed and list_proven_keys(engine, keys):
                self._add_invalid(last, "it is not signed")
            if last.size > read_end(engine):
                self._add_invalid(last, "there are fewer entries")
                self._verified = None

    def _add_invalid(self, last: StoredCheckpoint, reason: str) -> None:
        says = f"the last checkpoint, which covers {last.size} entries, does not hold: {reason}"
        self.findings.append(LedgerFinding(part=LedgerPart.TREE, says=says))

    @property
    def leaf_check(self) -> LeafCheck:
        current = self._keys.current
        if current is None:
            return LeafCheck(size=self._size)
        # The MACs of what a key of ours has signed were checked before.
        signed_size = self._size if self._verified and self._verified.signers else 0
        after = max(current.since.seq, signed_size)
        return LeafCheck(size=self._size, mac_check=MacCheck(keys=self._keys.mac_keys, after=after))

    @property
    def covered(self) -> CoveredEntries | None:
        """What the last checkpoint covers, and who signed it as far as this installation's keys show."""
        if self._verified is None:
            return None
        origin = self._verified.checkpoint.origin
        signers = tuple(str(key.build_verifier_key(origin)) for key in self._verified.signers)
        return CoveredEntries(size=self._size, is_signed=self._verified.is_signed, signers=signers)

    def compare(self, leaves: Sequence[CompactRange]) -> None:
        """Add a finding if the tree of all covered entries has another root than the checkpoint says."""
        if self._verified is None:
            return
        joined = CompactRange()
        for each in leaves:
            if each.begin < self._size:
                joined.extend(each)
        if joined.end != self._size or joined.compute_root() != self._verified.checkpoint.root:
            number = self._find_first_difference()
            says = (
                f"entry {number} is not the one that the last checkpoint covers"
                if number
                else f"the last checkpoint covers {self._size} other entries than these"
            )
            self.findings.append(LedgerFinding(part=LedgerPart.TREE, entry=number, says=says))

    def compare_saved(self, saved: SavedCheckpoint, *, end: int) -> None:
        """Add a finding if a checkpoint from elsewhere is none of this ledger, whose chain holds up to `end`.

        A stored tree that does not hold itself is not used for that.
        """
        tree_size = 0 if self.findings else self._size
        says = find_difference(self._engine, saved, tree_size=tree_size, end=end)
        if says is not None:
            self.findings.append(LedgerFinding(part=LedgerPart.TREE, says=says))

    @property
    def _size(self) -> int:
        return self._verified.checkpoint.size if self._verified else 0

    def _find_first_difference(self) -> int | None:
        """Return the number of the first entry that has another leaf than the stored tree."""
        entries = ledger_reading.read_entries(self._engine, EntryRange(after=None, until=self._size))
        for leaf, stored in zip(_iterate_leaves(self._engine), entries, strict=False):
            if leaf != hash_leaf(stored.leaf):
                return stored.seq
        return None


def find_changed_tiles(engine: sa.Engine, size: int) -> Iterator[LedgerFinding]:
    """Yield a finding for each row of the tree of `size` leaves that does not follow from the level below."""
    level = 1
    while count := size >> (level * TILE_HEIGHT):
        roots = _iterate_roots(engine, level - 1)
        rows = ledger_tree.iterate_tiles(engine, level)
        for first in range(0, count, TILE_WIDTH):
            expected = b"".join(islice(roots, min(TILE_WIDTH, count - first)))
            tile_id, hashes = next(rows, (None, b""))
            wanted_id = TileId(level, first // TILE_WIDTH)
            if tile_id != wanted_id or not expected or not hashes.startswith(expected):
                yield _describe_tile(wanted_id)
        level += 1


def _describe_tile(tile_id: TileId) -> LedgerFinding:
    row = f"row {tile_id.number} of level {tile_id.level}"
    says = f"the stored tree was changed: {row} does not follow from the level below"
    return LedgerFinding(part=LedgerPart.TREE, says=says)


def _iterate_roots(engine: sa.Engine, level: int) -> Iterator[bytes]:
    """Yield the root above each complete row of a level."""
    for _, hashes in ledger_tree.iterate_tiles(engine, level):
        if len(hashes) == TILE_WIDTH * HASH_SIZE:
            yield hash_perfect_subtree(hashes)


def _iterate_leaves(engine: sa.Engine) -> Iterator[bytes]:
    for _, hashes in ledger_tree.iterate_tiles(engine, 0):
        for at in range(0, len(hashes), HASH_SIZE):
            yield hashes[at : at + HASH_SIZE]
