"""`GET /metrics` in Prometheus' text form, from the database: the same from each process."""

from __future__ import annotations

import hmac
from collections import Counter, defaultdict
from itertools import accumulate
from threading import Lock
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog
from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from reviews.kinds import CardState
from runtime.observe.health import WEBHOOK_LATE
from runtime.settings.version import read_version
from store.measures import measure
from store.tallies import (
    BEYOND,
    BOUNDS,
    CARD_TO_ANSWER,
    CARDS,
    CLICK_TO_ANSWER,
    EVENT_TO_CARD,
    EVENTS,
    KEY_CONFLICTS,
    REVIEWS,
)
from webhook.webhook_status import WebhookState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prometheus_client import Metric

    from store.measures import Measures
    from store.tallies import Tally

Labels = tuple[str, ...]
PREFIX = "docspace_review"
DEAD = str(CardState.DEAD)  # of events too
# What is counted: its name, its help text, and the names of its labels.
_COUNTS: dict[str, tuple[str, str, Labels]] = {
    EVENTS: ("events", "Change events by state.", ("state",)),
    CARDS: ("deliveries", "Cards and notices by channel and state.", ("channel", "state")),
    REVIEWS: ("reviews", "Reviews by route and state.", ("route", "state")),
}
_TIMES = {
    EVENT_TO_CARD: ("Time from an event's arrival until its card was posted.", "channel"),
    CARD_TO_ANSWER: ("Time from a review's first posted card until an answer.", "route"),
    CLICK_TO_ANSWER: ("Time from a click, form or command until its answer was recorded.", "identity"),
}
SCRAPE_SECONDS = 2.0
"""How long a scrape waits for another to end: a database that hangs blocks one thread, not all of them."""

log = structlog.get_logger()


def create_metrics_page(engine: sa.Engine, token: str) -> Blueprint:
    """Return the page; every request has to show the token, whatever address it comes from."""
    blueprint = Blueprint("metrics", __name__)
    registry = CollectorRegistry()
    registry.register(DatabaseCollector(engine))
    scraping = Lock()
    expected = f"Bearer {token}".encode()

    @blueprint.get("/metrics")
    def metrics() -> Response:
        authorization = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(authorization, expected):
            refusal = {"WWW-Authenticate": 'Bearer realm="metrics"'}
            return Response("Send METRICS_TOKEN as a bearer token.\n", 401, refusal, mimetype="text/plain")
        if not scraping.acquire(timeout=SCRAPE_SECONDS):
            return _report_unavailable("another scrape is still running")
        try:
            return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
        except sa.exc.SQLAlchemyError as error:
            return _report_unavailable(type(error).__name__)
        finally:
            scraping.release()

    return blueprint


def _report_unavailable(reason: str) -> Response:
    log.warning("metrics_not_read", reason=reason)
    return Response("The database does not answer.\n", 503, mimetype="text/plain")


