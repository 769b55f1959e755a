"""Whether a process has the key by which the ledger's entries are authenticated, and others know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.evidence.checkpoints import parse_checkpoint
from reviews.evidence.signed_notes import NoteError, parse_note, parse_verifier_key
from reviews.ledger.entry_macs import MacCheck
from runtime.evidence.ledger_key import LedgerKeys
from runtime.evidence.stored_checkpoints import InvalidCheckpoint, verify_note_of
from store import chain, ledger_reading, ledger_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sqlalchemy as sa

    from runtime.evidence.ledger_key import LedgerKey
    from store.ledger_reading import StoredEntry
    from store.ledger_tree import StoredCheckpoint, UsedKey


def lacks_ledger_key(engine: sa.Engine, keys: LedgerKeys) -> bool:
    """Return whether an entry by this process would break the ledger: its key is another, or not there.

    A key shows that it is the ledger's by the MAC of the last entry, or by its signature of the last
    checkpoint: one that has taken the place of another signs before it writes. So the MAC of the last entry
    may be by a key that another has replaced. A ledger with neither MACs nor signatures takes any key.
    Raises `LedgerBroken` if it can't be read.
    """
    last, checkpoint = _read_last(engine), ledger_tree.read_last_checkpoint(engine)
    used_keys = ledger_tree.list_used_keys(engine)
    has_mac = last is not None and last.mac is not None
    was_signed = bool(used_keys) or (checkpoint is not None and checkpoint.is_signed)
    if keys.current is None or not (has_mac or was_signed):
        return has_mac or was_signed
    if checkpoint is not None and _is_replaced(keys.current, keys, checkpoint, used_keys):
        return True
    has_written = last is not None and has_mac and _has_written(last, keys)
    return not (has_written or (checkpoint is not None and _has_signed(checkpoint, keys)))


def may_be_unknown_to_others(engine: sa.Engine, keys: LedgerKeys) -> bool:
    """Return whether processes may still run that know the key before the present one alone.

    The key before has written or signed last, and the present one has not: a process that has both signs with
    both as soon as it starts. To the others an entry by the present key looks forged.
    """
    if keys.previous is None or has_signed_last(engine, keys.current):
        return False
    if has_signed_last(engine, keys.previous):
        return True
    last = _read_last(engine)
    return last is not None and last.mac is not None and _has_written(last, LedgerKeys(current=keys.previous))


def has_signed_last(engine: sa.Engine, key: LedgerKey | None) -> bool:
    """Return whether a key has signed the last checkpoint, perhaps beside another."""
    checkpoint = ledger_tree.read_last_checkpoint(engine)
    return key is not None and checkpoint is not None and _has_signed(checkpoint, LedgerKeys(current=key))


def _read_last(engine: sa.Engine) -> StoredEntry | None:
    head = chain.read_pinned_head(engine)
    (last,) = ledger_reading.read_numbered(engine, [head.seq]) if head.seq else (None,)
    return last


def _has_written(last: StoredEntry, keys: LedgerKeys) -> bool:
    """Return whether the MAC of an entry is by one of the keys, wherever they begin."""
    check = MacCheck(keys=keys.mac_keys, after=0)
    return check.find_fault(last.seq, text=last.text, mac=last.mac) is None


def _has_signed(checkpoint: StoredCheckpoint, keys: LedgerKeys) -> bool:
    try:
        return bool(verify_note_of(checkpoint, keys).signers)
    except InvalidCheckpoint:
        return False


def _is_replaced(
    current: LedgerKey, keys: LedgerKeys, checkpoint: StoredCheckpoint, used_keys: Sequence[UsedKey]
) -> bool:
    """Return whether a key that began later has signed the checkpoint.

    While keys are changed it signs beside the present one, and both are at hand.
    """
    try:
        note = parse_note(checkpoint.note)
        origin = parse_checkpoint(note.text).origin
        later = [parse_verifier_key(used.key) for used in used_keys if used.since > current.since.seq]
    except NoteError:
        return False
    signed = {(each.name, each.key_id) for each in note.signatures}
    present, *previous = [each.build_verifier_key(origin) for each in keys.all]
    accepted = {present, *previous} if (present.name, present.key_id) in signed else {present}
    return any((each.name, each.key_id) in signed for each in later if each not in accepted)
