"""Checks of removals by retention: the review was over, and its answers were removed with it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from reviews.ledger.findings import LedgerFinding, LedgerPart, show_id
from reviews.ledger.hash_chain import EntryType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ANSWER_TYPES = frozenset({EntryType.REVIEW_ACKNOWLEDGED, EntryType.REVIEW_CHANGES_REQUESTED})
_REPLACEMENT_TYPES = frozenset(
    {
        *(EntryType.REVIEW_SUPERSEDED, EntryType.REVIEW_ABSORBED, EntryType.REVIEW_CARRIED),
        EntryType.REVIEW_CLOSED,
    }
)


def check_removal(review_id: str, entries: Iterable[Mapping[str, Any]]) -> LedgerFinding | None:
    """Return what is wrong with the removal of a review, by all of its entries in order; usually nothing.

    Retention removes only reviews that were answered, replaced, carried over or closed. Any other removal
    entry was forged. Entries that follow it are detected where the review exists again.
    """
    before = Counter[Any]()
    for entry in entries:
        if entry.get("type") == EntryType.REVIEW_REMOVED:
            return _check_entry(review_id, entry, before)
        before[entry.get("type")] += 1
    return None


def _check_entry(review_id: str, removed: Mapping[str, Any], before: Counter[Any]) -> LedgerFinding | None:
    """Check a removal entry against the number of earlier entries of each type."""
    answer_count = sum(before[entry_type] for entry_type in _ANSWER_TYPES)
    valid_count = answer_count - before[EntryType.REVIEW_WITHDRAWN]
    if valid_count <= 0 and _REPLACEMENT_TYPES.isdisjoint(before):
        problem = "was removed, but no entry before it says that it was answered or replaced"
    elif (recorded_count := removed.get("answers")) != answer_count:
        problem = (
            f"was removed with {recorded_count} answers, but the entries before it tell of {answer_count}"
        )
    else:
        return None
    message = f"entry {removed['seq']} says that review {show_id(review_id)} {problem}"
    return LedgerFinding(part=LedgerPart.REVIEW, review_id=review_id, entry=removed["seq"], says=message)
