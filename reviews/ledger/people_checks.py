"""Checks of what stands beside an entry: it is what the entry commits to, or it was erased on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reviews.ledger.findings import MAX_VALUE_LENGTH, LedgerFinding, LedgerPart, escape_unprintable
from reviews.ledger.people_commitments import find_mismatches
from reviews.text import shorten_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviews.ledger.people_commitments import Disclosures


class UndisclosedPlace(NamedTuple):
    """A commitment with nothing beside it: the entry, the pointer to its place there, and the commitment."""

    seq: int
    pointer: str
    commitment: str


def check_disclosures(
    seq: int, commitments: Mapping[str, str], disclosures: Disclosures
) -> Iterator[LedgerFinding]:
    """Yield a finding for each value beside an entry that is not what the entry commits to there."""
    for pointer, commitment in find_mismatches(commitments, disclosures):
        shown = _show_pointer(pointer)
        if commitment is None:
            says = f"{shown} stands beside entry {seq}, which commits to nothing there"
        else:
            says = f"entry {seq} commits to another {shown} than what stands beside it"
        yield LedgerFinding(part=LedgerPart.PEOPLE, entry=seq, member=shown, says=says)


def describe_loss(lost: UndisclosedPlace) -> LedgerFinding:
    """Return the finding of a value that is gone without an entry that says so."""
    shown = _show_pointer(lost.pointer)
    says = f"{shown} of entry {lost.seq} is gone, and no later entry says that it was erased"
    return LedgerFinding(part=LedgerPart.PEOPLE, entry=lost.seq, member=shown, says=says)


def describe_return(seq: int, pointer: str) -> LedgerFinding:
    """Return the finding of a value that was put back after it was erased."""
    shown = _show_pointer(pointer)
    says = f"{shown} of entry {seq} stands beside it again, and a later entry says that it was erased"
    return LedgerFinding(part=LedgerPart.PEOPLE, entry=seq, member=shown, says=says)


def _show_pointer(pointer: str) -> str:
    return shorten_text(escape_unprintable(pointer), MAX_VALUE_LENGTH) or '""'
