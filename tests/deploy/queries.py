"""What a query of Prometheus reads, and what an installation has to be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import promql_parser
import sqlalchemy as sa
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from reviews.kinds import ReviewState
from reviews.ledger import ledger_entries
from runtime.observe.metrics import create_metrics_page
from store.schema import reviews
from store.unit_of_work import SqlUnitOfWork
from store.webhook_watch import WebhookWatch
from store.workers import WorkerRegistry
from tests.reviews.samples import START, answer, review
from tests.store.lived import lived

OF_PROMETHEUS = {"job", "instance"}
"""Labels that a scrape adds."""
TOKEN = "a-token-of-the-monitor"


@dataclass(frozen=True)
class Selection:
    """A metric that a query reads, and the labels that it selects by."""

    metric: str
    labels: frozenset[str]


def list_selections(query: str) -> set[Selection]:
    """Return what a query reads; raises `ValueError` for one that is no PromQL."""
    selections: set[Selection] = set()

    def visit(node: promql_parser.Expr) -> None:
        selector = node.vector_selector if isinstance(node, promql_parser.MatrixSelector) else node
        if isinstance(selector, promql_parser.VectorSelector):
            labels = frozenset(matcher.name for matcher in selector.matchers.matchers)
            selections.add(Selection(selector.name or "", labels - OF_PROMETHEUS))

    promql_parser.walk(promql_parser.parse(query), visit)
    return selections


def fill(engine: sa.Engine) -> None:
    """Let the installation have something of each kind that is measured."""
    lived(engine)
    registry = WorkerRegistry(engine)
    registry.record_heartbeat(registry.register(), overdue=["digests"])
    WebhookWatch(engine).record_check("in_order", "", last_success=START)
    with SqlUnitOfWork(engine) as work:
        work.baselines.watch(["1"])
        work.baselines.mark_swept("1", swept_to=START)
        work.reviews.record_answer("r0", answer(), ReviewState.ACKNOWLEDGED)  # after its card was posted
        work.ledger.append(ledger_entries.build_opened(review(), [1]))
        work.ledger.time_answer("slack", lambda: timedelta(milliseconds=700))
        work.commit()
    with engine.begin() as connection:
        connection.execute(
            sa.update(reviews).where(reviews.c.id == "r2").values(due_at=START, lapsed_at=START)
        )


def read_metrics(engine: sa.Engine) -> dict[str, frozenset[str]]:
    """Return the names of all samples that a scrape brings, with the labels of each."""
    app = Flask(__name__)
    app.register_blueprint(create_metrics_page(engine, TOKEN))
    page = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    families = text_string_to_metric_families(page.get_data(as_text=True))
    return {sample.name: frozenset(sample.labels) for family in families for sample in family.samples}
