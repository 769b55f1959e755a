"""Whether a process has the key by which the ledger's entries are authenticated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.ledger.entry_macs import MacCheck
from runtime.evidence.stored_checkpoints import InvalidCheckpoint, verify_note_of
from store import chain, ledger_reading, ledger_tree

if TYPE_CHECKING:
    import sqlalchemy as sa

    from runtime.evidence.ledger_key import LedgerKeys
    from store.ledger_reading import StoredEntry


def lacks_ledger_key(engine: sa.Engine, keys: LedgerKeys) -> bool:
    """Return whether an entry by this process would break the ledger: its key is another, or not there.

    A key shows that it is the ledger's by the MAC of the last entry, or by its signature of the last
    checkpoint: one that has taken the place of another signs before it writes. A ledger with neither MACs
    nor signatures takes any key. Raises `LedgerBroken` if it can't be read.
    """
    last = _read_last(engine)
    has_mac = last is not None and last.mac is not None
    if keys.current is None:
        return has_mac or _was_signed(engine)
    if last is not None and has_mac and _has_written(last, keys):
        return False
    return (has_mac or _was_signed(engine)) and not _has_signed(engine, keys)


def _read_last(engine: sa.Engine) -> StoredEntry | None:
    head = chain.read_pinned_head(engine)
    (last,) = ledger_reading.read_numbered(engine, [head.seq]) if head.seq else (None,)
    return last


def _has_written(last: StoredEntry, keys: LedgerKeys) -> bool:
    """Return whether the MAC of an entry is by one of the keys, wherever they begin."""
    check = MacCheck(keys=keys.mac_keys, after=0)
    return check.find_fault(last.seq, text=last.text, mac=last.mac) is None


def _was_signed(engine: sa.Engine) -> bool:
    last = ledger_tree.read_last_checkpoint(engine)
    return bool(ledger_tree.list_used_keys(engine)) or (last is not None and last.is_signed)


def _has_signed(engine: sa.Engine, keys: LedgerKeys) -> bool:
    last = ledger_tree.read_last_checkpoint(engine)
    try:
        return last is not None and bool(verify_note_of(last, keys).signers)
    except InvalidCheckpoint:
        return False
