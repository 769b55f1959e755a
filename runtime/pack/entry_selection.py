"""Which entries of the ledger a pack has: by their numbers, so that many reviews take little memory."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge
from typing import TYPE_CHECKING

from reviews.ledger.hash_chain import EntryType, LedgerBroken
from reviews.ledger.people_commitments import find_commitments
from store import ledger_reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import sqlalchemy as sa

    from reviews.pack.building import PackRequest
    from reviews.ports.ledger import LedgerEntry
    from store.ledger_reading import StoredEntry


@dataclass(frozen=True, kw_only=True)
class EntrySelection:
    """The numbers of a pack's entries.

    Attributes:
        of_reviews: Those of each review of the population, in the order of their opening.
        without_review: Those that belong to no review.
    """

    of_reviews: dict[str, array[int]] = field(default_factory=dict)
    without_review: array[int] = field(default_factory=lambda: array("I"))

    @property
    def last(self) -> int:
        """The number of the last entry; 0 without any."""
        return max((numbers[-1] for numbers in self._iterate_lists()), default=0)

    def list_numbers(self) -> array[int]:
        """Return the numbers of all entries, in order."""
        return array("I", merge(*self._iterate_lists()))

    def _iterate_lists(self) -> Iterator[array[int]]:
        yield from (numbers for numbers in (*self.of_reviews.values(), self.without_review) if numbers)


class EntryStream:
    """The entries that may concern a route, from the first to one that a checkpoint covers.

    While it is read it selects those of the pack: the entries of the reviews of the route that were opened in
    the period, whenever they were written; those of the period that are on the route and belong to no review;
    when folders of the route were not complete; and the erasures that concern any of them.
    """

    def __init__(self, engine: sa.Engine, request: PackRequest, *, until: int) -> None:
        self._engine, self._request, self._until = engine, request, until
        self._commitments: set[bytes] = set()
        self.selection = EntrySelection()
        self.on_route = 0
        """How many of the entries are on the route, whenever they were written."""

    def iterate(self, show: Callable[[int, int], None]) -> Iterator[LedgerEntry]:
        """Yield each with the names of people; raise `LedgerBroken` if columns and entry disagree.

        `show` is called with the number of the entry that is read, and that of the last.
        """
        route_entries = ledger_reading.read_mentioning(self._engine, self._request.route, until=self._until)
        erasures = ledger_reading.read_mentioning(self._engine, EntryType.PEOPLE_ERASED, until=self._until)
        for stored in _merge(route_entries, erasures):
            self._select(stored.seq, stored.read.entry)
            show(stored.seq, self._until)
            yield stored.reveal()
        show(self._until, self._until)

    def _select(self, number: int, entry: LedgerEntry) -> None:
        self.on_route += is_on_route(entry, self._request.route)
        numbers = self._find_list(entry)
        if numbers is not None:
            numbers.append(number)
            self._commitments.update(map(bytes.fromhex, find_commitments(entry).values()))

    def _find_list(self, entry: LedgerEntry) -> array[int] | None:
        """Return the list to which the number of an entry belongs; `None` if it is not in the pack."""
        review_id = entry.get("review_id")
        if isinstance(review_id, str):
            if opens_review(entry, self._request):
                return self.selection.of_reviews.setdefault(review_id, array("I"))
            return self.selection.of_reviews.get(review_id)
        if entry.get("type") == EntryType.PEOPLE_ERASED:
            erased = entry.get("commitments", [])
            is_wanted = any(_is_among(each, self._commitments) for each in erased)
        else:
            is_wanted = concerns_route(entry, self._request)
        return self.selection.without_review if is_wanted else None


def concerns_route(entry: LedgerEntry, request: PackRequest) -> bool:
    """Return whether an entry that belongs to no review is in the pack for the sake of its route."""
    is_period = entry.get("type") in {EntryType.SWEEP_INCOMPLETE, EntryType.SWEEP_COMPLETE}
    return is_on_route(entry, request.route) and (is_period or _is_in_period(entry, request))


def is_on_route(entry: LedgerEntry, route: str) -> bool:
    """Return whether an entry is on a route; one on an owner may be on several."""
    routes = entry.get("routes"), entry.get("deputy_of")
    return entry.get("route") == route or any(isinstance(each, list) and route in each for each in routes)


def opens_review(entry: LedgerEntry, request: PackRequest) -> bool:
    """Return whether an entry opens a review of the population."""
    return (
        entry.get("type") == EntryType.REVIEW_OPENED
        and entry.get("route") == request.route
        and _is_in_period(entry, request)
    )


def _merge(*streams: Iterator[StoredEntry]) -> Iterator[StoredEntry]:
    """Yield the entries of several streams in the order of the ledger, each once."""
    last = 0
    for stored in merge(*streams, key=lambda stored: stored.seq):
        if stored.seq > last:
            yield stored
        last = stored.seq


def _is_in_period(entry: LedgerEntry, request: PackRequest) -> bool:
    try:
        is_in_period = request.since <= datetime.fromisoformat(entry["at"]) < request.until
    except (KeyError, TypeError, ValueError):
        raise LedgerBroken(f"entry {entry.get('seq')} has no time") from None
    return is_in_period


def _is_among(commitment: object, commitments: set[bytes]) -> bool:
    try:
        return isinstance(commitment, str) and bytes.fromhex(commitment) in commitments
    except ValueError:
        return False
