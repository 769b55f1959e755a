"""Whether a process has the key by which the ledger's entries are authenticated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.ledger.entry_macs import MacCheck
from store import chain, ledger_reading, ledger_tree

if TYPE_CHECKING:
    import sqlalchemy as sa

    from runtime.evidence.ledger_key import LedgerKeys


def lacks_ledger_key(engine: sa.Engine, keys: LedgerKeys) -> bool:
    """Return whether an entry by this process would break the ledger: its key is another, or not there.

    The last entry shows that by its MAC, and before any entry the keys that have signed checkpoints do.
    Raises `LedgerBroken` if it can't be read.
    """
    head = chain.read_pinned_head(engine)
    (last,) = ledger_reading.read_numbered(engine, [head.seq]) if head.seq else (None,)
    if keys.current is None:
        return bool(ledger_tree.list_used_keys(engine)) or (last is not None and last.mac is not None)
    if last is None or last.mac is None:
        return False
    check = MacCheck(keys=keys.mac_keys, after=keys.current.since.seq)
    return check.find_fault(last.seq, text=last.text, mac=last.mac) is not None
