"""The tree as a process knows it: what it has checked itself, whatever stands in the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.evidence.checkpoints import Checkpoint
from reviews.evidence.merkle_tree import CompactRange, hash_leaf, verify_consistency, verify_inclusion
from reviews.evidence.tiles import (
    MissingTile,
    append_leaves,
    build_consistency_proof,
    build_inclusion_proof,
    compute_root,
    read_frontier,
)
from reviews.ledger.hash_chain import LedgerBroken
from runtime.evidence.entry_check import LedgerRefused
from store import ledger_reading, ledger_tree
from store.ledger_reading import EntryRange

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import sqlalchemy as sa

    from reviews.evidence.tiles import ReadTiles, TileId
    from reviews.ledger.hash_chain import Head

LEAVES_AT_ONCE = 20_000


class OtherEntries(LedgerRefused):
    """The entries in the database are not those of a tree."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the first {size} entries are not those that the last checkpoint covers")


@dataclass(frozen=True, kw_only=True)
class TrustedTree:
    """The frontier of a tree, and the leaf of its last entry; `None` for the empty tree."""

    frontier: CompactRange
    last_leaf: bytes | None

    @property
    def size(self) -> int:
        return self.frontier.end

    @property
    def root(self) -> bytes:
        return self.frontier.compute_root()

    def grow(self, leaves: Sequence[bytes]) -> TrustedTree:
        """Return the tree with these leaves added."""
        frontier = self.frontier.copy()
        for leaf in leaves:
            frontier.append(leaf)
        return TrustedTree(frontier=frontier, last_leaf=leaves[-1] if leaves else self.last_leaf)


EMPTY_TREE = TrustedTree(frontier=CompactRange(), last_leaf=None)


class StoredTree:
    """The rows of the tree in a database. They prove nothing: each use has a root to be held against."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._read: ReadTiles = lambda ids: ledger_tree.read_tiles(engine, ids)

    def load(self, checkpoint: Checkpoint) -> TrustedTree:
        """Return the tree of a checkpoint. Rows that do not lead to its root are written anew.

        Raises `OtherEntries` if the entries do not lead to it either.
        """
        return self._load_from_rows(checkpoint) or self.restore(checkpoint)

    def restore(self, checkpoint: Checkpoint) -> TrustedTree:
        """Write the rows of a checkpoint's tree anew from the entries; `OtherEntries` if it is not theirs."""
        tree = EMPTY_TREE
        for leaves in self._read_leaves(checkpoint.size):
            tree = tree.grow(leaves)
        if (tree.size, tree.root) != (checkpoint.size, checkpoint.root):
            raise OtherEntries(checkpoint.size)
        size = 0
        for leaves in self._read_leaves(checkpoint.size):
            ledger_tree.write_tiles(self._engine, append_leaves(size, leaves, self._read))
            size += len(leaves)
        return tree

    def has_entry(self, tree: TrustedTree, head: Head) -> bool:
        """Return whether an entry of the tree has this number and hash, by one row and its proof."""
        entry = next(
            ledger_reading.read_entries(self._engine, EntryRange(after=head.seq - 1, until=head.seq)), None
        )
        if entry is None or entry.read.entry.get("hash") != head.hash:
            return False
        try:
            proof = build_inclusion_proof(head.seq - 1, size=tree.size, read=self._read)
        except MissingTile:
            return False
        sizes = {"index": head.seq - 1, "size": tree.size}
        return verify_inclusion(hash_leaf(entry.leaf), **sizes, proof=proof, root=tree.root)

    def leads_on(self, tree: TrustedTree, checkpoint: Checkpoint) -> bool:
        """Return whether a checkpoint's tree goes on from another one."""
        if checkpoint.size < tree.size:
            return False
        try:
            proof = build_consistency_proof(tree.size, size=checkpoint.size, read=self._read)
        except MissingTile:
            proof = []
        sizes = {"old_size": tree.size, "size": checkpoint.size}
        if verify_consistency(**sizes, old_root=tree.root, root=checkpoint.root, proof=proof):
            return True
        return self._entries_lead_on(tree, checkpoint)

    def build_rows(self, tree: TrustedTree, leaves: Sequence[bytes]) -> dict[TileId, bytes]:
        """Return the rows that change when leaves are added to a tree.

        If the stored rows do not lead to the tree, they are written anew first; `OtherEntries` if the entries
        do not lead to it either.
        """
        grown = tree.grow(leaves)
        rows = self._try_rows(tree, leaves, grown.root)
        if rows is None:
            self._restore_rows(tree)
            rows = self._try_rows(tree, leaves, grown.root)
        if rows is None:
            raise OtherEntries(tree.size)
        return rows

    def _try_rows(
        self, tree: TrustedTree, leaves: Sequence[bytes], root: bytes
    ) -> dict[TileId, bytes] | None:
        """Return the rows if they lead to this root."""
        try:
            rows = append_leaves(tree.size, leaves, self._read)
            stored_root = compute_root(
                tree.size + len(leaves), lambda ids: {**self._read(set(ids) - rows.keys()), **rows}
            )
        except MissingTile:
            return None
        return rows if stored_root == root else None

    def _restore_rows(self, tree: TrustedTree) -> None:
        if tree.size:
            self.restore(Checkpoint(origin="restored", size=tree.size, root=tree.root))

    def _load_from_rows(self, checkpoint: Checkpoint) -> TrustedTree | None:
        """Return the tree if the rows lead to its root, and the last entry is a leaf of it."""
        size = checkpoint.size
        last = next(ledger_reading.read_entries(self._engine, EntryRange(after=size - 1, until=size)), None)
        if last is None:
            return None
        try:
            frontier = read_frontier(size, self._read)
            proof = build_inclusion_proof(size - 1, size=size, read=self._read)
        except MissingTile:
            return None
        leaf = hash_leaf(last.leaf)
        is_last = verify_inclusion(leaf, index=size - 1, size=size, proof=proof, root=checkpoint.root)
        if frontier.compute_root() != checkpoint.root or not is_last:
            return None
        return TrustedTree(frontier=frontier, last_leaf=leaf)

    def _entries_lead_on(self, tree: TrustedTree, checkpoint: Checkpoint) -> bool:
        """Return the same from the entries themselves."""
        roots, leaves = dict[int, bytes](), CompactRange()
        for batch in self._read_leaves(checkpoint.size):
            for leaf in batch:
                leaves.append(leaf)
                if leaves.end == tree.size:
                    roots[tree.size] = leaves.compute_root()
        return roots.get(tree.size) == tree.root and leaves.compute_root() == checkpoint.root

    def _read_leaves(self, size: int) -> Iterator[list[bytes]]:
        """Yield the leaves of the first entries, some at a time."""
        batch: list[bytes] = []
        try:
            for stored in ledger_reading.read_entries(self._engine, EntryRange(after=None, until=size)):
                batch.append(hash_leaf(stored.leaf))
                if len(batch) == LEAVES_AT_ONCE:
                    yield batch
                    batch = []
        except LedgerBroken as error:
            raise LedgerRefused(str(error)) from None
        if batch:
            yield batch
