"""What the record says of a review that retention removed: it was over, and its answers went with it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from reviews.ledger.findings import LedgerFinding, LedgerPart, show_id
from reviews.ledger.hash_chain import EntryType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ANSWER_TYPES = frozenset({EntryType.REVIEW_ACKNOWLEDGED, EntryType.REVIEW_CHANGES_REQUESTED})
_REPLACEMENT_TYPES = frozenset({EntryType.REVIEW_SUPERSEDED, EntryType.REVIEW_ABSORBED})


def check_removal(review_id: str, entries: Iterable[Mapping[str, Any]]) -> LedgerFinding | None:
    """Return what is wrong with the removal of a review, by all of its entries in order; mostly nothing.

    Retention removes what was answered, or what another review took the place of. An entry that says
    otherwise was written by somebody else. That more follows after it is found where a review is there again.
    """
    before = Counter[Any]()
    for entry in entries:
        if entry.get("type") == EntryType.REVIEW_REMOVED:
            return _check_entry(review_id, entry, before)
        before[entry.get("type")] += 1
    return None


def _check_entry(review_id: str, removed: Mapping[str, Any], before: Counter[Any]) -> LedgerFinding | None:
    """Hold the entry of a removed review against how many of each type are before it."""
    given = sum(before[each] for each in _ANSWER_TYPES)
    standing = given - before[EntryType.REVIEW_WITHDRAWN]
    if standing <= 0 and _REPLACEMENT_TYPES.isdisjoint(before):
        why = "was removed, but no entry before it says that it was answered or replaced"
    elif (said := removed.get("answers")) != given:
        why = f"was removed with {said} answers, but the entries before it tell of {given}"
    else:
        return None
    says = f"entry {removed['seq']} says that review {show_id(review_id)} {why}"
    return LedgerFinding(part=LedgerPart.REVIEW, review_id=review_id, entry=removed["seq"], says=says)
