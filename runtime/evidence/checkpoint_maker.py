"""Makes checkpoints: new entries are checked and put into the tree, and its root is signed.

Nothing is signed that this program did not write. So the chain of the new entries has to be intact, each
needs its MAC, and the entry before them has to be the one that the tree has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from reviews.evidence.checkpoints import Checkpoint, format_checkpoint
from reviews.evidence.merkle_tree import EMPTY_ROOT, HASH_SIZE
from reviews.evidence.signed_notes import Note, build_signature, format_note
from reviews.evidence.tiles import TILE_WIDTH, MissingTile, TileId, append_leaves, compute_root
from reviews.ledger.hash_chain import LedgerBroken
from runtime.evidence.entry_check import CheckpointRefused, EntryCheck
from runtime.evidence.stored_checkpoints import InvalidCheckpoint, verify_stored_checkpoint
from store import chain, ledger_tree
from store.ledger_tree import CheckpointFault, StoredCheckpoint, UsedKey

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    import sqlalchemy as sa

    from reviews.clock import Clock
    from runtime.evidence.ledger_key import LedgerKeys

MAX_ENTRIES = 20_000
_NO_KEY = (
    "the last checkpoint is signed, but the ledger's key is missing: set LEDGER_KEY, or put its file back"
)

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class _Base:
    """What a checkpoint builds on: the last one's number and size, and whether the present key signed it."""

    number: int = 0
    size: int = 0
    is_signed: bool = False


class CheckpointMaker:
    """Makes the checkpoints of one database; any number of processes may do so at once."""

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
        self._verified: tuple[StoredCheckpoint, _Base] | None = None
        self._largest = Checkpoint(origin=origin, size=0, root=EMPTY_ROOT)
        self._has_fault = True  # until we know better: an earlier process may have stored one

    def make(self) -> bool:
        """Make a checkpoint if there is something new; return whether still more entries wait.

        If something keeps it from covering them, that is stored as a fault.
        """
        base = _Base()
        try:
            base = self._find_base()
            more = self._cover(base, chain.read_pinned_head(self._engine).seq)
        except (LedgerBroken, CheckpointRefused, MissingTile) as error:
            entry = error.entry if isinstance(error, CheckpointRefused) else None
            self._store_fault(entry or base.size + 1, str(error))
            return False
        if not more:
            self._end_fault()
        return more

    def _is_signed_now(self, base: _Base) -> bool:
        return base.is_signed or not self._keys.all or base.size == 0

    def _find_base(self) -> _Base:
        """Return the last checkpoint if it holds; otherwise the tree is built again, from the first entry."""
        last = ledger_tree.read_last_checkpoint(self._engine)
        if last is None:
            self._require_growth(0)
            return _Base()
        if self._verified is None or self._verified[0] != last:
            self._verified = (last, self._verify(last))
        return self._verified[1]

    def _verify(self, last: StoredCheckpoint) -> _Base:
        try:
            verified = verify_stored_checkpoint(last, self._keys, self._read_tiles)
        except InvalidCheckpoint as error:
            log.warning("ledger_tree_built_again", reason=str(error), checkpoint=last.number)
            return _Base(number=last.number)
        if verified.is_signed and not self._keys.all:
            raise CheckpointRefused(_NO_KEY)
        self._require_growth(last.size)
        return _Base(number=last.number, size=last.size, is_signed=self._keys.current in verified.signers)

    def _require_growth(self, size: int) -> None:
        """Refuse a tree that does not go on from the largest one that this process has signed."""
        largest = self._largest
        if size < largest.size or (largest.size and self._compute_root(largest.size) != largest.root):
            raise CheckpointRefused(
                f"the database has gone back behind entry {largest.size}, which was signed: if a backup was "
                "restored, restart the worker"
            )

    def _cover(self, base: _Base, end: int) -> bool:
        """Add the next entries up to `end` to the tree and sign it; return whether still more wait."""
        if end == base.size and self._is_signed_now(base):
            return False
        last_leaf = self._read_leaf(base.size - 1) if base.size else None
        checked = self._entry_check.check(size=base.size, end=end, last_leaf=last_leaf)
        size = base.size + len(checked.leaves)
        if checked.leaves or not self._is_signed_now(base):
            self._add_checkpoint(base, checked.leaves)
        if checked.problem is not None:
            raise CheckpointRefused(checked.problem, entry=size + 1)
        return size < end

    def _add_checkpoint(self, base: _Base, leaves: list[bytes]) -> None:
        """Store the tree with these leaves, and its signed root. Another process may have been first."""
        tiles = append_leaves(base.size, leaves, self._read_tiles)
        size = base.size + len(leaves)
        root = compute_root(size, lambda ids: {**self._read_tiles(set(ids) - tiles.keys()), **tiles})
        checkpoint = Checkpoint(origin=self._origin, size=size, root=root)
        stored = StoredCheckpoint(
            number=base.number + 1,
            size=size,
            note=self._sign(format_checkpoint(checkpoint)),
            at=self._clock(),
        )
        if ledger_tree.add_checkpoint(self._engine, stored, tiles, used_key=self._describe_key(stored.at)):
            self._largest = checkpoint
            is_signed = self._keys.current is not None
            self._verified = (stored, _Base(number=stored.number, size=size, is_signed=is_signed))

    def _sign(self, text: str) -> str:
        """Return the signed note, or without a key the text alone. While a key is changed, both sign."""
        if not self._keys.all:
            return text
        signatures = [
            build_signature(key.build_verifier_key(self._origin), key.sign(text.encode()))
            for key in self._keys.all
        ]
        return format_note(Note(text=text, signatures=tuple(signatures)))

    def _describe_key(self, at: datetime) -> UsedKey | None:
        key = self._keys.current
        return (
            UsedKey(key=str(key.build_verifier_key(self._origin)), since=key.since.seq, at=at)
            if key
            else None
        )

    def _compute_root(self, size: int) -> bytes:
        return compute_root(size, self._read_tiles)

    def _read_leaf(self, index: int) -> bytes:
        number, place = divmod(index, TILE_WIDTH)
        tile = self._read_tiles([TileId(0, number)]).get(TileId(0, number), b"")
        return tile[place * HASH_SIZE : (place + 1) * HASH_SIZE]

    def _read_tiles(self, ids: Collection[TileId]) -> Mapping[TileId, bytes]:
        return ledger_tree.read_tiles(self._engine, ids)

    def _store_fault(self, entry: int, reason: str) -> None:
        """Store why no checkpoint covers an entry, once."""
        self._has_fault = True
        stored = ledger_tree.read_fault(self._engine)
        if stored is None or (stored.entry, stored.reason) != (entry, reason):
            log.error("checkpoint_refused", entry=entry, reason=reason)
            fault = CheckpointFault(entry=entry, reason=reason, since=self._clock())
            ledger_tree.write_fault(self._engine, fault)

    def _end_fault(self) -> None:
        if self._has_fault and ledger_tree.read_fault(self._engine) is not None:
            ledger_tree.write_fault(self._engine, None)
        self._has_fault = False
