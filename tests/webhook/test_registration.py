"""The webhook is found by its address, made where there is none, and repaired where it does not tell all."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

import pytest

from demo import ALICE, BOB, TRIGGERS, SecretPolicy
from demo.transport import HttpAnswer
from demo.wire_format import SUBSCRIBED, make_trigger_mask
from docspace import errors
from tests.webhook.managed import SECRET, managed
from webhook.registration import RegistrationResult
from webhook.webhook_status import RECOMMENDED_TRIGGERS, Repair, WebhookState

if TYPE_CHECKING:
    from demo import PortalWebhook
    from demo.transport import HttpRequest
    from tests.reviews.samples import Clock
    from tests.webhook.managed import Managed

ALL = 9516875648  # facts on DocSpace, 2.5 and 10.4
ALL_BEFORE_3_7 = 121634688  # without those of forms and agents
MASKS = [(True, ALL_BEFORE_3_7), (False, ALL)]
EVERYTHING = ["*"]
PUBLIC = "https://reviews.example.com/docspace/webhook"


def create(house: Managed, *, key: str = "", secret: str = SECRET, name: str = "reviews") -> Any:
    use_case = house.registration(key=key)
    return use_case.create(use_case.get_status(), name=name, secret=secret)


def repair(house: Managed, *, secret: str = "", key: str = "") -> Any:
    use_case = house.registration(key=key)
    return use_case.repair(use_case.get_status(), secret=secret)


def stands(hook: PortalWebhook) -> tuple[bool, int, str, str]:
    return hook.enabled, hook.triggers, hook.target, hook.secret


def writes(house: Managed) -> list[str]:
    """Return the calls that have changed something."""
    return [call.path for call in house.portal.faults.calls("/settings/") if call.method != "GET"]


def test_what_is_recommended_is_the_mask_of_the_facts() -> None:
    assert set(SUBSCRIBED) == RECOMMENDED_TRIGGERS
    assert make_trigger_mask(RECOMMENDED_TRIGGERS) == ALL


@pytest.mark.parametrize(("before_3_7", "wanted"), MASKS)
def test_where_there_is_none_it_is_made(house: Managed, *, before_3_7: bool, wanted: int) -> None:
    house.sender.rules.before_3_7 = before_3_7
    assert house.registration().get_status().state is WebhookState.MISSING

    outcome = create(house)

    [hook] = house.sender.webhooks()
    assert (outcome.result, outcome.status.state) == (RegistrationResult.CREATED, WebhookState.IN_ORDER)
    assert (hook.url, hook.name, stands(hook)) == (house.address, "reviews", (True, wanted, "", SECRET))
    assert house.registration().get_status().state is WebhookState.IN_ORDER


def test_one_that_is_in_order_is_left_alone(house: Managed) -> None:
    house.hook()

    outcome = repair(house)

    assert (outcome.result, outcome.repaired, writes(house)) == (RegistrationResult.IN_ORDER, (), [])


@pytest.mark.parametrize(("before_3_7", "wanted"), MASKS)
def test_triggers_that_are_missing_are_added_and_none_is_taken_away(
    house: Managed, *, before_3_7: bool, wanted: int
) -> None:
    house.sender.rules.before_3_7 = before_3_7
    hook = house.hook(triggers=["file.updated", "user.updated"])
    status = house.registration().get_status()

    outcome = repair(house)

    assert (status.state, "file.moved" in status.missing_triggers) == (WebhookState.INCOMPLETE, True)
    assert (outcome.result, outcome.repaired) == (RegistrationResult.REPAIRED, (Repair.TRIGGERS,))
    assert stands(hook) == (True, wanted | TRIGGERS["user.updated"], "", SECRET)
    assert ["user.updated" in remark for remark in outcome.status.remarks] == [True]


def test_one_that_is_told_of_everything_stays_so_and_that_is_said(house: Managed) -> None:
    hook = house.hook(triggers=EVERYTHING)

    outcome = repair(house)

    assert (outcome.result, hook.triggers) == (RegistrationResult.IN_ORDER, 0)
    assert any("people's data" in remark for remark in outcome.status.remarks)


def test_one_that_is_disabled_is_enabled_and_nothing_else_is_sent(house: Managed) -> None:
    hook = house.hook()
    hook.enabled = False

    outcome = repair(house)

    assert (outcome.result, outcome.repaired, hook.enabled) == (
        RegistrationResult.REPAIRED,
        (Repair.ENABLED,),
        True,
    )
    assert writes(house) == ["/api/2.0/settings/webhook/enable"]


def test_one_that_tells_of_one_entry_alone_tells_of_all(house: Managed) -> None:
    hook = house.hook(triggers=EVERYTHING)
    hook.target, hook.enabled = "539564", False

    outcome = repair(house)

    assert set(outcome.repaired) == {Repair.ENABLED, Repair.TARGET}
    assert stands(hook) == (True, 0, "", SECRET)


def test_a_secret_is_changed_only_where_one_is_given(house: Managed) -> None:
    hook = house.hook()

    outcome = repair(house, secret="An0ther!One")

    assert (outcome.result, hook.secret) == (RegistrationResult.IN_ORDER, "An0ther!One")


def test_an_address_written_another_way_is_ours_and_others_are_never_touched(house: Managed) -> None:
    other = house.hook(url=house.receiver.url + "/elsewhere", triggers=["file.updated"])
    ours = house.hook(url=house.address + "/", triggers=["file.updated"])

    outcome = repair(house)

    assert (outcome.status.hook.id, ours.url) == (ours.id, house.address + "/")
    assert (other.triggers, ours.triggers) == (TRIGGERS["file.updated"], ALL)


def test_of_several_the_one_counts_that_tells_most_and_the_others_are_named(house: Managed) -> None:
    off, good, narrow = (house.hook(name=name) for name in ("off", "good", "narrow"))
    off.enabled, narrow.triggers, narrow.target = False, TRIGGERS["file.updated"], "7"
    good.enabled = False
    best = house.registration().get_status()
    good.enabled = True

    outcome = repair(house)

    assert best.hook
    assert best.hook.id == narrow.id
    assert (outcome.result, outcome.status.hook.id) == (RegistrationResult.IN_ORDER, good.id)
    assert any(f"{off.id}, {narrow.id}" in remark for remark in outcome.status.remarks)
    assert (off.enabled, writes(house)) == (False, [])


def test_a_key_without_full_access_may_not_look(house: Managed) -> None:
    house.hook()

    with pytest.raises(errors.Forbidden):
        house.registration(key=house.portal.add_key(ALICE.id, "files:read")).get_status()


def test_a_key_that_may_only_look_says_so_when_it_should_do_more(house: Managed) -> None:
    key = house.portal.add_key(ALICE.id, "*:read")

    outcome = create(house, key=key)

    assert outcome.result is RegistrationResult.NOT_ALLOWED
    assert "full access" in outcome.reason
    assert house.sender.webhooks() == []


def test_a_user_who_is_no_admin_makes_one_of_their_own(house: Managed) -> None:
    house.hook()
    key = house.portal.add_key(BOB.id)
    assert house.registration(key=key).get_status().state is WebhookState.MISSING

    outcome = create(house, key=key)

    assert (outcome.result, outcome.status.hook.triggers) == (RegistrationResult.CREATED, ALL)
    assert outcome.status.hook.created_by.id == BOB.id


@pytest.mark.parametrize("status", [405, 302, 0])
def test_an_address_that_does_not_answer_the_portal_is_refused(house: Managed, status: int) -> None:
    house.receiver.statuses = [status]

    outcome = create(house)

    assert outcome.result is RegistrationResult.ADDRESS_REFUSED
    assert outcome.reason
    assert not outcome.reason.endswith(".")


def test_one_that_can_not_be_enabled_stays_as_it_was_and_says_why(house: Managed) -> None:
    hook = house.hook()
    hook.enabled, house.receiver.statuses = False, [405]

    outcome = repair(house)

    assert (outcome.result, outcome.repaired) == (RegistrationResult.ADDRESS_REFUSED, ())
    assert outcome.status.state is WebhookState.DISABLED
    assert "HEAD request" in outcome.reason


def test_a_secret_that_the_portal_finds_too_weak_is_refused_with_its_reason(house: Managed) -> None:
    house.sender.rules.secrets = SecretPolicy(requires_digit=True)

    outcome = create(house, secret="compliance")

    assert outcome.result is RegistrationResult.REFUSED
    assert "at least one digit" in outcome.reason


def test_a_name_that_is_taken_meanwhile_is_refused_with_the_portals_reason(house: Managed) -> None:
    use_case = house.registration()
    status = use_case.get_status()
    house.hook(name="reviews")

    outcome = use_case.create(status, name="reviews", secret=SECRET)

    assert outcome.result is RegistrationResult.REFUSED
    assert "already exists" in outcome.reason


@pytest.mark.parametrize("trusted", [True, False])
def test_the_certificate_is_checked_where_it_can_be_and_the_rest_is_repaired_all_the_same(
    clock: Clock, *, trusted: bool
) -> None:
    def answer(request: HttpRequest) -> HttpAnswer:
        if request.verify and not trusted:
            raise ssl.SSLCertVerificationError
        return HttpAnswer(200)

    with managed(clock, transport=answer) as house:
        hook = house.hook(url=PUBLIC)
        hook.enabled = False
        use_case = house.registration(address=PUBLIC)

        outcome = use_case.repair(use_case.get_status(), certificate=True)

    assert (outcome.result, hook.enabled, hook.ssl) == (RegistrationResult.REPAIRED, True, trusted)
    assert outcome.repaired == ((Repair.ENABLED, Repair.SSL) if trusted else (Repair.ENABLED,))
    assert ("can't check the certificate" in outcome.reason) is not trusted


def test_a_new_one_lets_the_certificate_be_checked_over_https(clock: Clock) -> None:
    with managed(clock, transport=lambda _request: HttpAnswer(200)) as house:
        use_case = house.registration(address=PUBLIC)
        use_case.create(use_case.get_status(), name="reviews", secret=SECRET)

    assert [hook.ssl for hook in house.sender.webhooks()] == [True]


def test_an_outage_is_no_outcome(house: Managed) -> None:
    house.portal.faults.answer(503)

    with pytest.raises(errors.Unavailable):
        house.registration().get_status()
