"""`GET /metrics`: Prometheus' text form, for a request with the token."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from reviews.kinds import ReviewState
from reviews.ledger import ledger_entries
from runtime.observe.metrics import create_metrics_page
from store.ledger_tree import CheckpointFault, write_fault
from store.schema import reviews
from store.unit_of_work import SqlUnitOfWork
from store.webhook_watch import WebhookWatch
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


def test_how_complete_the_folders_are_is_measured_by_the_one_furthest_behind(engine: sa.Engine) -> None:
    empty = scraped(engine)
    with SqlUnitOfWork(engine) as work:
        now = work.now()
        work.baselines.watch(["1", "2", "3"])
        for folder, minutes in (("1", 3), ("2", 50)):
            work.baselines.save_start(folder, 0, finished_at=now)
            work.baselines.mark_swept(folder, swept_to=now - timedelta(minutes=minutes))
        work.baselines.mark_stopped("2", "DocSpace refuses the key")
        work.commit()

    samples = scraped(engine)

    assert "completeness_age_seconds" not in empty
    assert 3000 <= samples["completeness_age_seconds"][()] < 3300
    assert samples["folders_incomplete"] == {("unfinished",): 1, ("stopped",): 1, ("late",): 1}


def test_a_pending_event_holds_the_completeness_back(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        now = work.now()
        work.baselines.watch(["1"])
        work.baselines.mark_swept("1", swept_to=now)
        work.commit()
    before = scraped(engine)["completeness_age_seconds"][()]
    lived(engine)  # with an event of long ago that is not handled

    assert before < 300
    assert scraped(engine)["completeness_age_seconds"][()] > 86_400


@pytest.mark.parametrize(
    ("state", "shown"), [("in_order", {(): 1}), ("disabled", {(): 0}), ("unknown", None), (None, None)]
)
def test_the_webhook_is_measured_where_a_worker_could_check_it(
    engine: sa.Engine, state: str | None, shown: dict[tuple[str, ...], float] | None
) -> None:
    if state:
        WebhookWatch(engine).record_check(state, "", last_success=START)

    assert scraped(engine).get("webhook_in_order") == shown


def test_entries_that_no_checkpoint_covers_are_counted(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        work.ledger.append(ledger_entries.build_opened(review(), [1]))
        work.commit()
    before = scraped(engine)
    write_fault(engine, CheckpointFault(entry=1, reason="the key is missing", seen_at=START))

    samples = scraped(engine)

    assert (before["ledger_entries"], before["ledger_fault"]) == ({(): 1}, {(): 0})
    assert (samples["ledger_uncovered_entries"], samples["ledger_fault"]) == ({(): 1}, {(): 1})


def test_an_answer_is_timed_from_its_request_by_how_the_person_was_proven(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        work.ledger.append(ledger_entries.build_opened(review(), [1]))
        work.ledger.time_answer("slack", lambda: timedelta(milliseconds=700))
        work.ledger.time_answer("slack", lambda: timedelta(seconds=4))
        work.commit()

    buckets = scraped(engine)["click_to_answer_seconds_bucket"]

    assert [buckets["slack", bound] for bound in ("0.5", "1", "3", "5", "+Inf")] == [0, 1, 1, 2, 2]
