"""The check of the whole ledger before its key is changed.

All entries before a key are held by the hash of the last one. What does not hold must not become one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.evidence.checkpoint_maker import MAX_ENTRIES
from runtime.evidence.entry_check import EntryCheck
from runtime.evidence.stored_checkpoints import InvalidCheckpoint, verify_note_of
from store import ledger_tree

if TYPE_CHECKING:
    import sqlalchemy as sa

    from reviews.evidence.checkpoints import Checkpoint
    from runtime.evidence.entry_check import CheckedLedger
    from runtime.evidence.ledger_key import LedgerKeys


def check_whole_ledger(engine: sa.Engine, keys: LedgerKeys) -> CheckedLedger:
    """Return up to which entry the ledger holds, and which entries the keys do not prove.

    Raises `LedgerBroken` if the chain does not hold, or the entries are not those that were signed.
    """
    check = EntryCheck(engine, keys, batch=MAX_ENTRIES)
    return check.check_all(_find_signed(engine, keys))


def _find_signed(engine: sa.Engine, keys: LedgerKeys) -> Checkpoint | None:
    """Return the last checkpoint if these keys have signed it: the MACs of its entries were checked then."""
    last = ledger_tree.read_last_checkpoint(engine)
    if last is None:
        return None
    try:
        verified = verify_note_of(last, keys)
    except InvalidCheckpoint:
        return None
    return verified.checkpoint if verified.signers else None
