"""The first entry that no checkpoint of ours covers and that does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.evidence.checkpoint_maker import MAX_ENTRIES
from runtime.evidence.entry_check import EntryCheck
from runtime.evidence.stored_checkpoints import InvalidCheckpoint, verify_stored_checkpoint
from store import ledger_tree

if TYPE_CHECKING:
    import sqlalchemy as sa

    from runtime.evidence.ledger_key import LedgerKeys


def find_first_fault(engine: sa.Engine, keys: LedgerKeys) -> str | None:
    """Return what is wrong with the first entry that does not hold, as far as the keys can show."""
    if keys.current is None:
        return None
    return EntryCheck(engine, keys, batch=MAX_ENTRIES).find_fault(size=_find_signed_size(engine, keys))


def _find_signed_size(engine: sa.Engine, keys: LedgerKeys) -> int:
    """Return how many entries a checkpoint of these keys covers: their MACs were checked before."""
    last = ledger_tree.read_last_checkpoint(engine)
    if last is None:
        return 0
    try:
        verify_stored_checkpoint(last, keys, lambda ids: ledger_tree.read_tiles(engine, ids))
    except InvalidCheckpoint:
        return 0
    return last.size
