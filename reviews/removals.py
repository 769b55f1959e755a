"""What the record says of a review that retention removed: it was over, and its answers went with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.findings import Finding, Part, show_id
from reviews.ledger import EntryType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ANSWERS = frozenset({EntryType.REVIEW_ACKNOWLEDGED, EntryType.REVIEW_CHANGES_REQUESTED})
_PASSED_ON = frozenset({EntryType.REVIEW_SUPERSEDED, EntryType.REVIEW_ABSORBED})


def check_removal(review_id: str, entries: Sequence[Mapping[str, Any]]) -> Finding | None:
    """Return what is wrong with the removal of a review, by all of its entries in order; mostly nothing.

    Retention removes what was answered, or what another review took the place of. An entry that says
    otherwise was written by somebody else. That more follows after it is found where a review is there again.
    """
    types = [entry.get("type") for entry in entries]
    if EntryType.REVIEW_REMOVED not in types:
        return None
    place = types.index(EntryType.REVIEW_REMOVED)
    removed, before = entries[place], types[:place]
    given = sum(each in _ANSWERS for each in before)
    standing = given - before.count(EntryType.REVIEW_WITHDRAWN)
    if standing <= 0 and _PASSED_ON.isdisjoint(before):
        why = "was removed, but no entry before it says that it was answered or replaced"
    elif (said := removed.get("answers")) != given:
        why = f"was removed with {said} answers, but the entries before it tell of {given}"
    else:
        return None
    says = f"entry {removed['seq']} says that review {show_id(review_id)} {why}"
    return Finding(part=Part.REVIEW, review_id=review_id, entry=removed["seq"], says=says)
