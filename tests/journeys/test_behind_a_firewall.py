"""One process without an inbound port: a change in DocSpace becomes a card in Slack."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from demo import BOB, COMPLIANCE
from tests.journeys.installation import release_database
from tests.journeys.listening_sockets import list_listening_ports
from tests.journeys.running_installation import (
    make_missing_sqlite_address,
    prepare_installation,
    read_text,
)
from tests.journeys.sweeps import wait_for_sweep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.journeys.running_installation import RunningInstallation

WITHOUT_RECEIVER = {"INTAKE": "sweep", "DOCSPACE_WEBHOOK_SECRET": None, "PUBLIC_URL": None}
NEXT_SWEEP = 180.0
"""Seconds until the next sweep on a busy machine; it is due after a minute."""


@pytest.fixture
def firewalled(tmp_path: Path) -> Iterator[RunningInstallation]:
    """A worker alone, after the migration: no web process, no webhook and no secret of one."""
    with prepare_installation(
        make_missing_sqlite_address(tmp_path), tmp_path, names=("worker",), settings=WITHOUT_RECEIVER
    ) as opened:
        try:
            release_database(opened.product)
            opened.product.start_one("worker")
            yield opened
        finally:
            opened.product.kill()


def test_a_change_becomes_a_card_though_no_port_is_open(firewalled: RunningInstallation) -> None:
    wait_for_sweep(firewalled.product)
    file = firewalled.portal.upload("Behind the firewall.docx", COMPLIANCE, by=BOB.id)

    card = firewalled.card(file.title, "Bob Chen", within=NEXT_SWEEP)

    assert "late" not in read_text(card)
    assert list_listening_ports(firewalled.product.processes.list_ids("worker")) == []
    [review] = firewalled.reviews(file)
    assert (review["kind"], review["seen_late"]) == ("created", None)
    [event] = firewalled.events(file)
    assert event["found_in"] == "folder log"


def test_a_listening_socket_would_be_seen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert server.getsockname()[1] in list_listening_ports([os.getpid()])