class DatabaseCollector(Collector):
    """Collector that queries the database at each scrape; no state is in the process, so none is lost."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def describe(self) -> list[Metric]:
        return []  # so that registering queries no database

    def collect(self) -> Iterator[Metric]:
        measures = measure(self._engine)
        yield _build_gauge(
            "info", "Version of the process that answers.", {(read_version(),): 1}, ("version",)
        )
        for subject, (name, description, labels) in _COUNTS.items():
            yield _build_gauge(name, description, _count_by_label(measures, subject, labels), labels)
        conflicts = sum(each.count for each in _filter_tallies(measures, KEY_CONFLICTS))
        yield _build_gauge(
            "event_key_conflicts", "Events that share a key with a different event.", {(): conflicts}
        )
        yield from _list_waiting_metrics(measures)
        yield from _list_worker_metrics(measures)
        yield from _list_completeness_metrics(measures)
        yield from _list_ledger_metrics(measures)
        for subject, (description, label) in _TIMES.items():
            yield _build_histogram(subject, description, label, _filter_tallies(measures, subject))


def _filter_tallies(measures: Measures, subject: str) -> list[Tally]:
    return [each for each in measures.tallies if each.subject == subject]


def _count_by_label(measures: Measures, subject: str, labels: Labels) -> dict[Labels, int]:
    return {
        (each.label, each.state)[-len(labels) :]: each.count for each in _filter_tallies(measures, subject)
    }


def _list_waiting_metrics(measures: Measures) -> Iterator[Metric]:
    ages = {what: age.total_seconds() for what, age in measures.oldest.items()}
    dead = {
        (kind,): sum(each.count for each in _filter_tallies(measures, subject) if each.state == DEAD)
        for kind, subject in (("event", EVENTS), ("card", CARDS))
    }
    due, uncompared = {(): measures.cards_waiting}, {(): measures.comparisons_waiting}
    overdue = {(route,): count for route, count in measures.overdue.items()}
    yield _build_gauge("cards_waiting", "Cards and notices due to be posted or updated.", due)
    yield _build_gauge("comparisons_waiting", "Documents to be compared.", uncompared)
    yield _build_gauge("oldest_seconds", "Age of the oldest in this state.", ages, ("kind", "state"))
    yield _build_gauge("dead_letters", "Dead letters that can be replayed.", dead, ("kind",))
    yield _build_gauge("reviews_overdue", "Open reviews whose deadline has passed.", overdue, ("route",))
    lapsed = {(route,): count for route, count in measures.lapsed.items()}
    yield _build_gauge(
        "reviews_lapsed", "Open reviews whose last step was taken without an answer.", lapsed, ("route",)
    )


def _list_worker_metrics(measures: Measures) -> Iterator[Metric]:
    yield _build_gauge("workers", "Workers with a recent heartbeat.", {(): measures.workers})
    late = Counter((name,) for name in measures.overdue_rounds)
    yield _build_gauge(
        "worker_rounds_overdue", "Workers whose round of this name does not finish.", late, ("round",)
    )
    if measures.heartbeat is not None:
        description = "Time since the last heartbeat of any worker."
        yield _build_gauge(
            "worker_heartbeat_age_seconds", description, {(): measures.heartbeat.total_seconds()}
        )


def _list_completeness_metrics(measures: Measures) -> Iterator[Metric]:
    """Return how complete the intake is; what no one has looked at is absent, rather than good or bad."""
    folders = {(state,): count for state, count in measures.completeness.folders.items()}
    description = "Watched folders that are not complete, by what holds them back."
    yield _build_gauge("folders_incomplete", description, folders, ("state",))
    behind = measures.completeness.behind
    if behind is not None:
        description = "Age of the moment up to which all watched folders are complete."
        yield _build_gauge("completeness_age_seconds", description, {(): behind.total_seconds()})
    check = measures.webhook
    if check is not None and check.state != WebhookState.UNKNOWN and check.age <= WEBHOOK_LATE:
        description = "Whether the webhook in DocSpace is as it should be."
        yield _build_gauge("webhook_in_order", description, {(): check.state == WebhookState.IN_ORDER})


def _list_ledger_metrics(measures: Measures) -> Iterator[Metric]:
    ledger = measures.ledger
    yield _build_gauge("ledger_entries", "Entries of the ledger.", {(): ledger.entries})
    yield _build_gauge(
        "ledger_uncovered_entries",
        "Entries after the last checkpoint.",
        {(): max(ledger.entries - ledger.covered, 0)},
    )
    description = "Whether something keeps checkpoints from covering the last entries."
    yield _build_gauge("ledger_fault", description, {(): ledger.has_fault})


def _build_gauge(
    name: str, description: str, values: Mapping[Any, float], labels: Labels = ()
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"{PREFIX}_{name}", description, labels=labels)
    for label_values, value in values.items():
        family.add_metric(label_values, value)
    return family


def _build_histogram(
    subject: str, description: str, label: str, tallies: list[Tally]
) -> HistogramMetricFamily:
    family = HistogramMetricFamily(f"{PREFIX}_{subject}_seconds", description, labels=(label,))
    tallies_by_label: defaultdict[str, list[Tally]] = defaultdict(list)
    for each in tallies:
        tallies_by_label[each.label].append(each)
    bounds = [*(f"{bound:g}" for bound in BOUNDS[subject]), BEYOND]
    for name, observed in tallies_by_label.items():
        counts = {each.state: each.count for each in observed}
        so_far = accumulate(counts.get(bound, 0) for bound in bounds)
        seconds = sum(each.seconds for each in observed)
        family.add_metric((name,), list(zip(bounds, so_far, strict=True)), seconds)
    return family
