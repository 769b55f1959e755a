"""Selection of the ledger entries for the history of a review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.ledger.hash_chain import EntryType

if TYPE_CHECKING:
    from reviews.model import Review
    from reviews.ports.ledger import LedgerEntry
    from reviews.ports.unit_of_work import UnitOfWork

MAX_HISTORY_ENTRIES = 500


def list_history_entries(work: UnitOfWork, review: Review, *, skip: int = 0, limit: int) -> list[LedgerEntry]:
    """Return up to `limit` entries of a review, the oldest first.

    Each file that joined a bulk review has an entry of its own, ten thousand of which would hide everything
    later. So its history has the first entry and the newest ones without those: the files are a list of their
    own.
    """
    if review.bulk is None:
        return list(work.ledger.list_entries(review.id, skip=skip, limit=limit))
    begin, newest = (
        work.ledger.list_entries(review.id, limit=1),
        work.ledger.list_last_entries(review.id, MAX_HISTORY_ENTRIES),
    )
    first_seqs = {entry.get("seq") for entry in begin}
    later = [entry for entry in newest if entry.get("type") != EntryType.REVIEW_JOINED]
    return [*begin, *(entry for entry in later if entry.get("seq") not in first_seqs)][skip : skip + limit]
