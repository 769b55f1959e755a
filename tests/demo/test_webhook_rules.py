"""What the stand-in refuses of webhooks, as the real portal does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from demo import (
    ALICE,
    BOB,
    TRIGGERS,
    DemoPortal,
    PortalPerson,
    PortalWebhook,
    SecretPolicy,
    Sender,
    run_portal,
)
from tests.demo import calls
from tests.demo.conftest import SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

    from tests.demo.receiver import Receiver

GUEST = PortalPerson(
    "f1d1e1c1-0000-4000-8000-000000000001", "Gus Guest", "gus@example.com", "gus", is_guest=True
)


@dataclass
class Managing:
    """Calls of the management, by the key of the person asked for."""

    address: str
    portal: DemoPortal
    receiver: Receiver

    def call(self, method: str, path: str, *, key: str = "", **sent: Any) -> requests.Response:
        return calls.call(
            self.address,
            f"/settings{path}",
            key=key or self.portal.api_key,
            method=method,
            json=sent or None,
        )

    def create(self, *, key: str = "", **more: Any) -> requests.Response:
        wanted = {"name": "reviews", "uri": self.receiver.url, "secretKey": SECRET, "triggers": 512}
        return self.call("POST", "/webhook", key=key, **(wanted | more))

    def names(self, *, key: str = "") -> list[str]:
        listed = calls.answer(self.call("GET", "/webhook", key=key))
        return [row["configs"]["name"] for row in listed]


@pytest.fixture
def managing(portal: DemoPortal, sender: Sender, receiver: Receiver) -> Iterator[Managing]:
    with run_portal(portal, sender) as address:
        yield Managing(address, portal, receiver)


def refusal(response: requests.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["message"]


def test_the_same_name_and_address_are_taken_once(managing: Managing) -> None:
    managing.create()

    status, message = refusal(managing.create())

    assert (status, "already exists" in message) == (400, True)
    assert managing.create(name="another").status_code == 200


@pytest.mark.parametrize("secret", ["compl1ance!", "ComplianceX!", "Compl1ance"])
def test_a_secret_has_to_have_what_the_portal_demands_of_passwords(
    managing: Managing, sender: Sender, secret: str
) -> None:
    assert managing.create(secretKey=secret).status_code == 200
    sender.rules.secrets = SecretPolicy(requires_capital=True, requires_digit=True, requires_special=True)

    status, message = refusal(managing.create(name="another", secretKey=secret))

    assert (status, "at least one" in message) == (400, True)
    assert managing.create(name="third").status_code == 200


def test_a_secret_from_before_the_rules_became_stricter_keeps_a_webhook_off(
    managing: Managing, sender: Sender
) -> None:
    made = calls.answer(managing.create(secretKey="complianceonly"))
    sender.rules.secrets = SecretPolicy(requires_digit=True)

    enabled = managing.call("PUT", "/webhook/enable", **made | {"enabled": True})

    assert enabled.status_code == 400


@pytest.mark.parametrize("scopes", [("files:read",), ("*:read",)])
def test_a_key_with_permissions_of_its_own_makes_no_webhook(managing: Managing, scopes: tuple[str]) -> None:
    key = managing.portal.add_key(ALICE.id, *scopes)

    assert managing.create(key=key).status_code == 403
    assert managing.call("GET", "/webhook", key=key).status_code == (200 if "*:read" in scopes else 403)


def test_people_manage_their_own_and_an_admin_everybodys(managing: Managing, webhook: PortalWebhook) -> None:
    key = managing.portal.add_key(BOB.id)
    mine = calls.answer(managing.create(key=key, name="mine"))
    olgas = {"id": webhook.id, "name": "taken over", "uri": webhook.url}

    assert (managing.names(key=key), managing.names()) == (["mine"], [webhook.name, "mine"])
    assert mine["createdBy"]["id"] == BOB.id
    assert managing.call("PUT", "/webhook", key=key, **olgas).status_code == 403
    assert managing.call("PUT", "/webhook/enable", key=key, **olgas).status_code == 403
    assert managing.call("DELETE", f"/webhook/{webhook.id}", key=key).status_code == 403
    assert managing.call("DELETE", f"/webhook/{mine['id']}").status_code == 200


def test_guests_manage_none_and_users_none_where_the_tools_are_the_admins(
    managing: Managing, sender: Sender
) -> None:
    guest, user = (
        managing.portal.add_key(managing.portal.add_person(GUEST).id),
        managing.portal.add_key(BOB.id),
    )

    assert managing.create(key=guest).status_code == 403
    assert managing.create(key=user).status_code == 200
    sender.rules.limits_users = True
    assert managing.create(key=user, name="late").status_code == 403
    assert managing.call("GET", "/webhook", key=user).status_code == 403
    assert managing.create(name="admin's").status_code == 200


def test_a_user_can_not_be_told_of_what_is_for_admins(managing: Managing) -> None:
    key = managing.portal.add_key(BOB.id)
    listed = calls.answer(managing.call("GET", "/webhook/triggers", key=key))

    refused = managing.create(key=key, triggers=512 | TRIGGERS["room.created"])

    assert refusal(refused) == (400, "Trigger is not available")
    assert {row["name"] for row in listed if not row["available"]} >= {"room.created", "user.created"}
    assert managing.create(key=key, triggers=0).status_code == 200


def test_older_portals_list_the_triggers_as_names_with_their_bits(managing: Managing, sender: Sender) -> None:
    sender.rules.before_3_7 = True

    listed = calls.answer(managing.call("GET", "/webhook/triggers"))

    assert (listed["*"], listed["file.updated"], len(listed)) == (0, 512, 29)
    assert max(listed.values()) == TRIGGERS["room.copied"]


def test_a_certificate_is_checked_over_https_only(managing: Managing) -> None:
    assert refusal(managing.create(ssl=True)) == (400, "HTTPS is required")


def test_what_a_change_leaves_out_is_reset(managing: Managing) -> None:
    made = calls.answer(managing.create(enabled=True, targetId="7"))
    needed = {name: made[name] for name in ("id", "name", "uri")}

    changed = calls.answer(managing.call("PUT", "/webhook", **needed))

    assert (changed["enabled"], changed["ssl"], changed["triggers"]) == (False, False, 0)
    assert "targetId" not in changed


def test_a_receiver_that_gives_no_answer_ends_the_call_as_a_failure(managing: Managing) -> None:
    managing.receiver.statuses = [0]

    assert managing.create().status_code == 500
    assert managing.names() == []
