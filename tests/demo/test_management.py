from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from demo import BOB, COMPLIANCE, DemoPortal, PortalWebhook, Sender, run_portal
from demo.wire_format import SUBSCRIBED, make_trigger_mask
from tests.demo import calls
from tests.demo.conftest import SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import requests

    from tests.demo.receiver import Receiver


@pytest.fixture
def call(portal: DemoPortal, sender: Sender) -> Iterator[Callable[..., requests.Response]]:
    with run_portal(portal, sender) as address:

        def call(method: str, path: str, **sent: Any) -> requests.Response:
            return calls.call(
                address, f"/settings{path}", key=portal.api_key, method=method, json=sent or None
            )

        yield call


def test_a_webhook_is_created_listed_changed_and_deleted(call: Any, receiver: Receiver) -> None:
    bits = make_trigger_mask(SUBSCRIBED)
    wanted = {
        "name": "reviews", "uri": receiver.url, "secretKey": SECRET, "triggers": bits, "enabled": True,
    }  # fmt: skip

    created = call("POST", "/webhook", **wanted).json()["response"]
    call("PUT", "/webhook", **{**wanted, "id": created["id"], "secretKey": "", "triggers": 512})
    (listed,) = call("GET", "/webhook").json()["response"]
    call("DELETE", f"/webhook/{created['id']}")

    assert (created["uri"], created["triggers"], created["enabled"]) == (receiver.url, bits, True)
    assert SECRET not in json.dumps(created)
    assert (listed["configs"]["triggers"], listed["status"]) == (512, 0)
    assert call("GET", "/webhook").json()["response"] == []


def test_a_receiver_without_head_cannot_be_registered(call: Any, receiver: Receiver) -> None:
    receiver.statuses = [405]

    refused = call("POST", "/webhook", name="reviews", uri=receiver.url, secretKey=SECRET, triggers=512)

    assert refused.status_code == 400
    assert refused.json()["error"]["message"].startswith("Webhook URL is not available")


def test_a_disabled_webhook_is_not_queued_until_enabled(
    call: Any, portal: DemoPortal, sender: Sender, webhook: PortalWebhook
) -> None:
    change = {"id": webhook.id, "name": webhook.name, "uri": webhook.url}
    call("PUT", "/webhook/enable", enabled=False, **change)
    portal.create_file("A.docx", COMPLIANCE, by=BOB.id)
    assert sender.pending() == []

    call("PUT", "/webhook/enable", enabled=True, **change)
    portal.create_file("B.docx", COMPLIANCE, by=BOB.id)

    assert len(sender.pending()) == 1


def test_the_log_gives_missed_payloads_by_status_group_and_retries_them(
    call: Any, portal: DemoPortal, sender: Sender, receiver: Receiver, webhook: PortalWebhook
) -> None:
    for title in ("Failed.docx", "Delivered.docx", "Lost.docx"):
        portal.create_file(title, COMPLIANCE, by=BOB.id)
        receiver.statuses = [503] * 6 if title == "Failed.docx" else []
        if title == "Lost.docx":
            sender.lose_queue()
        sender.flush()

    body = call("GET", f"/webhooks/log?configId={webhook.id}&groupStatus=29").json()
    retried = call("PUT", f"/webhook/{body['response'][0]['id']}/retry").json()["response"]

    assert [row["status"] for row in body["response"]] == [0, 503]
    titles = [json.loads(row["requestPayload"])["payload"]["title"] for row in body["response"]]
    assert titles == ["Lost.docx", "Failed.docx"]
    assert body["total"] == 2
    assert retried["status"] == 0
    assert retried["id"] not in {row["id"] for row in body["response"]}
    assert sender.flush()[0].delivered


def test_the_triggers_are_listed_with_a_star_first(call: Any) -> None:
    listed = call("GET", "/webhook/triggers").json()["response"]

    assert listed[0] == {"name": "*", "id": 0, "available": True}
    assert len(listed) == 37


def test_an_unknown_webhook_is_missing_and_an_incomplete_one_refused(call: Any) -> None:
    assert call("DELETE", "/webhook/1").status_code == 404
    assert call("POST", "/webhook", name="reviews").status_code == 400
