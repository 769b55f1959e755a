"""Which entries of the ledger a pack has: by their numbers, so that many reviews take little memory."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from heapq import merge
from typing import TYPE_CHECKING

from reviews.ledger.hash_chain import EntryType
from reviews.ledger.people_commitments import find_commitments, list_erased_commitments
from reviews.pack.entry_scope import concerns_route, is_on_route, opens_review
from store import ledger_reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import sqlalchemy as sa

    from reviews.pack.pack_request import PackRequest
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

    def list_numbers(self) -> array[int]:
        """Return the numbers of all entries, in order."""
        return array("I", merge(*self._iterate_lists()))

    def _iterate_lists(self) -> Iterator[array[int]]:
        yield from (numbers for numbers in (*self.of_reviews.values(), self.without_review) if numbers)


class EntrySelector:
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
            erased = map(bytes.fromhex, list_erased_commitments(entry))
            is_wanted = not self._commitments.isdisjoint(erased)
        else:
            is_wanted = concerns_route(entry, self._request)
        return self.selection.without_review if is_wanted else None


def _merge(*streams: Iterator[StoredEntry]) -> Iterator[StoredEntry]:
    """Yield the entries of several streams in the order of the ledger, each once."""
    last = 0
    for stored in merge(*streams, key=lambda stored: stored.seq):
        if stored.seq > last:
            yield stored
        last = stored.seq
