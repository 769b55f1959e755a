"""Canaries are sent as DocSpace sends, at their times, and what keeps one from arriving is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.monitoring.canaries import OVERDUE_AFTER
from runtime.settings.settings import Settings, UnusableSettings, parse_settings
from runtime.wiring.databases import get_utc_time
from runtime.wiring.wiring import Wiring
from runtime.worker.canary_rounds import CanaryRounds
from runtime.worker.conditions import gather_conditions
from runtime.worker.rounds import ItemsFailed
from tests.databases import ON_SQLITE
from tests.edge.http_sink import UNREACHABLE, HttpSink
from tests.runtime.command import run_command
from webhook.canary import CanaryRejected, build_body, send
from webhook.payload import parse
from webhook.signature import is_genuine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import SqliteDatabases

SECRET = "Compl1ance!Review2026"
AT = datetime(2026, 3, 9, 14, 5, 12, 345_678, tzinfo=UTC)
ROUTES = """
[[route]]
name = "compliance"
watch = ["1"]
owners = ["o@company.com"]
notify = ["console"]
canary = "6h"
"""

TWO_ROUTES = ROUTES + ROUTES.replace("compliance", "legal").replace('"1"', '"2"')

REFUSES_ONE = """
CREATE TRIGGER refuses BEFORE INSERT ON canaries WHEN NEW.route = 'compliance'
BEGIN SELECT RAISE(ABORT, 'refused'); END
"""

REFUSES_A_REASON = """
CREATE TRIGGER refuses BEFORE UPDATE OF trouble ON canaries BEGIN SELECT RAISE(ABORT, 'refused'); END
"""


@pytest.fixture
def sink() -> Iterator[HttpSink]:
    with HttpSink(status=202) as far:
        yield far


@pytest.fixture
def wiring(database_url: str, sink: HttpSink) -> Iterator[Wiring]:
    made = Wiring(settings(database_url, f"http://{sink.place}"))
    yield made
    made.engine.dispose()


def settings(database_url: str, address: str, *, routes: str = ROUTES) -> Settings:
    values = {
        "database_url": database_url,
        "routes": routes,
        "docspace_webhook_secret": SECRET,
        "public_url": address,
    }
    return parse_settings(values)


def test_a_test_is_signed_and_read_like_any_body_of_docspace(sink: HttpSink) -> None:
    send(f"http://{sink.place}", build_body("c1", "nonce", AT), SECRET)

    [request] = sink.sent
    assert request.path == "/docspace/webhook"
    assert is_genuine(request.body, request.headers["x-docspace-signature-256"], [SECRET])
    event = parse(request.body)
    assert (event.trigger, event.file_id, event.parent_id) == ("canary.sent", "canary:c1", "nonce")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "it has a different DOCSPACE_WEBHOOK_SECRET"),
        (404, "docspace-review does not answer there"),
        (301, "DocSpace does not follow"),
        (503, "can't write to its database"),
        (418, "answered 418"),
    ],
)
def test_what_the_address_answers_is_said_with_what_to_do(sink: HttpSink, status: int, words: str) -> None:
    sink.status, sink.headers = status, {"Location": "https://elsewhere.example/"}

    with pytest.raises(CanaryRejected, match=words):
        send(f"http://{sink.place}", build_body("c1", "nonce", AT), SECRET)
    assert len(sink.sent) == 1


def test_an_address_that_speaks_no_tls_or_not_at_all_is_said(sink: HttpSink) -> None:
    sent = build_body("c1", "nonce", AT)

    with pytest.raises(CanaryRejected, match="certificate is not valid"):
        send(f"https://{sink.place}", sent, SECRET)
    with pytest.raises(CanaryRejected, match="can't be reached"):
        send(f"http://{UNREACHABLE}", sent, SECRET)


def test_of_each_time_of_a_route_there_is_one_test_however_many_workers(
    wiring: Wiring, sink: HttpSink
) -> None:
    workers = [CanaryRounds(wiring), CanaryRounds(wiring)]

    for worker in workers * 2:
        worker.send_due()

    assert len(sink.sent) == 1


def test_a_test_that_was_not_taken_is_sent_again_and_is_the_same(wiring: Wiring, sink: HttpSink) -> None:
    rounds, sink.status = CanaryRounds(wiring), 503
    rounds.send_due()
    sink.status = 202
    rounds.send_due()
    rounds.send_due()

    first, second = sink.sent
    assert first.body == second.body


@ON_SQLITE
def test_a_test_that_can_not_be_made_holds_up_none_of_another_route(
    database_url: str, sink: HttpSink
) -> None:
    rounds = CanaryRounds(wired := Wiring(settings(database_url, f"http://{sink.place}", routes=TWO_ROUTES)))
    with wired.engine.begin() as connection:
        connection.execute(sa.text(REFUSES_ONE))

    with pytest.raises(ItemsFailed, match="canary of the route compliance"):
        rounds.send_due()

    assert len(sink.sent) == 1
    wired.engine.dispose()


@ON_SQLITE
def test_tests_that_fail_at_once_are_named_one_by_one(database_url: str, sink: HttpSink) -> None:
    rounds = CanaryRounds(wired := Wiring(settings(database_url, f"http://{sink.place}", routes=TWO_ROUTES)))
    sink.status = 503
    with wired.engine.begin() as connection:
        connection.execute(sa.text(REFUSES_A_REASON))

    with pytest.raises(ItemsFailed, match=r"^2 failed, among them canary \S+ \(.*, canary \S+ \("):
        rounds.send_due()

    wired.engine.dispose()


def test_a_test_that_does_not_come_back_is_a_condition_that_names_its_legs(wiring: Wiring) -> None:
    CanaryRounds(wiring).send_due()
    assert gather_conditions(wiring, get_utc_time()) == []

    [condition] = gather_conditions(wiring, get_utc_time() + OVERDUE_AFTER)

    assert condition.key == "canary:compliance"
    assert condition.sentence.startswith("the canary of the route compliance, sent at ")
    assert "it was not received: nothing of it has arrived" in condition.sentence


def test_without_an_outside_address_the_condition_says_so(database_url: str) -> None:
    wiring = Wiring(replace(settings(database_url, ""), port=1))
    CanaryRounds(wiring).send_due()

    [condition] = gather_conditions(wiring, get_utc_time() + OVERDUE_AFTER + timedelta(seconds=1))

    assert "PUBLIC_URL is not set, so it was sent to http://127.0.0.1:1" in condition.sentence
    assert "can't be reached" in condition.sentence
    wiring.engine.dispose()


def canary(sqlite_databases: SqliteDatabases, *words: str, routes: str = ROUTES) -> tuple[int, str]:
    done = run_command(
        ["canary", *words],
        DATABASE_URL=sqlite_databases.new(),
        ROUTES=routes,
        DOCSPACE_WEBHOOK_SECRET=SECRET,
        PUBLIC_URL=f"http://{UNREACHABLE}",
    )
    return done.code, done.err


def test_a_route_that_is_none_and_one_that_tells_no_one_are_refused(
    sqlite_databases: SqliteDatabases,
) -> None:
    assert canary(sqlite_databases, "--route", "x") == (
        2,
        "docspace-review: there is no route 'x'; there are compliance\n",
    )
    code, output = canary(sqlite_databases, routes=ROUTES.replace('"console"', '"comment"'))
    assert (code, "nothing to test" in output) == (2, True)


def test_a_test_that_can_not_be_sent_ends_at_once_with_the_leg_and_the_reason(
    sqlite_databases: SqliteDatabases,
) -> None:
    code, output = canary(sqlite_databases, "--wait", "60")

    assert code == 1
    assert "The test did not arrive: it was not received: http://127.0.0.1:" in output


def test_a_worker_without_the_secret_says_so_before_it_starts(database_url: str) -> None:
    bare = Wiring(parse_settings({"database_url": database_url, "routes": ROUTES}))
    try:
        with pytest.raises(UnusableSettings, match="DOCSPACE_WEBHOOK_SECRET"):
            CanaryRounds(bare)
    finally:
        bare.engine.dispose()
