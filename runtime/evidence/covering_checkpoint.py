"""The signed checkpoint that covers some entries, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.ledger.receipts import ReceiptMissing, ReceiptObstacle
from runtime.evidence.ledger_key import KEY_MISSING
from runtime.evidence.stored_checkpoints import InvalidCheckpoint, verify_stored_checkpoint
from store import ledger_tree, witnesses
from store.ledger_tree import StoredCheckpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    import sqlalchemy as sa

    from reviews.evidence.tiles import TileId
    from runtime.evidence.ledger_key import LedgerKeys
    from runtime.evidence.stored_checkpoints import VerifiedCheckpoint

_A_WORKER_MAKES_ONE = "a worker makes one within two seconds: try again, and see whether one is running"


class CoveringCheckpoint:
    """Chooses among the checkpoints of one database, with the keys of the installation, if it has any."""

    def __init__(self, engine: sa.Engine, load_keys: Callable[[], LedgerKeys]) -> None:
        self._engine, self._load_keys = engine, load_keys

    def choose(
        self, last: StoredCheckpoint | None, *, last_entry: int, owner: str
    ) -> tuple[StoredCheckpoint, VerifiedCheckpoint]:
        """Return the checkpoint that a quorum has cosigned if it covers all entries, else the last.

        Raises `ReceiptMissing` if none covers `last_entry`, an entry of `owner`. `last` is the last
        checkpoint, as it was read before the entries: so none of them up to its size can be missing.
        """
        if last is None or not last.is_signed or last.size < last_entry:
            raise self._explain_uncovered(last, last_entry, owner)
        witnessed = witnesses.read_witnessed_checkpoint(self._engine)
        if witnessed is not None and witnessed.size >= last_entry:
            stored = StoredCheckpoint(number=0, **vars(witnessed))
            try:
                return stored, verify_stored_checkpoint(stored, self._load_keys(), self.read_tiles)
            except InvalidCheckpoint:  # by an earlier key, or of another ledger before a backup was restored
                pass
        return last, self._verify(last)

    def read_tiles(self, ids: Collection[TileId]) -> Mapping[TileId, bytes]:
        return ledger_tree.read_tiles(self._engine, ids)

    def _verify(self, last: StoredCheckpoint) -> VerifiedCheckpoint:
        try:
            return verify_stored_checkpoint(last, self._load_keys(), self.read_tiles)
        except InvalidCheckpoint as error:
            message = f"the last checkpoint does not hold: {error}; {_A_WORKER_MAKES_ONE}"
            raise ReceiptMissing(ReceiptObstacle.NOT_COVERED, message) from None

    def _explain_uncovered(
        self, last: StoredCheckpoint | None, last_entry: int, owner: str
    ) -> ReceiptMissing:
        """Return why no signed checkpoint covers all of these entries."""
        fault = ledger_tree.read_fault(self._engine)
        if fault is not None and fault.entry <= last_entry:
            message = f"no checkpoint covers entry {fault.entry} and later ones: {fault.reason}"
            return ReceiptMissing(ReceiptObstacle.STOPPED, message)
        if not self._load_keys().all:
            message = f"no checkpoint is signed, since {KEY_MISSING}"
            return ReceiptMissing(ReceiptObstacle.NOT_SIGNED, message)
        covered = last.size if last is not None and last.is_signed else 0
        message = (
            f"signed checkpoints cover {covered} entries, and the {owner} has entry {last_entry}: "
            f"{_A_WORKER_MAKES_ONE}"
        )
        return ReceiptMissing(ReceiptObstacle.NOT_COVERED, message)
