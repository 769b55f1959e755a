"""Makes checkpoints: new entries are checked and put into the tree, and its root is signed.

Nothing is signed that this program did not write. So the chain of the new entries has to be intact, each
needs its MAC, and the entry before them has to be the one that the tree has.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from reviews.evidence.checkpoints import Checkpoint, format_checkpoint
from reviews.evidence.signed_notes import Note, build_signature, format_note
from reviews.ledger.hash_chain import LedgerBroken
from runtime.evidence.entry_check import CheckpointRefused, EntryCheck, LedgerRefused
from runtime.evidence.stored_checkpoints import InvalidCheckpoint, SignedByOthers, verify_note_of
from runtime.evidence.trusted_tree import EMPTY_TREE, StoredTree
from runtime.evidence.used_keys import record_keys
from store import chain, ledger_tree
from store.ledger_tree import CheckpointFault, StoredCheckpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sqlalchemy as sa

    from reviews.clock import Clock
    from runtime.evidence.ledger_key import LedgerKeys
    from runtime.evidence.stored_checkpoints import VerifiedCheckpoint

MAX_ENTRIES = 20_000
_NO_KEY = (
    "the last checkpoint is signed, but the ledger's key is missing: set LEDGER_KEY, or put its file back"
)
_GONE_BACK = (
    "the database has gone back behind entry {size}, which was signed: if a backup was restored, restart "
    "the worker"
)
RETRY_INTERVAL = timedelta(minutes=5)
"""Time until what was refused after much of the ledger was read is looked at again."""
FAULT_LIFETIME = timedelta(seconds=10)
"""How long a fault stands after a process has seen it last."""

log = structlog.get_logger()


class CheckpointMaker:
    """Makes the checkpoints of one database; any number of processes may do so at once.

    Each goes on from the tree that it has checked itself. The rows of the tree and of the last checkpoint are
    what others read: they are held against it, and written anew where they are wrong.
    """

    def __init__(
        self,
        engine: sa.Engine,
        keys: LedgerKeys,
        *,
        origin: str,
        clock: Clock,
        max_entries: int = MAX_ENTRIES,
    ) -> None:
        """A checkpoint adds at most `max_entries`; if more wait, the next one follows at once."""
        self._engine, self._keys, self._origin, self._clock = engine, keys, origin, clock
        self._entry_check = EntryCheck(engine, keys, batch=max_entries)
        self._rows = StoredTree(engine)
        self._tree = EMPTY_TREE
        self._last: StoredCheckpoint | None = None
        """The row that the tree was held against last."""
        self._is_current = False
        """Whether that row is the tree's checkpoint, signed by the present key."""
        self._refusal: LedgerRefused | None = None
        self._refused_at = datetime.fromtimestamp(0, UTC)
        self._replaced_others = False
        self._has_recorded_keys = False

    def make(self) -> bool:
        """Make a checkpoint if there is something new; return whether still more entries wait.

        If something keeps it from covering them, that is stored as a fault. What took long to find out is not
        looked at again for `RETRY_INTERVAL`.
        """
        last, fault = ledger_tree.read_last_with_fault(self._engine)
        if self._refusal and self._clock() - self._refused_at < RETRY_INTERVAL:
            self._store_fault(fault, self._refusal)
            return False
        self._refusal = None
        try:
            self._follow(last)
            more = self._cover(chain.read_pinned_head(self._engine).seq)
        except LedgerRefused as error:
            self._refusal, self._refused_at = error, self._clock()
            self._store_fault(fault, error)
            return False
        except (LedgerBroken, CheckpointRefused) as error:
            self._store_fault(fault, error)
            return False
        # Another process may be the one that can't go on.
        if fault is not None and not more and self._clock() - fault.seen_at > FAULT_LIFETIME:
            ledger_tree.write_fault(self._engine, None)
        return more

    def _follow(self, last: StoredCheckpoint | None) -> None:
        """Go on from the last checkpoint in the database, if it holds and goes on from our own tree."""
        if last is not None and last == self._last:
            return
        if last is not None and not last.is_readable:
            ledger_tree.drop_unreadable(self._engine)
            last = None
        self._is_current = False
        verified = self._verify(last) if last else None
        if verified:
            self._adopt(verified)
        self._last = last

    def _verify(self, last: StoredCheckpoint) -> VerifiedCheckpoint | None:
        """Return the checkpoint if it holds; else we go on from our own tree, or from nothing."""
        try:
            verified = verify_note_of(last, self._keys)
        except SignedByOthers as error:
            self._refuse_others(last, str(error))
            return None
        except InvalidCheckpoint as error:
            log.warning("last_checkpoint_replaced", reason=str(error), number=last.number)
            return None
        if verified.is_signed and not self._keys.all:
            raise CheckpointRefused(_NO_KEY)
        return verified if verified.is_signed or not self._keys.all else None

    def _refuse_others(self, last: StoredCheckpoint, reason: str) -> None:
        """Refuse a checkpoint by another key, unless it is forged, or by a key from before ours.

        A process that has a tree of its own replaces it once: another process may have that key.
        """
        current = self._keys.current
        is_earlier = current is None or current.since.seq >= last.size
        if self._tree.size:
            if self._replaced_others:
                raise CheckpointRefused(reason)
            self._replaced_others = True
        elif not is_earlier and last.size <= chain.read_pinned_head(self._engine).seq:
            raise CheckpointRefused(reason)

    def _adopt(self, verified: VerifiedCheckpoint) -> None:
        """Go on from a checkpoint, which has to go on from our own tree and to have the key's beginning."""
        checkpoint, own, current = verified.checkpoint, self._tree, self._keys.current
        tree = own
        if (checkpoint.size, checkpoint.root) != (own.size, own.root):
            if own.size and not self._rows.leads_on(own, checkpoint):
                raise LedgerRefused(_GONE_BACK.format(size=own.size))
            tree = self._rows.load(checkpoint)
        if current and 0 < current.since.seq <= tree.size and not self._rows.has_entry(tree, current.since):
            raise LedgerRefused(f"entry {current.since.seq} has another hash than the ledger's key says")
        self._tree = tree
        self._is_current = not self._keys.all or current in verified.signers

    def _cover(self, end: int) -> bool:
        """Add the next entries up to `end` to the tree and sign it; return whether still more wait."""
        size = self._tree.size
        if end < size:
            raise CheckpointRefused(_GONE_BACK.format(size=size))
        if end == size and (self._is_current or not size):
            return False
        checked = self._entry_check.check(size=size, end=end, last_leaf=self._tree.last_leaf)
        covered = size + len(checked.leaves)
        is_stored = True
        # A row that is gone is written again in any case; another one stays while something does not hold.
        may_replace = checked.problem is None or self._last is None
        if checked.leaves or (size and not self._is_current and may_replace):
            is_stored = self._add_checkpoint(checked.leaves)
        if checked.problem is not None:
            raise CheckpointRefused(checked.problem, entry=covered + 1)
        return is_stored and covered < end

    def _add_checkpoint(self, leaves: Sequence[bytes]) -> bool:
        """Store the tree with these leaves, and its signed root; `False` where another process was first."""
        tree = self._tree.grow(leaves)
        rows = self._rows.build_rows(self._tree, leaves)
        text = format_checkpoint(Checkpoint(origin=self._origin, size=tree.size, root=tree.root))
        number = self._last.number + 1 if self._last else 1
        stored = StoredCheckpoint(number=number, size=tree.size, note=self._sign(text), at=self._clock())
        if not ledger_tree.add_checkpoint(self._engine, stored, rows):
            return False
        self._tree, self._last, self._is_current = tree, stored, True
        if not self._has_recorded_keys:
            record_keys(self._engine, self._keys, origin=self._origin, at=stored.at)
            self._has_recorded_keys = True
        return True

    def _sign(self, text: str) -> str:
        """Return the signed note, or without a key the text alone. While a key is changed, both sign."""
        if not self._keys.all:
            return text
        signatures = [
            build_signature(key.build_verifier_key(self._origin), key.sign(text.encode()))
            for key in self._keys.all
        ]
        return format_note(Note(text=text, signatures=tuple(signatures)))

    def _store_fault(self, stored: CheckpointFault | None, error: LedgerBroken | CheckpointRefused) -> None:
        """Store why no checkpoint covers an entry, and now and then that it is so still."""
        entry = error.entry if isinstance(error, CheckpointRefused) else None
        fault = CheckpointFault(
            entry=min(entry or self._tree.size + 1, chain.MAX_ENTRY_NUMBER - 1),
            reason=str(error),
            seen_at=self._clock(),
        )
        is_new = stored is None or (stored.entry, stored.reason) != (fault.entry, fault.reason)
        if is_new:
            log.error("checkpoint_refused", entry=fault.entry, reason=fault.reason)
        if stored is None or is_new or fault.seen_at - stored.seen_at > FAULT_LIFETIME / 2:
            ledger_tree.write_fault(self._engine, fault)
