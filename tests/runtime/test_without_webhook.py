"""An installation with INTAKE=sweep: no receiver, no secret, and each part says how changes come in."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from demo import COMPLIANCE, DemoPortal, run_portal
from demo.faults import Fault
from reviews.kinds import EventState
from reviews.monitoring.canaries import CANARY_ID_PREFIX
from runtime.cli import cli
from runtime.settings.settings import UnusableSettings, parse_settings
from runtime.web.application import build_application
from runtime.wiring.databases import get_utc_time
from runtime.wiring.wiring import Wiring
from runtime.worker.canary_rounds import CanaryRounds
from runtime.worker.conditions import gather_conditions
from runtime.worker.worker import SWEEP_SECONDS_WITHOUT_WEBHOOK, Worker
from store.webhook_watch import WebhookWatch
from tests.keys import SECRET_KEY
from tests.reviews.samples import START
from tests.runtime.command import run_command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import SqliteDatabases

ROUTES = (
    f'[[route]]\nname = "compliance"\nwatch = ["{COMPLIANCE}"]\nowners = ["o@company.com"]\n'
    'notify = ["console"]\ncanary = "6h"\nidentity = "link"\nsegregation_of_duties = "off"\n'
)
RECEIVER = "/docspace/webhook"


@pytest.fixture
def wiring(database_url: str) -> Iterator[Wiring]:
    values = {
        "database_url": database_url,
        "routes": ROUTES,
        "intake": "sweep",
        "secret_key": SECRET_KEY,
        "docspace_api_host": "http://127.0.0.1:9",
        "docspace_api_key": "sk-1",
    }
    made = Wiring(parse_settings(values))
    yield made
    made.engine.dispose()


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", [RECEIVER, f"{RECEIVER}/"])
def test_the_address_of_the_receiver_is_not_there(wiring: Wiring, method: str, path: str) -> None:
    client = build_application(wiring).test_client()

    assert client.open(path, method=method, data=b"{}").status_code == 404


def test_health_says_how_changes_come_in_and_why_they_do_not(wiring: Wiring) -> None:
    health = wiring.build_health(None)
    with wiring.transactions() as work:
        work.baselines.save_start(str(COMPLIANCE), 0, finished_at=START)
        work.commit()
    before = health.check_parts()
    with wiring.transactions() as work:
        work.baselines.watch([str(COMPLIANCE)])
        work.baselines.mark_swept(str(COMPLIANCE), swept_to=get_utc_time())
        work.commit()
    swept = health.check_parts()["intake"]
    with wiring.transactions() as work:
        work.baselines.mark_stopped(str(COMPLIANCE), "DocSpace rejects the API key")
        work.commit()

    assert "webhook" not in before
    assert before["intake"] == {"state": "unknown", "mode": "sweep", "interval_seconds": 60}
    assert swept == {"state": "ok", "mode": "sweep", "interval_seconds": 60}
    stopped = health.check_parts()["intake"]
    assert (stopped["state"], stopped["reason"]) == ("attention", "DocSpace rejects the API key")


def test_the_webhook_is_no_alarm_and_a_folder_that_is_not_swept_is_one_soon(wiring: Wiring) -> None:
    WebhookWatch(wiring.engine).record_check("disabled", "DocSpace disabled it", last_success=START)
    now = wiring.clock()
    with wiring.transactions() as work:
        work.baselines.watch([str(COMPLIANCE)])
        work.baselines.save_start(str(COMPLIANCE), 0, finished_at=now)
        work.baselines.mark_swept(str(COMPLIANCE), swept_to=now)
        work.baselines.mark_stopped(str(COMPLIANCE), "DocSpace rejects the API key")
        work.commit()

    soon = gather_conditions(wiring, now + timedelta(minutes=15))
    later = gather_conditions(wiring, now + timedelta(minutes=25))

    assert [each.key for each in soon] == []
    [alarm] = later
    assert alarm.key == f"incomplete:{COMPLIANCE}"
    assert "could not be checked for changes since" in alarm.sentence
    assert "DocSpace rejects the API key" in alarm.sentence


def test_a_canary_begins_in_the_database(wiring: Wiring) -> None:
    CanaryRounds(wiring).send_due()

    with wiring.transactions(reading=True) as work:
        [stored] = work.events.list_recent(10)
    assert stored.event.file_id.startswith(CANARY_ID_PREFIX)
    assert stored.state is EventState.RECEIVED
    assert wiring.build_worker_intake(lambda _seconds: False).process(stored.id) is None
    assert wiring.canaries.list_overdue(wiring.clock()) == []


def test_a_canary_by_hand_says_what_it_does_not_test(sqlite_databases: SqliteDatabases) -> None:
    done = run_command(
        ["canary", "--wait", "0"],
        DATABASE_URL=sqlite_databases.new(),
        ROUTES=ROUTES,
        INTAKE="sweep",
        SECRET_KEY=SECRET_KEY,
    )

    assert "UTC into the database\n" in done.out
    assert "what comes from DocSpace is not part of it" in done.out
    assert "PUBLIC_URL" not in done.out + done.err


@pytest.mark.parametrize("command", ["register", "status"])
def test_commands_for_the_webhook_say_that_there_is_none(
    sqlite_databases: SqliteDatabases, command: str
) -> None:
    done = run_command(
        ["webhook", command],
        DATABASE_URL=sqlite_databases.new(),
        ROUTES=ROUTES,
        INTAKE="sweep",
        PUBLIC_URL="https://reviews.company.com",
    )

    assert done.code == 2
    assert "INTAKE: is sweep, which uses no webhook" in done.err


def test_a_worker_makes_no_rounds_for_the_webhook_and_looks_often_for_due_folders(wiring: Wiring) -> None:
    rounds = {each.name: each for each in Worker(wiring).build_rounds()}

    assert "webhook" not in rounds
    assert SWEEP_SECONDS_WITHOUT_WEBHOOK <= 2.0


def test_a_worker_needs_the_secret_for_canaries_only_with_a_webhook(database_url: str) -> None:
    with_webhook = Wiring(parse_settings({"database_url": database_url, "routes": ROUTES}))
    try:
        with pytest.raises(UnusableSettings, match="DOCSPACE_WEBHOOK_SECRET"):
            CanaryRounds(with_webhook)
    finally:
        with_webhook.engine.dispose()


def test_doctor_says_how_changes_are_found_and_asks_for_no_webhook(sqlite_databases: SqliteDatabases) -> None:
    portal = DemoPortal(get_utc_time)
    settings = {"INTAKE": "sweep", "DOCSPACE_WEBHOOK_SECRET": "", "ROUTES": ROUTES}
    with run_portal(portal) as address:
        settings |= {"DOCSPACE_API_HOST": address, "DOCSPACE_API_KEY": portal.api_key}
        findings = examine(sqlite_databases, settings)
        portal.faults.add(Fault(path=f"/folder/{COMPLIANCE}/log", status=403), count=None)
        refused = examine(sqlite_databases, settings)

    assert findings["intake"]["standing"] == "ok"
    assert "every minute" in findings["intake"]["says"]
    assert not {"webhook", "webhook owner", "setting DOCSPACE_WEBHOOK_SECRET", "PUBLIC_URL"} & findings.keys()
    rights = refused[f"rights in folder {COMPLIANCE}"]
    assert rights["standing"] == "warning"
    assert "found in its listing alone" in rights["says"]


def examine(databases: SqliteDatabases, settings: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Run the doctor; return what it found, by what it is about."""
    environment = {"DATABASE_URL": databases.new(), "SECRET_KEY": SECRET_KEY, **settings}
    done = run_command(["doctor", "--json"], cli, **environment)
    return {each["about"]: each for each in json.loads(done.out)}
