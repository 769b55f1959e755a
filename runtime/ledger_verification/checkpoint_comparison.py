"""The comparison of a checkpoint that was saved elsewhere with the ledger in a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.evidence.merkle_tree import CompactRange, hash_leaf
from reviews.evidence.tiles import MissingTile, compute_root
from runtime.ledger_verification.saved_checkpoints import describe_other_root, name_entries
from store import ledger_reading, ledger_tree
from store.ledger_reading import EntryRange

if TYPE_CHECKING:
    import sqlalchemy as sa

    from runtime.ledger_verification.saved_checkpoints import SavedCheckpoint


def find_difference(engine: sa.Engine, saved: SavedCheckpoint, *, tree_size: int, end: int) -> str | None:
    """Return why a checkpoint is none of the ledger in a database; `None` if it is.

    The chain holds up to entry `end`, and the stored tree is that of its first `tree_size` entries.
    """
    size = saved.covered.size
    if end < size:
        return f"{name_entries(end + 1, size)} missing at the end: the saved checkpoint covers {size:,}"
    if _compute_root(engine, size, tree_size=tree_size) != saved.checkpoint.root:
        return describe_other_root(saved)
    return None


def _compute_root(engine: sa.Engine, size: int, *, tree_size: int) -> bytes:
    """Return the root of the first entries: from the stored tree, or from the entries where it lacks some."""
    if size <= tree_size:
        try:
            return compute_root(size, lambda ids: ledger_tree.read_tiles(engine, ids))
        except MissingTile:  # a finding of its own
            pass
    leaves = CompactRange()
    for stored in ledger_reading.read_entries(engine, EntryRange(after=None, until=size)):
        leaves.append(hash_leaf(stored.leaf))
    return leaves.compute_root()
