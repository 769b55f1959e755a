"""Which entries of the ledger a pack has: one rule for its report, for its files, and for their check.

The name of a route is compared as it was written: it may have spaces that a text for people has not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.ledger.entry_values import read_text
from reviews.ledger.hash_chain import EntryType, LedgerBroken
from reviews.ledger.people_commitments import find_commitments, list_erased_commitments
from reviews.pack.entry_members import read_time

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from reviews.pack.pack_request import PackRequest
    from reviews.pack.report import PackReport
    from reviews.ports.ledger import LedgerEntry

_OF_CAMPAIGNS = (EntryType.CAMPAIGN_STARTED, EntryType.CAMPAIGN_ENDED, EntryType.CAMPAIGN_REMOVED)
_SWEEPS = (EntryType.SWEEP_INCOMPLETE, EntryType.SWEEP_COMPLETE)


def is_on_route(entry: LedgerEntry, route: str) -> bool:
    """Return whether an entry is on a route; one on an owner may be on several."""
    lists = [entry.get(name) for name in ("routes", "deputy_of", "assigned_in")]
    return entry.get("route") == route or any(isinstance(each, list) and route in each for each in lists)


def is_in_period(entry: LedgerEntry, request: PackRequest) -> bool:
    """Return whether an entry was written in the period; one without a readable time is in none."""
    at = read_time(entry.get("at"))
    return at is not None and request.since <= at < request.until


def opens_on_route(entry: LedgerEntry, route: str) -> bool:
    """Return whether an entry opens a review of a route, at whatever time; those of campaigns count apart."""
    is_opened = entry.get("type") == EntryType.REVIEW_OPENED and entry.get("route") == route
    return is_opened and not read_campaign_id(entry)


def read_campaign_id(entry: LedgerEntry) -> str:
    """Return the id of the campaign that an entry is about, or whose review it opens; empty for none."""
    return read_text(entry, "campaign", "id")


def opens_review(entry: LedgerEntry, request: PackRequest) -> bool:
    """Return whether an entry opens a review of the population."""
    return opens_on_route(entry, request.route) and is_in_period(entry, request)


class CampaignScope:
    """Decides of the entries of a ledger, one after the other, on which campaigns a pack has.

    These are those of the route whose time, from their start to their deadline, touches the period. All of
    their entries and reviews are in the pack, whenever they were written.
    """

    def __init__(self, request: PackRequest) -> None:
        self._request = request
        self._ids: set[str] = set()

    def includes(self, entry: LedgerEntry) -> bool:
        """Return whether the next entry, which belongs to no review, is on one of these campaigns."""
        if entry.get("type") not in _OF_CAMPAIGNS:
            return False
        campaign_id = read_campaign_id(entry)
        if entry.get("type") == EntryType.CAMPAIGN_STARTED and self._touches_period(entry):
            self._ids.add(campaign_id)
        return campaign_id in self._ids

    def opens_review(self, entry: LedgerEntry) -> bool:
        """Return whether an entry opens a review of one of these campaigns."""
        return entry.get("type") == EntryType.REVIEW_OPENED and read_campaign_id(entry) in self._ids

    def require_time(self, started: LedgerEntry, name: str) -> datetime:
        """Return a time of the entry by which a campaign was found to touch the period."""
        at = read_time(started.get(name))
        if at is None:
            raise LedgerBroken(f"entry {started.get('seq')} has no {name!r}")
        return at

    def _touches_period(self, started: LedgerEntry) -> bool:
        at, due_at = read_time(started.get("at")), read_time(started.get("due_at"))
        return (
            started.get("route") == self._request.route
            and bool(read_campaign_id(started))
            and (at is not None and at < self._request.until)
            and (due_at is not None and due_at >= self._request.since)
        )


def concerns_route(entry: LedgerEntry, request: PackRequest) -> bool:
    """Return whether an entry that belongs to no review is in the pack for the sake of its route.

    Those on campaigns are not: `CampaignScope` decides of them.

    When a folder was not complete may be recorded after the period, so all such entries are.
    """
    if entry.get("type") in _OF_CAMPAIGNS:
        return False
    is_sweep = entry.get("type") in _SWEEPS
    return is_on_route(entry, request.route) and (is_sweep or is_in_period(entry, request))


class EntryScope:
    """Decides of the entries of a ledger, one after the other, which of them a pack has.

    These are the entries of the reviews of the route that were opened in the period, whenever they were
    written; those of the period that are on the route and belong to no review; when folders of the route were
    not complete; all of the campaigns on the route whose time touches the period, with their reviews; and the
    erasures that concern any of them. In memory are the ids of the reviews and the
    commitments of their entries.
    """

    def __init__(self, request: PackRequest) -> None:
        self._request = request
        self._campaigns = CampaignScope(request)
        self._reviews: set[str] = set()
        self._commitments: set[bytes] = set()

    def includes(self, entry: LedgerEntry) -> bool:
        """Return whether the next entry, with its commitments in it, is one of the pack."""
        is_included = self._is_wanted(entry)
        if is_included:
            self._commitments.update(map(bytes.fromhex, find_commitments(entry).values()))
        return is_included

    def _is_wanted(self, entry: LedgerEntry) -> bool:
        review_id = entry.get("review_id")
        if isinstance(review_id, str):
            if opens_review(entry, self._request) or self._campaigns.opens_review(entry):
                self._reviews.add(review_id)
            return review_id in self._reviews
        if entry.get("type") == EntryType.PEOPLE_ERASED:
            return not self._commitments.isdisjoint(map(bytes.fromhex, list_erased_commitments(entry)))
        return self._campaigns.includes(entry) or concerns_route(entry, self._request)


def require_same_reviews(selected: Collection[str], report: PackReport) -> None:
    """Raise `LedgerBroken` unless the report has exactly these reviews, whose entries are in the pack.

    They differ only if a review was opened twice, which the ledger of this program never says.
    """
    differing = set(selected) ^ report.review_ids
    if differing:
        raise LedgerBroken(f"the review {min(differing)!r} was opened more than once")
