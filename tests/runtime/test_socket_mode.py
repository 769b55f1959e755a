"""Socket Mode in an installation: its settings, the state of its connections, doctor, alarm and manifest."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from reviews.cards.card_drawing import draw_card
from runtime.cli import cli
from runtime.settings.settings import UnusableSettings, parse_settings
from runtime.web.application import build_application
from runtime.wiring.wiring import Wiring
from runtime.worker.slack_conditions import slack_connection
from runtime.worker.worker import Worker
from store.migrate import migrate
from store.schema import workers
from store.workers import WorkerRegistry
from tests.edge.fake_slack import FakeSlack
from tests.edge.slack_manifest import complaints
from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import through_socket
from tests.edge.slack_socket import APP_TOKEN
from tests.journeys.processes import eventually
from tests.keys import SECRET_KEY
from tests.reviews.samples import OWNER, START, review
from tests.store.roll import be_silent

if TYPE_CHECKING:
    from collections.abc import Iterator

OTHER_TOKEN = APP_TOKEN.replace("A0FAKEAPP", "A0OTHER")
ROUTES = f'[[route]]\nname = "compliance"\nwatch = ["1"]\nowners = ["{OWNER}"]\nnotify = ["slack:C1"]\n'


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        fake.add_person("U1", "Dana Ozola", OWNER)
        fake.add_channel("C1")
        yield fake


def make_settings(slack: FakeSlack, database_url: str, **more: str) -> dict[str, str]:
    return {
        "database_url": database_url,
        "routes": ROUTES,
        "docspace_webhook_secret": "Compl1ance!",
        "docspace_api_host": "http://127.0.0.1:9",
        "docspace_api_key": "sk-1",
        "slack_bot_token": slack.token,
        "slack_app_token": APP_TOKEN,
        "slack_api_url": slack.api_url,
        "sweep_minutes": "0",
        **more,
    }


@pytest.fixture
def wiring(slack: FakeSlack, database_url: str) -> Iterator[Wiring]:
    made = Wiring(parse_settings(make_settings(slack, database_url)))
    migrate(made.engine)
    yield made
    made.engine.dispose()
    made.request_engine.dispose()


def read_part(wiring: Wiring) -> dict[str, Any]:
    part: dict[str, Any] = wiring.build_health(None).check_parts()["slack"]
    return part


@pytest.mark.parametrize(
    ("name", "token", "words"),
    [
        ("slack_app_token", "xoxb-1-2", "SLACK_APP_TOKEN: holds a bot token"),
        ("slack_app_token", "a-signing-secret", "SLACK_APP_TOKEN: is no app-level token"),
        ("slack_bot_token", APP_TOKEN, "SLACK_BOT_TOKEN: holds an app-level token"),
    ],
)
def test_tokens_in_each_others_place_are_refused(name: str, token: str, words: str) -> None:
    with pytest.raises(UnusableSettings, match=words) as refusal:
        parse_settings({name: token})

    assert token not in str(refusal.value)


def test_there_is_no_door_by_http_and_no_signing_secret_is_asked_for(wiring: Wiring) -> None:
    client = build_application(wiring).test_client()

    assert client.post("/slack/events", data=b"{}").status_code == 404


def test_a_worker_is_connected_and_answers(slack: FakeSlack, wiring: Wiring) -> None:
    with wiring.transactions() as work:
        work.reviews.add(review())
        work.commit()
    worker = Worker(wiring)
    worker.start()
    try:
        slack.sockets.wait_for_links(1)
        side = SlackSide(slack, "", through_socket(slack.sockets))
        assert "Waiting for review" in side.slash("U1", "/reviews", "pending", "C1").text
        eventually(lambda: read_part(wiring) == {"state": "ok", "connections": 1, "reason": ""})
    finally:
        worker.stop()
    slack.sockets.wait_for_links(0)
    assert read_part(wiring)["connections"] == 0


def test_the_state_of_connections_is_that_of_the_workers_heartbeats(wiring: Wiring) -> None:
    roll = WorkerRegistry(wiring.engine)
    one, other = roll.register(), roll.register()
    assert read_part(wiring) == {
        "state": "late",
        "connections": 0,
        "reason": "no worker connects to Slack",
    }

    roll.record_heartbeat(one, slack_reason="Slack can't be reached")
    assert read_part(wiring)["state"] == "late"
    roll.record_heartbeat(other, slack_reason="")
    assert read_part(wiring) == {"state": "ok", "connections": 1, "reason": "Slack can't be reached"}

    be_silent(roll, seconds=61)
    roll.record_heartbeat(one, slack_reason="Slack can't be reached")
    assert read_part(wiring)["state"] in {"late", "attention"}


def test_operators_hear_of_it_once_no_worker_was_connected_for_five_minutes(wiring: Wiring) -> None:
    roll = WorkerRegistry(wiring.engine)
    name = roll.register()
    roll.record_heartbeat(name, slack_reason="")
    assert list(slack_connection(wiring, START)) == []

    age_connections(wiring, minutes=4)
    roll.record_heartbeat(name, slack_reason="Socket Mode is switched off in the app")
    assert list(slack_connection(wiring, START)) == []
    age_connections(wiring, minutes=2)

    [condition] = slack_connection(wiring, START)
    assert condition.sentence == (
        "No worker has been connected to Slack for 6 min: Socket Mode is switched off in the app. Clicks "
        "and commands there fail"
    )
    assert read_part(wiring)["state"] == "attention"
    roll.record_heartbeat(name, slack_reason="")
    assert list(slack_connection(wiring, START)) == []


def age_connections(wiring: Wiring, *, minutes: float) -> None:
    """Move the time at which a connection was last open into the past."""
    with wiring.engine.begin() as connection:
        for row in connection.execute(workers.select()).all():
            older = row.slack_open_at - timedelta(minutes=minutes)
            connection.execute(workers.update().where(workers.c.id == row.id).values(slack_open_at=older))


def examine(slack: FakeSlack, database_url: str, **more: str) -> list[dict[str, Any]]:
    environment = {name.upper(): value for name, value in make_settings(slack, database_url, **more).items()}
    done = CliRunner().invoke(cli, ["doctor", "--json"], env=environment)
    findings: list[dict[str, Any]] = json.loads(done.stdout)
    return findings


def find(findings: list[dict[str, Any]], about: str) -> list[tuple[str, str]]:
    return [(each["standing"], each["says"]) for each in findings if each["about"] == about]


def test_the_doctor_knows_the_mode(slack: FakeSlack, wiring: Wiring, database_url: str) -> None:
    WorkerRegistry(wiring.engine).record_heartbeat(WorkerRegistry(wiring.engine).register(), slack_reason="")

    findings = examine(slack, database_url)

    assert find(findings, "slack socket mode") == [
        ("ok", "Slack accepts SLACK_APP_TOKEN"),
        ("ok", "one worker is connected"),
    ]
    [public_url] = find(findings, "setting PUBLIC_URL")
    assert public_url[0] == "ok"
    assert find(findings, "setting SLACK_SIGNING_SECRET") == []


@pytest.mark.parametrize(
    ("token", "switched_off", "words"),
    [
        ("xapp-1-A0FAKEAPP-1-x", "", "Slack refuses SLACK_APP_TOKEN (invalid_auth)"),
        (APP_TOKEN, "error", "Socket Mode is switched off in the app"),
        (APP_TOKEN, "warning", "Slack says: [WARN] Socket Mode is not turned on."),
        (OTHER_TOKEN, "", "SLACK_APP_TOKEN belongs to the app A0OTHER"),
    ],
)
@pytest.mark.usefixtures("wiring")  # the database
def test_the_doctor_says_what_is_wrong_with_the_token(
    slack: FakeSlack, database_url: str, token: str, switched_off: str, words: str
) -> None:
    slack.sockets.switched_off = switched_off
    if token == OTHER_TOKEN:
        slack.sockets.app_token = token

    findings = examine(slack, database_url, slack_app_token=token)

    problems = [each for each in findings if each["about"] == "slack socket mode" and words in each["says"]]
    assert problems
    assert problems[0]["standing"] in {"error", "warning"}
    assert problems[0]["do"]


@pytest.mark.usefixtures("wiring")  # the database
def test_a_signing_secret_beside_the_token_is_said_to_be_unused(slack: FakeSlack, database_url: str) -> None:
    findings = examine(slack, database_url, slack_signing_secret="s" * 32)

    assert [standing for standing, _ in find(findings, "setting SLACK_SIGNING_SECRET")] == ["warning"]


@pytest.mark.parametrize("more", [["--socket"], []])
def test_the_manifest_for_socket_mode_names_no_address_and_needs_none(more: list[str]) -> None:
    environment = {"ROUTES": ROUTES, "SLACK_APP_TOKEN": "" if more else APP_TOKEN, "PUBLIC_URL": ""}

    done = CliRunner().invoke(cli, ["slack", "manifest", *more], env=environment)

    manifest = json.loads(done.stdout)
    assert complaints(manifest) == []
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert "url" not in done.stdout


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"secret_key": SECRET_KEY}, True),
        ({"secret_key": SECRET_KEY, "slack_app_token": APP_TOKEN}, False),
        (
            {
                "secret_key": SECRET_KEY,
                "slack_app_token": APP_TOKEN,
                "public_url": "https://reviews.example.com",
            },
            True,
        ),
        ({"public_url": "https://reviews.example.com"}, False),
    ],
)
def test_cards_link_to_pages_only_where_people_reach_them(
    settings: dict[str, str], *, expected: bool
) -> None:
    wiring = Wiring(parse_settings({"routes": ROUTES, "slack_bot_token": "xoxb-1", **settings}))

    assert wiring.settings.has_reachable_pages is expected
    assert bool(wiring._find_page(draw_card(review()))) is expected  # noqa: SLF001 - the rule where it is applied
    assert bool(wiring.commands.make_sign_in_address) is expected


@pytest.mark.usefixtures("wiring")  # the database
def test_a_ledger_that_is_named_after_this_machine_is_a_warning(slack: FakeSlack, database_url: str) -> None:
    key = "a-key-of-the-ledger-as-a-platform-makes-it"

    [(standing, sentence)] = find(examine(slack, database_url, ledger_key=key), "setting LEDGER_ORIGIN")
    named = examine(slack, database_url, ledger_key=key, ledger_origin="example.com/reviews")

    assert standing == "warning"
    assert "called 127.0.0.1" in sentence
    assert find(named, "setting LEDGER_ORIGIN") == []
