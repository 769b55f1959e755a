"""Every address of the web application is signed, or public on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runtime.settings import Settings
from runtime.web import application
from runtime.wiring import Wiring

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUTES = '[[route]]\nwatch = ["1"]\nowners = ["o@company.com"]\nnotify = ["slack:C1", "console"]\n'
SIGNED = {"/slack/events", "/ack/<token>"}
PUBLIC = {"/healthz", "/static/pages/<path:filename>"}


@pytest.fixture
def wiring(database_url: str) -> Iterator[Wiring]:
    values = {
        "database_url": database_url,
        "routes": ROUTES,
        "secret_key": "k" * 32,
        "docspace_webhook_secret": "Compl1ance!",
        "slack_bot_token": "xoxb-1",
        "slack_signing_secret": "s",
    }
    wiring = Wiring(Settings.model_validate(values))
    yield wiring
    wiring.engine.dispose()


def test_no_address_is_neither_signed_nor_declared_public(wiring: Wiring) -> None:
    app = application(wiring)

    assert {rule.rule for rule in app.url_map.iter_rules()} == SIGNED | PUBLIC


@pytest.mark.parametrize("address", ["/docspace/webhook", "/slack/events", "/ack/anything"])
def test_what_is_signed_refuses_what_is_not(wiring: Wiring, address: str) -> None:
    client = application(wiring).test_client()

    answer = client.post(address, data=b"{}")

    assert answer.status_code in {401, 404}


def test_health_names_each_part(wiring: Wiring) -> None:
    answer = application(wiring).test_client().get("/healthz")

    assert answer.status_code == 503
    assert {name: part["state"] for name, part in answer.get_json()["parts"].items()} == {
        "database": "ok",
        "migrations": "ok",
        "worker": "broken",
        "backlog": "ok",
        "dead_letters": "ok",
    }
