"""The web application on a PostgreSQL that hangs or drops its connections."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from demo import ALICE, COMPLIANCE, DemoPortal, Sender
from demo.transport import HttpAnswer
from runtime.observe.health_probe import Probe
from runtime.settings.settings import parse_settings
from runtime.web.application import build_application
from runtime.wiring.wiring import Wiring
from store.limits import WorkKind
from store.workers import WorkerRegistry
from tests.journeys.processes import eventually
from tests.journeys.table_locks import lock_table
from tests.reviews.samples import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.observe.health import HealthPart
    from tests.databases import PostgresDatabases

SECRET = "Compl1ance!"
ROUTES = '[[route]]\nwatch = ["1"]\nowners = ["o@company.com"]\nnotify = ["slack:C1"]\n'


@pytest.fixture
def wiring(postgres_databases: PostgresDatabases) -> Iterator[Wiring]:
    values = {
        "database_url": postgres_databases.new(),
        "routes": ROUTES,
        "docspace_webhook_secret": SECRET,
        "slack_bot_token": "xoxb-1",
        "slack_signing_secret": "s",
    }
    wiring = Wiring(parse_settings(values))
    yield wiring
    wiring.engine.dispose()


def test_a_database_that_hangs_is_said_soon_to_everybody_who_asks_and_costs_one_thread(
    wiring: Wiring,
) -> None:
    WorkerRegistry(wiring.engine).register()
    address = wiring.engine.url.render_as_string(hide_password=False)
    app = build_application(Wiring(wiring.settings, WorkKind.COMMAND))  # which waits long for a lock

    def ask(_: int) -> tuple[int, str]:
        answer = app.test_client().get("/healthz")
        return answer.status_code, answer.get_json()["parts"]["database"].get("reason", "")

    with lock_table(address, "events"):
        with ThreadPoolExecutor(40) as pool:
            answers = set(pool.map(ask, range(80)))
        threads = [each.name for each in threading.enumerate()].count("health")

    assert answers == {(503, "does not answer")}
    assert threads <= 1
    eventually(lambda: ask(0) == (200, ""))
    eventually(lambda: "health" not in {each.name for each in threading.enumerate()})


def test_what_health_says_is_never_older_than_the_question(wiring: Wiring) -> None:
    client = build_application(wiring).test_client()

    def worker() -> str:
        """Return what is said of the worker, once the database answers in time."""
        part = eventually(lambda: client.get("/healthz").get_json()["parts"].get("worker"))
        return str(part["state"])

    before = worker()
    WorkerRegistry(wiring.engine).register()

    assert (before, worker()) == ("broken", "ok")


def test_a_look_that_fails_in_an_unknown_way_is_told_to_the_asker() -> None:
    def look() -> dict[str, HealthPart]:
        raise ZeroDivisionError

    probe = Probe(look)

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            probe.get_parts()


def test_a_delivery_is_accepted_though_the_database_dropped_its_connections_meanwhile(wiring: Wiring) -> None:
    client = build_application(wiring).test_client()
    clock = Clock()
    portal = DemoPortal(clock)
    document = portal.add_file("AML Policy 2026.docx", COMPLIANCE, by=ALICE.id)
    sender = Sender(portal, transport=lambda _: HttpAnswer(200))
    sender.register("http://localhost/docspace/webhook", secret=SECRET)

    statuses = []
    for _ in range(3):
        clock.advance(seconds=1)
        portal.save(document.id, by=ALICE.id)
        made = sender.request(sender.pending()[-1])
        statuses.append(client.post(made.url, data=made.body, headers=dict(made.headers)).status_code)
        drop_other_connections(wiring.engine)

    assert statuses == [202, 202, 202]


def drop_other_connections(engine: sa.Engine) -> None:
    others = "pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with engine.begin() as connection:
        connection.execute(sa.text(f"SELECT pg_terminate_backend(pid) FROM {others}"))  # noqa: S608 - ours
