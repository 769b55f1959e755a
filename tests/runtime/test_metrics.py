"""`GET /metrics`: Prometheus' text form, for a request with the token."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from reviews.kinds import ReviewState
from runtime.observe.metrics import create_metrics_page
from store.schema import reviews
from store.unit_of_work import SqlUnitOfWork
from store.workers import WorkerRegistry
from tests.reviews.samples import START, answer, review
from tests.store.lived import lived

if TYPE_CHECKING:
    from flask.testing import FlaskClient

TOKEN = "a-token-of-the-monitor"


def client(engine: sa.Engine) -> FlaskClient:
    app = Flask(__name__)
    app.register_blueprint(create_metrics_page(engine, TOKEN))
    return app.test_client()


def scraped(engine: sa.Engine) -> dict[str, dict[tuple[str, ...], float]]:
    """Return the samples by name and the values of their labels."""
    response = client(engine).get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200
    assert response.content_type.startswith("text/plain; version=")
    samples: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(response.get_data(as_text=True)):
        for sample in family.samples:
            name = sample.name.removeprefix("docspace_review_")
            samples.setdefault(name, {})[tuple(sample.labels.values())] = sample.value
    return samples


@pytest.mark.parametrize(
    "shown", [None, "", "Bearer", "Bearer ", TOKEN, f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer ünknown"]
)
def test_without_the_token_nothing_is_read(engine: sa.Engine, shown: str | None) -> None:
    headers = {} if shown is None else {"Authorization": shown.encode("utf-8").decode("latin-1")}

    response = client(engine).get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1"})

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert b"docspace_review" not in response.data


def test_what_there_is_is_counted_by_state_channel_and_route(engine: sa.Engine) -> None:
    lived(engine)
    with engine.begin() as connection:
        lapsed = sa.update(reviews).where(reviews.c.id.in_(("r1", "r2"))).values(lapsed_at=START)
        connection.execute(lapsed)  # r1 was answered since
    roll = WorkerRegistry(engine)
    roll.record_heartbeat(roll.register(), overdue=["digests", "alarms"])
    roll.record_heartbeat(roll.register(), overdue=["digests"])

    samples = scraped(engine)

    assert samples["events"] == {("dead",): 1, ("done",): 1, ("received",): 2}
    assert samples["deliveries"]["slack", "posted"] == 1
    assert samples["reviews"] == {
        ("compliance", "acknowledged"): 1,
        ("compliance", "open"): 1,
        ("legal", "open"): 1,
    }
    assert samples["reviews_lapsed"] == {("legal",): 1}
    assert samples["dead_letters"] == {("event",): 1, ("card",): 1}
    assert samples["cards_waiting"] == {(): 4}
    assert samples["comparisons_waiting"] == {(): 0}
    assert samples["oldest_seconds"]["event", "received"] > 0
    assert samples["workers"] == {(): 2}
    assert samples["worker_rounds_overdue"] == {("alarms",): 1, ("digests",): 2}
    assert 0 <= samples["worker_heartbeat_age_seconds"][()] < 60


def test_how_long_it_took_is_a_histogram_whose_buckets_add_up(engine: sa.Engine) -> None:
    minutes = timedelta(minutes=1)
    with SqlUnitOfWork(engine) as work:
        for number, late in enumerate((1, 2, 500), start=1):
            work.reviews.add(review(id=f"r{number}", file_id=f"f{number}"))
            work.cards.owe(f"r{number}", [("slack", "C1")], caused_at=START)
            work.cards.claim(number, "job")
            work.cards.mark_drawn(number, "job", message_id="1.1", drawing=1, at=START + late * minutes)
        own_answer = answer(at=START + 11 * minutes)
        work.reviews.record_answer("r1", own_answer, ReviewState.ACKNOWLEDGED)
        work.commit()

    samples = scraped(engine)

    buckets = samples["event_to_card_seconds_bucket"]
    assert [buckets["slack", bound] for bound in ("30", "60", "120", "21600", "+Inf")] == [0, 1, 2, 2, 3]
    assert samples["event_to_card_seconds_count"] == {("slack",): 3}
    assert samples["event_to_card_seconds_sum"] == {("slack",): 503 * 60}
    assert samples["card_to_answer_seconds_sum"] == {("compliance",): 600}


def test_neither_titles_nor_people_nor_ids_are_told(engine: sa.Engine) -> None:
    lived(engine)

    text = client(engine).get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).get_data(as_text=True)

    sample = review()
    assert not [word for word in (sample.title, sample.path, *sample.owners, "rev-1", "C1") if word in text]


def test_a_database_that_is_not_there_is_told_in_a_word(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE tallies")

    response = client(engine).get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

    assert (response.status_code, response.data) == (503, b"The database does not answer.\n")
