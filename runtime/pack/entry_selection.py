"""Which entries of the ledger a pack has: by their numbers, so that many reviews take little memory."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from heapq import merge
from typing import TYPE_CHECKING

from reviews.ledger.hash_chain import EntryType
from reviews.pack.entry_scope import EntryScope, is_on_route
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

    While it is read it selects those of the pack (`EntryScope`).
    """

    def __init__(self, engine: sa.Engine, request: PackRequest, *, until: int) -> None:
        self._engine, self._request, self._until = engine, request, until
        self._scope = EntryScope(request)
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
        if self._scope.includes(entry):
            self._find_list(entry).append(number)

    def _find_list(self, entry: LedgerEntry) -> array[int]:
        """Return the list to which the number of an entry belongs that is in the pack."""
        review_id = entry.get("review_id")
        if isinstance(review_id, str):
            return self.selection.of_reviews.setdefault(review_id, array("I"))
        return self.selection.without_review


def _merge(*streams: Iterator[StoredEntry]) -> Iterator[StoredEntry]:
    """Yield the entries of several streams in the order of the ledger, each once."""
    last = 0
    for stored in merge(*streams, key=lambda stored: stored.seq):
        if stored.seq > last:
            yield stored
        last = stored.seq
