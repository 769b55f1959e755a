"""Makes checkpoints: new entries are checked and put into the tree, and its root is signed.

Nothing is signed that this program did not write. So the chain of the new entries has to be intact, each
needs its MAC, and the entry before them has to be the one that the tree has.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from reviews.evidence.checkpoints import Checkpoint, format_checkpoint
from reviews.evidence.signed_notes import Note, build_signature, format_note
from reviews.ledger.hash_chain import LedgerBroken
from runtime.evidence.entry_check import CheckpointRefused, EntryCheck
from runtime.evidence.stored_checkpoints import InvalidCheckpoint, SignedByOthers, verify_note_of
from runtime.evidence.trusted_tree import EMPTY_TREE, OtherEntries, StoredTree, TrustedTree
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
"""Time until a checkpoint that was refused is looked at again: that may read the whole ledger."""

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
        self._refused: _Refused | None = None
        self._has_recorded_keys = False

    def make(self) -> bool:
        """Make a checkpoint if there is something new; return whether still more entries wait.

        If something keeps it from covering them, that is stored as a fault.
        """
        last, fault = ledger_tree.read_last_with_fault(self._engine)
        try:
            self._follow(last)
            more = self._cover(chain.read_pinned_head(self._engine).seq)
        except (LedgerBroken, CheckpointRefused, OtherEntries) as error:
            self._store_fault(fault, error)
            return False
        if fault is not None and not more:
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
        if last and verified:
            self._adopt(last, verified)
        self._last = last

    def _verify(self, last: StoredCheckpoint) -> VerifiedCheckpoint | None:
        """Return the checkpoint if it holds; else we go on from our own tree, or from nothing."""
        try:
            verified = verify_note_of(last, self._keys)
        except SignedByOthers as error:
            current = self._keys.current
            if not self._tree.size and current and current.since.seq < last.size:
                raise CheckpointRefused(str(error)) from None
            return None
        except InvalidCheckpoint as error:
            log.warning("last_checkpoint_replaced", reason=str(error), number=last.number)
            return None
        if verified.is_signed and not self._keys.all:
            raise CheckpointRefused(_NO_KEY)
        return verified if verified.is_signed or not self._keys.all else None

    def _adopt(self, last: StoredCheckpoint, verified: VerifiedCheckpoint) -> None:
        self._refuse_again(last)
        try:
            self._tree = self._load(verified.checkpoint)
        except (CheckpointRefused, OtherEntries) as error:
            self._refused = _Refused(last=last, error=error, at=self._clock())
            raise
        self._is_current = not self._keys.all or self._keys.current in verified.signers

    def _load(self, checkpoint: Checkpoint) -> TrustedTree:
        """Return the tree of a checkpoint, which has to go on from our own."""
        own = self._tree
        if (checkpoint.size, checkpoint.root) == (own.size, own.root):
            return own
        if own.size and not self._rows.leads_on(own, checkpoint):
            raise CheckpointRefused(_GONE_BACK.format(size=own.size))
        return self._rows.load(checkpoint)

    def _refuse_again(self, last: StoredCheckpoint) -> None:
        """Refuse what was refused a moment ago, without reading the whole ledger again each second."""
        refused = self._refused
        if refused and refused.last == last and self._clock() - refused.at < RETRY_INTERVAL:
            raise refused.error

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
        if checked.leaves or (size and not self._is_current):
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

    def _store_fault(
        self, stored: CheckpointFault | None, error: LedgerBroken | CheckpointRefused | OtherEntries
    ) -> None:
        """Store why no checkpoint covers an entry, once."""
        entry = error.entry if isinstance(error, CheckpointRefused) else None
        fault = CheckpointFault(entry=entry or self._tree.size + 1, reason=str(error), since=self._clock())
        if stored is None or (stored.entry, stored.reason) != (fault.entry, fault.reason):
            log.error("checkpoint_refused", entry=fault.entry, reason=fault.reason)
            ledger_tree.write_fault(self._engine, fault)


@dataclass(frozen=True, kw_only=True)
class _Refused:
    """A checkpoint that could not be gone on from, why, and when that was seen."""

    last: StoredCheckpoint
    error: CheckpointRefused | OtherEntries
    at: datetime
