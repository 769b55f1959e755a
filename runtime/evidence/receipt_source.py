"""Receipts of reviews from the database: entries, their proofs, and the last checkpoint."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from reviews.evidence.tiles import MissingTile, build_inclusion_proofs
from reviews.ledger.hash_chain import LedgerBroken
from reviews.ledger.people_commitments import find_commitments
from reviews.ledger.proof_sequence import require_inclusion
from reviews.ledger.receipt_disclosures import format_disclosure_block, require_commitments
from reviews.ledger.receipts import (
    Receipt,
    ReceiptMissing,
    ReceiptObstacle,
    build_entry_proof,
    format_receipt,
)
from runtime.evidence.covering_checkpoint import CoveringCheckpoint
from store import ledger_reading, ledger_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import sqlalchemy as sa

    from reviews.evidence.checkpoints import Checkpoint
    from reviews.evidence.inclusion_proofs import InclusionProof
    from reviews.evidence.tiles import ReadTiles
    from reviews.ledger.people_commitments import Disclosures
    from runtime.evidence.ledger_key import LedgerKeys
    from store.ledger_reading import StoredEntry

PROOFS_AT_ONCE = 500
"""Each may need a tile of 8 KiB of its own."""


class ReceiptSource:
    """Prepares the receipts of one database with the keys of the installation, if it has any."""

    def __init__(
        self,
        engine: sa.Engine,
        load_keys: Callable[[], LedgerKeys],
        *,
        proofs_at_once: int = PROOFS_AT_ONCE,
    ) -> None:
        self._engine, self._proofs_at_once = engine, proofs_at_once
        self._checkpoints = CoveringCheckpoint(engine, load_keys)

    def prepare_receipt(self, review_id: str) -> Receipt:
        """Return the receipt of a review whose entries are all covered, or raise `ReceiptMissing`.

        The checkpoint is read before the entries, so that none up to its size can be missing.
        """
        last = ledger_tree.read_last_checkpoint(self._engine)
        entries = ledger_reading.count_entries_of(self._engine, review_id)
        if not entries.count:
            raise ReceiptMissing(ReceiptObstacle.NO_ENTRY, f"there is no review {review_id!r}")
        chosen, verified = self._checkpoints.choose(last, last_entry=entries.last, owner="review")
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

    def _iterate_parts(self, review_id: str, last: int, note: str, checkpoint: Checkpoint) -> Iterator[str]:
        disclosures: dict[int, Disclosures] = {}
        pages = ledger_reading.read_pages_of(
            self._engine, review_id, until=last, page_size=self._proofs_at_once
        )
        yield from format_receipt(
            proof
            for page in _collect_disclosures(pages, disclosures)
            for proof in build_entry_proofs(
                page, note=note, checkpoint=checkpoint, read=self._checkpoints.read_tiles
            )
        )
        if block := format_disclosure_block(disclosures):
            yield block


def build_entry_proofs(
    entries: Sequence[StoredEntry], *, note: str, checkpoint: Checkpoint, read: ReadTiles
) -> Iterator[InclusionProof]:
    """Yield the proofs of some entries; raise `LedgerBroken` at one that was changed.

    Proofs have most of their hashes in common, so some hundreds at a time cost the least.
    """
    indexes = [stored.seq - 1 for stored in entries]
    try:
        paths = build_inclusion_proofs(indexes, size=checkpoint.size, read=read)
    except MissingTile as error:
        raise LedgerBroken(str(error)) from None
    for stored, hashes in zip(entries, paths, strict=True):
        proof = build_entry_proof(stored.leaf, hashes, seq=stored.seq, note=note)
        require_inclusion(proof, checkpoint)
        yield proof


def _collect_disclosures(
    pages: Iterator[list[StoredEntry]], collected: dict[int, Disclosures]
) -> Iterator[list[StoredEntry]]:
    """Yield the pages, and collect what stands beside their entries; `LedgerBroken` if that is another."""
    for page in pages:
        yield page
        for stored in page:
            if disclosures := require_disclosures(stored):
                collected[stored.seq] = disclosures


def require_disclosures(stored: StoredEntry) -> Disclosures:
    """Return what stands beside an entry; raise `LedgerBroken` unless the entry commits to it."""
    disclosures = stored.disclosures
    require_commitments(disclosures, find_commitments(stored.read.entry), seq=stored.seq)
    return disclosures
