from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest

from demo import (
    ALICE,
    BOB,
    COMPLIANCE,
    DemoPortal,
    NotFoundError,
    PortalWebhook,
    Sender,
    run_sender,
    signature,
)
from tests.demo.conftest import SECRET

if TYPE_CHECKING:
    from demo import PortalFile
    from tests.demo.receiver import Receiver
    from tests.reviews.samples import Clock


@pytest.fixture
def policy(portal: DemoPortal) -> PortalFile:
    return portal.add_file("Политика <AML> & v2+.docx", COMPLIANCE, by=ALICE.id)


@pytest.mark.usefixtures("webhook")
def test_a_delivery_is_signed_and_carries_no_other_headers(
    portal: DemoPortal, sender: Sender, receiver: Receiver, policy: PortalFile
) -> None:
    portal.save(policy.id, by=BOB.id)

    (outcome,) = sender.flush()

    (post,) = receiver.posts
    headers = dict(post.headers)
    assert outcome.delivered
    assert set(headers) == {"Host", "Accept", "x-docspace-signature-256", "Content-Type", "Content-Length"}
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["x-docspace-signature-256"] == signature(SECRET, post.body)
    assert post.body.isascii()
    assert json.loads(post.body)["payload"]["title"] == policy.title


@pytest.mark.usefixtures("webhook")
def test_the_envelope_has_its_members_in_the_order_of_the_capture(
    portal: DemoPortal, sender: Sender, receiver: Receiver, policy: PortalFile
) -> None:
    portal.save(policy.id, by=BOB.id)
    sender.flush()

    (body,) = receiver.bodies
    assert list(body) == ["event", "payload", "webhook"]
    assert list(body["event"]) == ["id", "createOn", "createBy", "trigger", "triggerId"]
    assert list(body["webhook"]) == ["id", "name", "url", "triggers"]
    assert body["event"] | {"id": 0} == {
        "id": 0,
        "createOn": "2026-03-09T14:05:12Z",
        "createBy": BOB.id,
        "trigger": "file.updated",
        "triggerId": 512,
    }


@pytest.mark.usefixtures("webhook")
def test_the_newer_generation_adds_two_headers(
    portal: DemoPortal, sender: Sender, receiver: Receiver, policy: PortalFile
) -> None:
    portal.generation = "v1"
    portal.save(policy.id, by=BOB.id)
    sender.flush()

    headers = dict(receiver.posts[0].headers)
    assert headers["x-docspace-event-id"] == str(receiver.bodies[0]["event"]["id"])
    assert headers["x-docspace-event-timestamp"] == "2026-03-09T14:05:12Z"


@pytest.mark.usefixtures("webhook")
def test_retries_change_the_body_and_keep_the_event_id(
    portal: DemoPortal, sender: Sender, receiver: Receiver, policy: PortalFile
) -> None:
    portal.save(policy.id, by=BOB.id)
    receiver.statuses = [503, 401, 302, 0, 404]

    (outcome,) = sender.flush()

    sent = receiver.bodies
    assert (outcome.status, outcome.attempts) == (200, 6)
    assert len({post.body for post in receiver.posts}) == 6
    assert len({body["event"]["id"] for body in sent}) == 1
    assert [body["webhook"].get("retryCount") for body in sent] == [None, 1, 2, 3, 4, 5]
    assert list(sent[1]["webhook"])[4:] == ["lastFailureOn", "lastFailureContent", "retryCount", "retryOn"]
    assert sent[1]["webhook"]["lastFailureContent"].endswith("503 (Service Unavailable).")
    assert all(
        dict(post.headers)["x-docspace-signature-256"] == signature(SECRET, post.body)
        for post in receiver.posts
    )
    assert {post.path for post in receiver.posts} == {"/docspace/webhook"}


@pytest.mark.usefixtures("webhook")
def test_a_retry_after_an_earlier_success_says_when_that_was(
    portal: DemoPortal, sender: Sender, receiver: Receiver, policy: PortalFile
) -> None:
    portal.save(policy.id, by=BOB.id)
    sender.flush()
    portal.save(policy.id, by=BOB.id)
    receiver.statuses = [500]

    sender.flush()

    assert receiver.bodies[-1]["webhook"]["lastSuccessOn"] == "2026-03-09T14:05:12"


def test_the_waits_between_attempts_are_the_servers_scaled(portal: DemoPortal, receiver: Receiver) -> None:
    waits: list[float] = []
    sender = Sender(portal, wait_factor=0.5, sleep=waits.append)
    sender.register(receiver.url, secret=SECRET)
    portal.create_file("A.docx", COMPLIANCE, by=BOB.id)
    receiver.statuses = [500] * 6

    (outcome,) = sender.flush()

    assert waits == [0.5, 1, 2, 4, 8]
    assert (outcome.delivered, outcome.status, outcome.attempts) == (False, 500, 6)
    assert sender.flush() == []


