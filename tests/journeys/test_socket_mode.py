"""Slack's requests come through Socket Mode to real processes: to one, to several, and through a proxy."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import requests

from tests.edge.connect_proxy import PASSWORD, run_proxy
from tests.edge.slack_links import Drop
from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import through_socket
from tests.edge.slack_socket import ACK_SECONDS, APP_TOKEN
from tests.journeys.installation import SERVE
from tests.journeys.processes import eventually
from tests.journeys.running_installation import (
    OLGA_IN_SLACK,
    assert_recorded_once,
    make_sqlite_address,
    run_installation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.databases import PostgresDatabases
    from tests.edge.slack_state import Json
    from tests.journeys.running_installation import RunningInstallation

SOCKET = {"SLACK_APP_TOKEN": APP_TOKEN, "SLACK_SIGNING_SECRET": None}


@contextmanager
def run_with_socket(
    database_url: str,
    folder: Path,
    *,
    names: Sequence[str] = SERVE,
    settings: dict[str, str | None] | None = None,
) -> Iterator[RunningInstallation]:
    """Open an installation whose people in Slack reach it through Socket Mode alone."""
    with run_installation(
        database_url, folder, names=names, settings={**SOCKET, **(settings or {})}
    ) as opened:
        side = SlackSide(opened.slack, "", through_socket(opened.slack.sockets))
        yield replace(opened, side=side)


def read_slack_health(opened: RunningInstallation) -> Json:
    part: Json = requests.get(f"{opened.product.url}/healthz", timeout=60).json()["parts"]["slack"]
    return part


def insist(opened: RunningInstallation, card: Json) -> None:
    """Click as a person does: where Slack shows that it failed, once more."""
    assert eventually(lambda: opened.click(OLGA_IN_SLACK, card) == 200)


def read_logs(folder: Path) -> str:
    return "".join(path.read_text() for path in (*folder.glob("*.err"), *folder.glob("*.out")))


def test_a_change_becomes_a_card_and_a_click_an_entry_without_a_door_for_slack(tmp_path: Path) -> None:
    with run_with_socket(make_sqlite_address(tmp_path), tmp_path) as opened:
        opened.slack.sockets.wait_for_links(1)
        file = opened.save("Policy.docx")
        card = opened.card("Policy.docx")
        opened.slack.sockets.drop(Drop.AFTER_REQUEST)
        insist(opened, card)

        opened.card("Policy.docx", "Reviewed by")
        [review] = opened.reviews(file)
        door = requests.post(f"{opened.product.url}/slack/events", data=b"{}", timeout=60)
        health = eventually(lambda: next((h for h in [read_slack_health(opened)] if h["connections"]), None))

    assert len(review["answers"]) == 1
    assert door.status_code == 404
    assert health == {"state": "ok", "connections": 1, "reason": ""}
    logs = read_logs(tmp_path)
    assert "slack_socket_open" in logs
    assert APP_TOKEN not in logs
    assert "ticket-" not in logs
    assert "thread_left_behind" not in logs


def test_a_worker_that_is_killed_leaves_what_comes_to_the_other(
    tmp_path: Path, postgres_databases: PostgresDatabases
) -> None:
    names = ("web", "worker", "worker-2")
    with run_with_socket(postgres_databases.new(), tmp_path, names=names) as opened:
        opened.slack.sockets.wait_for_links(2)
        files = [opened.save(f"Policy {number}.docx") for number in range(3)]
        cards = [opened.card(f"Policy {number}.docx") for number in range(3)]
        insist(opened, cards[0])

        opened.product.processes.kill("worker")
        opened.slack.sockets.wait_for_links(1)
        insist(opened, cards[1])
        opened.product.start_one("worker")
        opened.slack.sockets.wait_for_links(2)
        insist(opened, cards[2])

        assert [len(opened.reviews(file)[0]["answers"]) for file in files] == [1, 1, 1]
        eventually(lambda: read_slack_health(opened)["connections"] == 2)


def test_a_worker_that_is_killed_with_a_click_in_its_hands_leaves_one_answer(tmp_path: Path) -> None:
    with run_with_socket(make_sqlite_address(tmp_path), tmp_path, names=("web", "worker")) as opened:
        sockets = opened.slack.sockets
        sockets.wait_for_links(1)
        sockets.ack_seconds = ACK_SECONDS
        file = opened.save("Policy.docx")
        card = opened.card("Policy.docx")

        for moments in (sockets.envelopes, sockets.acknowledgements):
            before = len(moments)
            with ThreadPoolExecutor(1) as person:
                click = person.submit(opened.click, OLGA_IN_SLACK, card)
                opened.slack.wait_for(lambda: len(moments) > before, timeout=60)  # noqa: B023 - waited for here
                opened.product.processes.kill("worker")
                opened.product.start_one("worker")
                sockets.wait_for_links(1)
                click.result()
        insist(opened, card)

        opened.card("Policy.docx", "Reviewed by")
        [review] = opened.reviews(file)
        assert_recorded_once(opened, review["id"])


def test_a_proxy_with_a_password_is_the_way_to_slack(tmp_path: Path) -> None:
    with run_proxy() as proxy:
        settings: dict[str, str | None] = {"HTTPS_PROXY": proxy.address}
        with run_with_socket(make_sqlite_address(tmp_path), tmp_path, settings=settings) as opened:
            opened.slack.sockets.wait_for_links(1)
            opened.save("Policy.docx")
            insist(opened, opened.card("Policy.docx"))
            opened.card("Policy.docx", "Reviewed by")
            port = opened.slack.sockets.port

        assert proxy.asked == [f"127.0.0.1:{port}"]
    assert PASSWORD not in read_logs(tmp_path)


def test_a_proxy_that_refuses_is_named_without_its_password(tmp_path: Path) -> None:
    with run_proxy() as proxy:
        settings: dict[str, str | None] = {"HTTPS_PROXY": proxy.address.replace(PASSWORD, "wr0ng-password")}
        with run_with_socket(make_sqlite_address(tmp_path), tmp_path, settings=settings) as opened:
            health = eventually(
                lambda: next((h for h in [read_slack_health(opened)] if "proxy" in h["reason"]), None)
            )
            doctor = opened.product.run("doctor")

    assert health["connections"] == 0
    assert "the proxy refuses the connection (HTTP 407)" in health["reason"]
    assert "the proxy refuses the connection (HTTP 407)" in doctor.stdout
    assert "wr0ng-password" not in read_logs(tmp_path) + doctor.stdout
