"""Another session hangs with the end of the ledger in its hand; on SQLite, with the only writer's lock."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from flask import Flask
from structlog.testing import capture_logs

from bot.slack.app import build_slack_blueprint
from bot.slack.listener_threads import ACK_TIMEOUT_SECONDS, ListenerThreads
from notifiers.slack.blocks import ACTION_IDS, draw_card_message
from reviews.cards.card import CardAction
from reviews.cards.card_drawing import draw_card
from reviews.kinds import ReviewState
from reviews.ledger import ledger_entries
from runtime.settings.settings import parse_settings
from runtime.web.application import build_application
from runtime.wiring.databases import get_utc_time
from runtime.wiring.slack import build_slack_app, build_slack_dispatcher
from runtime.wiring.wiring import Wiring
from store.limits import SESSION_LIMITS, SQLITE_CLICK_SECONDS, WorkKind
from store.outages import DATABASE_ERRORS
from store.schema import cards
from tests.demo.captures import CLASSIC, CLASSIC_SECRET, CLASSIC_SIGNATURE
from tests.edge.fake_slack import FakeSlack
from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import through_flask
from tests.journeys.processes import eventually
from tests.reviews.samples import OWNER, review
from webhook.address import PATH
from webhook.signature import HEADER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

LONG_ENOUGH = 60
"""Seconds that a busy machine may take."""
TAKEN = {200, 202}
ROUTES = f'[[route]]\nname = "compliance"\nwatch = ["1"]\nowners = ["{OWNER}"]\nnotify = ["slack:C1"]\n'


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        fake.add_person("U1", "Dana Ozola", OWNER)
        fake.add_channel("C1")
        yield fake


@pytest.fixture
def wiring(slack: FakeSlack, database_url: str) -> Iterator[Wiring]:
    values = {
        "database_url": database_url,
        "routes": ROUTES,
        "docspace_api_host": "https://acme.onlyoffice.com",
        "docspace_webhook_secret": CLASSIC_SECRET,
        "slack_bot_token": slack.token,
        "slack_signing_secret": "s",
        "slack_api_url": slack.api_url,
    }
    wiring = Wiring(parse_settings(values))
    with wiring.transactions() as work:
        work.reviews.add(review())
        work.cards.owe("rev-1", [("slack", "C1")])
        work.docspace_accounts.remember({OWNER: "d1"}, at=get_utc_time())
        work.commit()
    with wiring.engine.begin() as connection:
        connection.execute(sa.update(cards).values(message_id="1.0", drawn=1))
    yield wiring
    for engine in (wiring.engine, wiring.request_engine, wiring.receiving_engine):
        close(engine)


def close(engine: sa.Engine) -> None:
    """Wait for the connections of threads that outlive a test, then close all."""
    pool = engine.pool
    assert isinstance(pool, sa.QueuePool)
    eventually(lambda: pool.checkedout() == 0)
    engine.dispose()


@contextmanager
def ledger_held(wiring: Wiring) -> Iterator[None]:
    """Keep others from the end of the ledger, as a process does that was stopped before it could commit.

    PostgreSQL would end its session after a while, on a busy machine before the test has seen all.
    """
    with wiring.engine.connect() as holder:
        holder.execute(sa.text("SELECT * FROM ledger_head"))
        if wiring.engine.dialect.name == "postgresql":
            holder.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            holder.execute(sa.text("SELECT * FROM ledger_head FOR UPDATE"))
        yield


def open_patient_door(wiring: Wiring) -> FlaskClient:
    """Open the door to Slack, which waits for the answer to a click longer than Slack does.

    Otherwise a busy machine, on which a click is refused a second late, would fail the test.
    """
    bolt = build_slack_app(wiring, lambda: None)
    listeners = bolt.listener_runner.listener_executor
    assert isinstance(listeners, ListenerThreads)
    listeners.ack_timeout = LONG_ENOUGH
    app = Flask(__name__)
    app.register_blueprint(build_slack_blueprint(bolt, build_slack_dispatcher(wiring)))
    return app.test_client()


def deliver(client: FlaskClient) -> TestResponse:
    return client.post(PATH, data=CLASSIC, headers={HEADER: CLASSIC_SIGNATURE})


def deliver_until_taken(client: FlaskClient) -> None:
    """Deliver as DocSpace does, which comes again where a busy machine took too long."""
    eventually(lambda: deliver(client).status_code in TAKEN, within=LONG_ENOUGH)


def state_of(wiring: Wiring) -> ReviewState:
    with wiring.transactions(reading=True) as work:
        review = work.reviews.get("rev-1")
    assert review is not None
    return review.state


def test_a_click_is_answered_while_the_ledger_is_held_and_counts_once_it_is_free(
    slack: FakeSlack, wiring: Wiring
) -> None:
    side = SlackSide(slack, "s", through_flask(open_patient_door(wiring)))
    card = {**draw_card_message(draw_card(review()), [OWNER]), "channel": "C1", "ts": "1.0"}
    side.open_home("U1")  # who is known is answered once the answer is written down
    slack.wait_for(lambda: slack.homes.get("U1"))

    with capture_logs() as logs, ledger_held(wiring):
        refused = side.click("U1", card, ACTION_IDS[CardAction.ACKNOWLEDGE])
        waits = eventually(lambda: [line for line in logs if line["event"] == "lock_not_had"])

    assert refused.status == 503
    assert "could not be recorded" in slack.private_replies("U1")[0]["text"]
    assert state_of(wiring) is ReviewState.OPEN
    assert {line["lock"] for line in waits} == {
        "ledger_head" if wiring.engine.dialect.name == "postgresql" else "the database"
    }
    if wiring.engine.dialect.name == "postgresql":
        assert waits[0]["holder"].startswith("docspace-review serve ")
        assert waits[0]["state"] == "idle in transaction"
    assert review().title not in str(logs)
    assert side.click("U1", card, ACTION_IDS[CardAction.ACKNOWLEDGE]).status == 200
    assert state_of(wiring) is ReviewState.ACKNOWLEDGED
    slack.wait_for(lambda: "You reviewed version" in str(slack.homes["U1"]["blocks"]))


def test_a_click_gives_up_on_a_lock_a_second_before_slack_gives_up_on_the_click() -> None:
    lock_timeouts = SQLITE_CLICK_SECONDS, SESSION_LIMITS[WorkKind.REQUEST].lock

    assert max(lock_timeouts) + 1 <= ACK_TIMEOUT_SECONDS


def test_work_that_waits_for_the_ledger_comes_again_and_counts_as_no_failure(wiring: Wiring) -> None:
    def write() -> None:
        with wiring.transactions() as work:
            work.ledger.append(ledger_entries.build_opened(review(), [1]))
            work.commit()

    with ledger_held(wiring), pytest.raises(DATABASE_ERRORS):
        write()

    write()


def test_deliveries_of_docspace_are_taken_or_refused_in_time_while_the_ledger_is_held(wiring: Wiring) -> None:
    client = build_application(wiring).test_client()

    with ledger_held(wiring):
        if wiring.engine.dialect.name == "postgresql":
            deliver_until_taken(client)
            return
        answer = deliver(client)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    deliver_until_taken(client)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_deliveries_are_refused_in_time_while_the_table_of_events_is_held(wiring: Wiring) -> None:
    client = build_application(wiring).test_client()

    with wiring.engine.connect() as holder:
        holder.execute(sa.text("LOCK TABLE events IN ACCESS EXCLUSIVE MODE"))
        answer = deliver(client)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    deliver_until_taken(client)
