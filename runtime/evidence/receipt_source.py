"""Receipts of reviews from the database: entries, their proofs, and the last checkpoint."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from reviews.evidence.tiles import MissingTile, TileId, build_inclusion_proofs
from reviews.ledger.hash_chain import LedgerBroken
from reviews.ledger.people_commitments import find_commitments
from reviews.ledger.receipt_disclosures import format_disclosure_block, require_commitments
from reviews.ledger.receipts import (
    Receipt,
    ReceiptMissing,
    ReceiptObstacle,
    build_entry_proof,
    format_receipt,
    require_inclusion,
)
from runtime.evidence.ledger_key import KEY_MISSING
from runtime.evidence.stored_checkpoints import InvalidCheckpoint, verify_stored_checkpoint
from store import chain, ledger_tree, witnesses
from store.ledger_tree import StoredCheckpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    import sqlalchemy as sa

    from reviews.evidence.checkpoints import Checkpoint
    from reviews.evidence.inclusion_proofs import InclusionProof
    from reviews.ledger.people_commitments import Disclosures
    from runtime.evidence.ledger_key import LedgerKeys
    from runtime.evidence.stored_checkpoints import VerifiedCheckpoint
    from store.chain import EntryCount, StoredEntry

PROOFS_AT_ONCE = 500
"""Each may need a tile of 8 KiB of its own."""
_A_WORKER_MAKES_ONE = "a worker makes one within two seconds: try again, and see whether one is running"


class ReceiptSource:
    """Prepares the receipts of one database with the keys of the installation, if it has any."""

    def __init__(
        self,
        engine: sa.Engine,
        load_keys: Callable[[], LedgerKeys],
        *,
        proofs_at_once: int = PROOFS_AT_ONCE,
    ) -> None:
        self._engine, self._load_keys, self._proofs_at_once = engine, load_keys, proofs_at_once

    def prepare_receipt(self, review_id: str) -> Receipt:
        """Return the receipt of a review whose entries are all covered, or raise `ReceiptMissing`.

        The checkpoint is read before the entries, so that none up to its size can be missing.
        """
        last = ledger_tree.read_last_checkpoint(self._engine)
        entries = chain.count_entries_of(self._engine, review_id)
        if not entries.count:
            raise ReceiptMissing(ReceiptObstacle.NO_ENTRY, f"there is no review {review_id!r}")
        if last is None or not last.is_signed or last.size < entries.last:
            raise self._explain_uncovered(last, entries)
        chosen, verified = self._choose_checkpoint(last, entries)
        return Receipt(
            review_id=review_id,
            count=entries.count,
            last=entries.last,
            checkpoint=verified.checkpoint,
            verifier_keys=tuple(
                str(key.build_verifier_key(verified.checkpoint.origin)) for key in verified.signers
            ),
            iterate_parts=partial(
                self._iterate_parts, review_id, entries.last, chosen.note, verified.checkpoint
            ),
        )

    def _choose_checkpoint(
        self, last: StoredCheckpoint, entries: EntryCount
    ) -> tuple[StoredCheckpoint, VerifiedCheckpoint]:
        """Return the checkpoint that a quorum has cosigned if it covers all entries, else the last."""
        witnessed = witnesses.read_witnessed_checkpoint(self._engine)
        if witnessed is not None and witnessed.size >= entries.last:
            stored = StoredCheckpoint(number=0, **vars(witnessed))
            try:
                return stored, verify_stored_checkpoint(stored, self._load_keys(), self._read_tiles)
            except InvalidCheckpoint:  # by an earlier key, or of another ledger before a backup was restored
                pass
        return last, self._verify(last)

    def _verify(self, last: StoredCheckpoint) -> VerifiedCheckpoint:
        try:
            return verify_stored_checkpoint(last, self._load_keys(), self._read_tiles)
        except InvalidCheckpoint as error:
            message = f"the last checkpoint does not hold: {error}; {_A_WORKER_MAKES_ONE}"
            raise ReceiptMissing(ReceiptObstacle.NOT_COVERED, message) from None

    def _explain_uncovered(self, last: StoredCheckpoint | None, entries: EntryCount) -> ReceiptMissing:
        """Return why no signed checkpoint covers all of these entries."""
        fault = ledger_tree.read_fault(self._engine)
        if fault is not None and fault.entry <= entries.last:
            message = f"no checkpoint covers entry {fault.entry} and later ones: {fault.reason}"
            return ReceiptMissing(ReceiptObstacle.STOPPED, message)
        if not self._load_keys().all:
            message = f"no checkpoint is signed, since {KEY_MISSING}"
            return ReceiptMissing(ReceiptObstacle.NOT_SIGNED, message)
        covered = last.size if last is not None and last.is_signed else 0
        message = (
            f"signed checkpoints cover {covered} entries, and the review has entry {entries.last}: "
            f"{_A_WORKER_MAKES_ONE}"
        )
        return ReceiptMissing(ReceiptObstacle.NOT_COVERED, message)

    def _iterate_parts(self, review_id: str, last: int, note: str, checkpoint: Checkpoint) -> Iterator[str]:
        disclosures: dict[int, Disclosures] = {}
        pages = chain.read_pages_of(self._engine, review_id, until=last, page_size=self._proofs_at_once)
        yield from format_receipt(
            proof
            for page in _collect_disclosures(pages, disclosures)
            for proof in self._build_proofs(page, note, checkpoint)
        )
        if block := format_disclosure_block(disclosures):
            yield block

    def _build_proofs(
        self, page: list[StoredEntry], note: str, checkpoint: Checkpoint
    ) -> Iterator[InclusionProof]:
        """Yield the proofs of some entries; raise `LedgerBroken` at one that was changed."""
        indexes = [stored.seq - 1 for stored in page]
        try:
            paths = build_inclusion_proofs(indexes, size=checkpoint.size, read=self._read_tiles)
        except MissingTile as error:
            raise LedgerBroken(str(error)) from None
        for stored, hashes in zip(page, paths, strict=True):
            proof = build_entry_proof(stored.leaf, hashes, seq=stored.seq, note=note)
            require_inclusion(proof, checkpoint)
            yield proof

    def _read_tiles(self, ids: Collection[TileId]) -> Mapping[TileId, bytes]:
        return ledger_tree.read_tiles(self._engine, ids)


def _collect_disclosures(
    pages: Iterator[list[StoredEntry]], collected: dict[int, Disclosures]
) -> Iterator[list[StoredEntry]]:
    """Yield the pages, and collect what stands beside their entries; `LedgerBroken` if that is another."""
    for page in pages:
        yield page
        for stored in page:
            disclosures = stored.disclosures
            require_commitments(disclosures, find_commitments(stored.read.entry), seq=stored.seq)
            if disclosures:
                collected[stored.seq] = disclosures
