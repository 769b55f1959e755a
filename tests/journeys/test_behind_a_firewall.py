"""One process without an inbound port: a change in DocSpace becomes a card in Slack, and a click an entry."""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import requests

from demo import BOB, COMPLIANCE
from tests.edge.slack_links import Drop
from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import through_socket
from tests.edge.slack_socket import APP_TOKEN
from tests.journeys.installation import release_database
from tests.journeys.listening_sockets import list_listening_addresses, list_listening_ports
from tests.journeys.processes import eventually
from tests.journeys.running_installation import (
    OLGA_IN_SLACK,
    assert_recorded_once,
    make_missing_sqlite_address,
    prepare_installation,
    read_text,
)
from tests.journeys.sweeps import wait_for_sweep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.databases import PostgresDatabases
    from tests.journeys.running_installation import RunningInstallation

NO_DOOR = {
    "INTAKE": "sweep",
    "SLACK_APP_TOKEN": APP_TOKEN,
    **dict.fromkeys(("DOCSPACE_WEBHOOK_SECRET", "SLACK_SIGNING_SECRET", "PUBLIC_URL", "SECRET_KEY")),
}
NEXT_SWEEP = 180.0
"""Seconds until the next sweep on a busy machine; it is due after a minute."""


@contextmanager
def open_behind_firewall(database_url: str, folder: Path, name: str) -> Iterator[RunningInstallation]:
    """Start one process, after the migration, without a secret of anyone who would call it."""
    with prepare_installation(database_url, folder, names=(name,), settings=NO_DOOR) as opened:
        try:
            release_database(opened.product)
            opened.product.start_one(name)
            opened.slack.sockets.wait_for_links(1)
            wait_for_sweep(opened.product)
            side = SlackSide(opened.slack, "", through_socket(opened.slack.sockets))
            yield replace(opened, side=side)
        finally:
            opened.product.kill()


def test_a_change_becomes_a_card_and_a_click_an_entry_though_no_port_is_open(tmp_path: Path) -> None:
    with open_behind_firewall(make_missing_sqlite_address(tmp_path), tmp_path, "worker") as opened:
        file = opened.portal.upload("Behind the firewall.docx", COMPLIANCE, by=BOB.id)
        card = opened.card(file.title, "Bob Chen", within=NEXT_SWEEP)
        for moment in Drop:
            opened.slack.sockets.drop(moment)
            opened.click(OLGA_IN_SLACK, card)
            opened.slack.sockets.wait_for_links(1)
        assert eventually(lambda: opened.click(OLGA_IN_SLACK, card) == 200)
        redrawn = opened.card(file.title, "Reviewed by")

        assert "late" not in read_text(card)
        assert redrawn["ts"] == card["ts"]
        assert list_listening_ports(opened.product.processes.list_ids("worker")) == []
        [review] = opened.reviews(file)
        assert (review["kind"], review["seen_late"]) == ("created", None)
        [event] = opened.events(file)
        assert event["found_in"] == "folder log"
        [answer] = review["answers"]
        assert (answer["decision"], answer["reviewer"]["slack_user"]) == ("acknowledge", OLGA_IN_SLACK)
        assert_recorded_once(opened, review["id"])
        assert opened.product.run("ledger", "verify").returncode == 0


def test_serve_has_a_page_of_health_on_this_machine_alone(
    tmp_path: Path, postgres_databases: PostgresDatabases
) -> None:
    with open_behind_firewall(postgres_databases.new(), tmp_path, "serve") as opened:
        file = opened.portal.upload("Behind the firewall.docx", COMPLIANCE, by=BOB.id)
        card = opened.card(file.title, "Bob Chen", within=NEXT_SWEEP)
        assert eventually(lambda: opened.click(OLGA_IN_SLACK, card) == 200)
        opened.card(file.title, "Reviewed by")
        [review] = opened.reviews(file)
        parts = eventually(lambda: _find_parts(opened.product.url))
        addresses = list_listening_addresses(opened.product.processes.list_ids("serve"))

        assert_recorded_once(opened, review["id"])
        assert addresses == [("127.0.0.1", opened.product.port)]
        assert parts["slack"] == {"state": "ok", "connections": 1, "reason": ""}
        assert parts["intake"]["state"] == "ok"


def _find_parts(url: str) -> dict[str, Any] | None:
    """Return the parts of the health once a heartbeat has reported the connection."""
    parts: dict[str, Any] = requests.get(f"{url}/healthz", timeout=60).json()["parts"]
    return parts if parts["slack"]["connections"] else None


def test_a_listening_socket_would_be_seen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert server.getsockname()[1] in list_listening_ports([os.getpid()])
