"""What tests ask a pack for, and the population of some entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.pack.pack_request import PackRequest
from reviews.pack.population import PopulationCollector
from tests.pack.ledgers import ROUTE, SINCE, UNTIL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviews.pack.population import Population
    from reviews.ports.ledger import LedgerEntry


def build_request(**members: Any) -> PackRequest:
    """Return the request for the made-up year of the route, unless something else is said."""
    usual: dict[str, Any] = {"route": ROUTE, "since": SINCE, "until": UNTIL, "sample_size": 5, "seed": "42"}
    return PackRequest(**{**usual, **members})


def collect_reviews(entries: Iterable[LedgerEntry], **members: Any) -> Population:
    """Return the reviews of a request with these members."""
    collector = PopulationCollector(build_request(**members))
    for entry in entries:
        collector.add_entry(entry)
    return collector.build_population()
