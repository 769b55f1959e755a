"""Which entries of the ledger a pack has: one rule for its report, for its files, and for their check.

The name of a route is compared as it was written: it may have spaces that a text for people has not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.ledger.hash_chain import EntryType, LedgerBroken
from reviews.pack.entry_members import read_time

if TYPE_CHECKING:
    from collections.abc import Collection

    from reviews.pack.pack_request import PackRequest
    from reviews.pack.report import PackReport
    from reviews.ports.ledger import LedgerEntry

_SWEEPS = (EntryType.SWEEP_INCOMPLETE, EntryType.SWEEP_COMPLETE)


def is_on_route(entry: LedgerEntry, route: str) -> bool:
    """Return whether an entry is on a route; one on an owner may be on several."""
    routes = entry.get("routes"), entry.get("deputy_of")
    return entry.get("route") == route or any(isinstance(each, list) and route in each for each in routes)


def is_in_period(entry: LedgerEntry, request: PackRequest) -> bool:
    """Return whether an entry was written in the period; one without a readable time is in none."""
    at = read_time(entry.get("at"))
    return at is not None and request.since <= at < request.until


def opens_on_route(entry: LedgerEntry, route: str) -> bool:
    """Return whether an entry opens a review of a route, at whatever time."""
    return entry.get("type") == EntryType.REVIEW_OPENED and entry.get("route") == route


def opens_review(entry: LedgerEntry, request: PackRequest) -> bool:
    """Return whether an entry opens a review of the population."""
    return opens_on_route(entry, request.route) and is_in_period(entry, request)


def concerns_route(entry: LedgerEntry, request: PackRequest) -> bool:
    """Return whether an entry that belongs to no review is in the pack for the sake of its route.

    When a folder was not complete may be recorded after the period, so all such entries are.
    """
    is_sweep = entry.get("type") in _SWEEPS
    return is_on_route(entry, request.route) and (is_sweep or is_in_period(entry, request))


def require_same_reviews(selected: Collection[str], report: PackReport) -> None:
    """Raise `LedgerBroken` unless the report has exactly these reviews, whose entries are in the pack.

    They differ only if a review was opened twice, which the ledger of this program never says.
    """
    differing = set(selected) ^ {review.id for review in report.reviews}
    if differing:
        raise LedgerBroken(f"the review {min(differing)!r} was opened more than once")
