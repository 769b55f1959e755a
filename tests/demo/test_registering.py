"""Which addresses and secrets the stand-in registers, and what a webhook then gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from demo import (
    BOB,
    COMPLIANCE,
    BadArgumentError,
    DemoPortal,
    PortalError,
    Sender,
)
from tests.demo.conftest import SECRET

if TYPE_CHECKING:
    from demo import PortalFile
    from tests.demo.receiver import Receiver


@pytest.mark.parametrize("status", [405, 302, 500])
def test_an_address_that_fails_the_probe_is_not_registered(
    sender: Sender, receiver: Receiver, status: int
) -> None:
    receiver.statuses = [status]

    with pytest.raises(BadArgumentError, match="HEAD request"):
        sender.register(receiver.url, secret=SECRET)

    assert sender.webhooks() == []
    assert [each.method for each in receiver.received] == ["HEAD"]


def test_an_address_that_gives_no_answer_fails_the_registration(sender: Sender, receiver: Receiver) -> None:
    receiver.statuses = [0]

    with pytest.raises(PortalError) as failed:
        sender.register(receiver.url, secret=SECRET)

    assert failed.value.status == 500


@pytest.mark.parametrize("secret", ["short", "x" * 31, "with a space", "пароль-пароль"])
def test_a_secret_outside_the_rules_is_not_registered(
    sender: Sender, receiver: Receiver, secret: str
) -> None:
    with pytest.raises(BadArgumentError, match="secret"):
        sender.register(receiver.url, secret=secret)


def test_a_webhook_gets_only_what_it_subscribed_to(
    portal: DemoPortal, sender: Sender, receiver: Receiver, policy: PortalFile
) -> None:
    sender.register(receiver.url, secret=SECRET, name="some", triggers=["file.trashed"])
    sender.register(receiver.url, secret=SECRET, name="all", triggers=["*"])
    sender.register(receiver.url, secret=SECRET, name="one", target=str(policy.id))
    portal.create_file("A.docx", COMPLIANCE, by=BOB.id)
    portal.trash(policy.id, by=BOB.id)

    sender.flush()

    assert [(body["webhook"]["name"], body["event"]["trigger"]) for body in receiver.bodies] == [
        ("all", "file.created"),
        ("some", "file.trashed"),
        ("all", "file.trashed"),
        ("one", "file.trashed"),
    ]
    assert receiver.bodies[-1]["webhook"]["target"] == {"id": policy.id, "type": "file"}
    assert len({body["event"]["id"] for body in receiver.bodies}) == 4