def test_a_lasting_410_removes_the_webhook(
    portal: DemoPortal, sender: Sender, receiver: Receiver, webhook: PortalWebhook
) -> None:
    portal.create_file("A.docx", COMPLIANCE, by=BOB.id)
    receiver.statuses = [410] * 6

    (outcome,) = sender.flush()

    assert outcome.attempts == 6
    with pytest.raises(NotFoundError):
        sender.webhook(webhook.id)
    portal.create_file("B.docx", COMPLIANCE, by=BOB.id)
    assert sender.pending() == []


def test_a_410_that_passes_keeps_the_webhook(
    portal: DemoPortal, sender: Sender, receiver: Receiver, webhook: PortalWebhook
) -> None:
    portal.create_file("A.docx", COMPLIANCE, by=BOB.id)
    receiver.statuses = [410]

    assert sender.flush()[0].delivered
    assert sender.webhooks() == [webhook]


@pytest.mark.parametrize(("days", "enabled"), [(2, True), (4, False)])
def test_a_failure_disables_a_webhook_without_success_for_three_days(
    portal: DemoPortal, receiver: Receiver, clock: Clock, *, days: int, enabled: bool
) -> None:
    sender = Sender(portal, wait_factor=0)
    webhook = sender.register(receiver.url, secret=SECRET)
    clock.advance(days=days)
    portal.create_file("A.docx", COMPLIANCE, by=BOB.id)
    receiver.statuses = [500] * 6

    sender.flush()

    assert webhook.enabled is enabled


@pytest.mark.usefixtures("webhook")
def test_a_manual_retry_has_a_new_event_id_and_the_same_event(
    portal: DemoPortal, sender: Sender, receiver: Receiver, policy: PortalFile, clock: Clock
) -> None:
    portal.save(policy.id, by=BOB.id)
    (outcome,) = sender.flush()
    clock.advance(hours=4)

    sender.retry(outcome.delivery.id)
    sender.flush()

    first, second = receiver.bodies
    assert first["event"].pop("id") != second["event"].pop("id")
    assert first == second


@pytest.mark.usefixtures("webhook")
def test_a_lost_queue_is_never_sent_but_stays_in_the_log(
    portal: DemoPortal, sender: Sender, receiver: Receiver
) -> None:
    portal.create_file("A.docx", COMPLIANCE, by=BOB.id)

    assert sender.lose_queue() == 1

    assert sender.flush() == []
    assert receiver.posts == []
    (row,) = sender.log()
    assert row.status == 0
    assert json.loads(row.request_payload)["payload"]["title"] == "A.docx"


@pytest.mark.usefixtures("webhook")
def test_the_log_keeps_the_last_body_and_status(
    portal: DemoPortal, sender: Sender, receiver: Receiver
) -> None:
    portal.create_file("A.docx", COMPLIANCE, by=BOB.id)
    receiver.statuses = [500] * 6

    sender.flush()

    (row,) = sender.log()
    assert (row.status, row.attempts, row.delivered_on) == (500, 6, None)
    assert row.request_payload.encode() == receiver.posts[-1].body


@pytest.mark.usefixtures("webhook")
def test_a_seeded_shuffle_changes_the_order_in_the_same_way_each_time(
    portal: DemoPortal, sender: Sender, receiver: Receiver
) -> None:
    orders = []
    for _ in range(2):
        for number in range(8):
            portal.create_file(f"{number}.docx", COMPLIANCE, by=BOB.id)
        sender.flush(shuffle=random.Random(7))  # noqa: S311 - an order, not a secret
        orders.append([body["payload"]["title"] for body in receiver.bodies[-8:]])

    assert orders[0] == orders[1]
    assert orders[0] != sorted(orders[0])


@pytest.mark.usefixtures("webhook")
def test_parallel_sends_deliver_everything_once(
    portal: DemoPortal, sender: Sender, receiver: Receiver
) -> None:
    for number in range(25):
        portal.create_file(f"{number}.docx", COMPLIANCE, by=BOB.id)

    outcomes = sender.flush(parallel=10)

    assert all(outcome.delivered for outcome in outcomes)
    assert len({body["event"]["id"] for body in receiver.bodies}) == len(receiver.posts) == 25


@pytest.mark.usefixtures("webhook")
def test_the_background_delivery_sends_and_stops(
    portal: DemoPortal, sender: Sender, receiver: Receiver
) -> None:
    with run_sender(sender, interval_seconds=0.001):
        portal.create_file("A.docx", COMPLIANCE, by=BOB.id)
        assert receiver.posted.wait(60)

    assert receiver.bodies[0]["event"]["trigger"] == "file.created"
