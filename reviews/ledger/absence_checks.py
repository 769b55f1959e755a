"""Comparison of who stands in for absent owners with the entries that say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.ledger.hash_chain import EntryType
from reviews.ledger.ledger_entries import format_moment
from reviews.ledger.member_comparison import EntryValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.model import Review
    from reviews.ports.ledger import LedgerEntry

Recorded = dict[str, dict[str, Any]]


def pair_stand_ins(review: Review, entries: Sequence[LedgerEntry]) -> tuple[str, EntryValue, Any]:
    """Return who stands in for which owners, as the entries and the row have it.

    For deputies there are no entries. One who is no owner any more is replaced by no one.
    """
    recorded, last = _combine_entries(entries)
    owners = {owner.casefold() for owner in review.owners}
    database_value = [
        {"absent": each.absent, "people": list(each.people), "until": format_moment(each.until)}
        for each in review.stand_ins
        if each.absent.casefold() in owners
    ]
    return "stand_ins", EntryValue(_sort(recorded.values()), last), _sort(database_value)


def list_recorded_stand_ins(entries: Sequence[LedgerEntry]) -> list[dict[str, Any]]:
    """Return who stands in for which owners by the entries of a review, in the order in which they say so."""
    return list(_combine_entries(entries)[0].values())


def _combine_entries(entries: Sequence[LedgerEntry]) -> tuple[Recorded, int | None]:
    """Return the last word of the entries on each owner, and the number of the last entry that has one."""
    recorded: Recorded = {}
    last: int | None = None
    for entry in entries:
        kind, owner = entry.get("type"), str(entry.get("owner")).casefold()
        if kind == EntryType.REVIEW_HANDED_OVER:
            members = {"absent": entry.get("owner"), "people": entry.get("to"), "until": entry.get("until")}
            recorded, last = {**recorded, owner: members}, entry["seq"]
        elif kind == EntryType.REVIEW_HANDED_BACK:
            recorded, last = {key: each for key, each in recorded.items() if key != owner}, entry["seq"]
        elif kind == EntryType.REVIEW_REASSIGNED:
            owners = {str(each).casefold() for each in entry.get("owners") or ()}
            recorded = {key: each for key, each in recorded.items() if key in owners}
    return recorded, last


def _sort(items: Any) -> list[dict[str, Any]]:
    return sorted(items, key=lambda each: str(each["absent"]).casefold())
