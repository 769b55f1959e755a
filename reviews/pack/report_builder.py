"""The report of a pack, from the entries of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.pack.campaigns import CampaignCollector
from reviews.pack.completeness import CompletenessCollector
from reviews.pack.figures import compute_figures, find_rapid_runs, list_own_changes
from reviews.pack.population import PopulationCollector
from reviews.pack.report import PackReport, PackSample
from reviews.pack.sample import draw_sample
from reviews.pack.stories import build_story

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviews.clock import Clock
    from reviews.pack.pack_request import PackRequest
    from reviews.pack.population import Population
    from reviews.pack.stories import FetchEntries
    from reviews.ports.ledger import LedgerEntry
    from reviews.sweep.completeness import Completeness


def build_report(
    entries: Iterable[LedgerEntry],
    *,
    request: PackRequest,
    folders: Sequence[Completeness],
    fetch_entries: FetchEntries,
    clock: Clock,
) -> PackReport:
    """Return the report in the current language.

    `entries` are read once: all under the checkpoint that mention the route, in order and with the names of
    people; others may be among them. `folders` were read by `completeness.read_folders` before the checkpoint
    was made. `fetch_entries` returns the entries of one review again, for its story, up to the same
    checkpoint.
    """
    population_collector, completeness = PopulationCollector(request), CompletenessCollector(request)
    campaigns = CampaignCollector(request)
    for entry in entries:
        population_collector.add_entry(entry)
        completeness.add_entry(entry)
        campaigns.add_entry(entry)
    population = population_collector.build_population()
    made_at = clock()
    own_changes, rapid_runs = list_own_changes(population.reviews), find_rapid_runs(population.reviews)
    return PackReport(
        route=request.route,
        since=request.since,
        until=request.until,
        made_at=made_at,
        reviews=population.reviews,
        figures=compute_figures(population, own_changes=own_changes, rapid_runs=rapid_runs, made_at=made_at),
        own_changes=own_changes,
        rapid_runs=rapid_runs,
        sample=_build_sample(population, request, fetch_entries),
        completeness=completeness.build_completeness(folders),
        without_review=completeness.build_figures(),
        campaigns=campaigns.build_campaigns(),
    )


def _build_sample(population: Population, request: PackRequest, fetch_entries: FetchEntries) -> PackSample:
    sampled = draw_sample(population.reviews, seed=request.seed, size=request.sample_size)
    return PackSample(
        seed=request.seed,
        size=request.sample_size,
        reviews=tuple(build_story(review, fetch_entries(review)) for review in sampled),
    )
