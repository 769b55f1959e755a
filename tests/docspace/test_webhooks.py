"""The calls that manage webhooks, as a stand-in portal answers them and as odd answers are read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import responses

from demo import ALICE, BOB, COMPLIANCE, OLGA
from docspace import errors
from docspace.client import AccountInfo
from docspace.http import Http
from docspace.webhooks import Trigger, Webhooks
from tests.reviews.samples import START, Clock
from tests.webhook.managed import SECRET, Managed, managed

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE = "https://acme.onlyoffice.com/api/2.0/settings"
UPDATED, MOVED = 512, 16384


@pytest.fixture
def house() -> Iterator[Managed]:
    with managed(Clock()) as opened:
        yield opened


def hooks(house: Managed, *, key: str = "") -> Webhooks:
    return Webhooks(Http(house.api, key or house.portal.api_key))


def make(calls: Webhooks, uri: str, *, name: str = "ours", secret: str = SECRET) -> Any:
    return calls.create(name=name, uri=uri, secret=secret, ssl=False, triggers=UPDATED)


def test_a_webhook_that_is_made_stands_in_the_list(house: Managed) -> None:
    calls = hooks(house)

    made = make(calls, house.address)

    assert calls.list_webhooks() == [made]
    assert (made.name, made.uri, made.triggers, made.enabled) == ("ours", house.address, UPDATED, True)
    assert made.created_by == AccountInfo(id=OLGA.id, name=OLGA.display_name, email=None)
    assert made.created_on.startswith(f"{START:%Y-%m-%d}")
    assert (made.last_success, made.last_failure, made.target) == ("", "", "")


def test_a_change_keeps_the_secret_unless_it_brings_one(house: Managed) -> None:
    calls = hooks(house)
    made = make(calls, house.address)

    changed = calls.change(replace(made, triggers=MOVED, target="7"))
    secret = house.sender.webhook(made.id).secret
    calls.change(changed, secret="An0ther!One")

    assert (changed.triggers, changed.target) == (MOVED, "7")
    assert (secret, house.sender.webhook(made.id).secret) == (SECRET, "An0ther!One")


def test_a_disabled_webhook_is_enabled_and_nothing_else_changes(house: Managed) -> None:
    calls = hooks(house)
    made = make(calls, house.address)
    house.sender.webhook(made.id).enabled = False

    assert calls.enable(replace(made, name="not this", triggers=MOVED)) == made


def test_what_was_delivered_last_and_what_failed_is_told(house: Managed) -> None:
    house.hook()
    for status in (200, 503):
        house.receiver.statuses = [status] * 6
        house.portal.create_file("A.docx", COMPLIANCE, by=BOB.id)
        house.sender.flush()

    [webhook] = hooks(house).list_webhooks()

    assert webhook.last_success.startswith(f"{START:%Y-%m-%dT%H:%M:%S}")
    assert webhook.last_failure == webhook.last_success
    assert webhook.failure.endswith("503 (Service Unavailable).")


@pytest.mark.parametrize("before_3_7", [True, False])
def test_the_triggers_are_read_in_both_forms(house: Managed, *, before_3_7: bool) -> None:
    house.sender.rules.before_3_7 = before_3_7

    triggers = hooks(house).list_triggers()

    assert Trigger(name="file.updated", bit=UPDATED, available=True) in triggers
    assert Trigger(name="*", bit=0, available=True) in triggers
    assert len(triggers) == (29 if before_3_7 else 37)


def test_triggers_that_are_not_for_the_keys_user_are_told_apart(house: Managed) -> None:
    triggers = hooks(house, key=house.portal.add_key(BOB.id)).list_triggers()

    assert {each.name for each in triggers if not each.available} >= {"user.created", "room.created"}


@pytest.mark.parametrize("scopes", [("files:read",), ("files:read", "files:write", "accounts:read")])
def test_a_key_without_full_access_is_forbidden(house: Managed, scopes: tuple[str, ...]) -> None:
    calls = hooks(house, key=house.portal.add_key(ALICE.id, *scopes))

    with pytest.raises(errors.Forbidden):
        calls.list_webhooks()
    with pytest.raises(errors.Forbidden):
        make(calls, house.address)


def test_what_the_portal_does_not_take_comes_with_its_reason(house: Managed) -> None:
    calls = hooks(house)
    make(calls, house.address)
    house.receiver.statuses = [200, 405]

    with pytest.raises(errors.BadRequest) as twice:
        make(calls, house.address)
    with pytest.raises(errors.BadRequest) as unprobed:
        make(calls, house.address, name="other")
    with pytest.raises(errors.BadRequest) as short:
        make(calls, house.address, name="third", secret="short")

    assert "already exists" in twice.value.reason
    assert "HEAD request" in unprobed.value.reason
    assert "Minimum length" in short.value.reason
    assert all("StandIn" not in each.value.reason + str(each.value) for each in (twice, unprobed, short))


def test_an_address_that_gives_the_portal_no_answer_is_told_apart_from_an_outage(house: Managed) -> None:
    house.receiver.statuses = [0]

    with pytest.raises(errors.ProbeFailed):
        make(hooks(house), house.address)
    house.portal.faults.answer(503)
    with pytest.raises(errors.Unavailable):
        make(hooks(house), house.address)


ODD_LISTS: list[Any] = [None, {}, "x", [None, 7, {}, {"configs": None}, {"configs": {"id": "1"}}]]


@pytest.mark.parametrize("answer", ODD_LISTS)
def test_what_is_no_webhook_and_no_trigger_is_passed_over(answer: Any) -> None:
    calls = Webhooks(Http("acme.onlyoffice.com", "sk-1"))
    with responses.RequestsMock() as portal:
        portal.get(f"{BASE}/webhook", json={"response": answer})
        portal.get(f"{BASE}/webhook/triggers", json={"response": answer})

        assert (calls.list_webhooks(), calls.list_triggers()) == ([], [])


def test_absent_members_are_defaults_and_an_answer_without_a_webhook_is_none() -> None:
    calls = Webhooks(Http("acme.onlyoffice.com", "sk-1"))
    with responses.RequestsMock() as portal:
        portal.get(f"{BASE}/webhook", json={"response": [{"id": 7}]})
        portal.post(f"{BASE}/webhook", json={"response": True})

        [hook] = calls.list_webhooks()
        assert (hook.id, hook.uri, hook.enabled, hook.ssl, hook.triggers) == (7, "", False, False, 0)
        assert hook.created_by == AccountInfo(id="", name="", email=None)
        with pytest.raises(errors.Unavailable, match="can't be read"):
            make(calls, "https://reviews.example.com")
