"""The webhook in the portal now: whether it delivers, its last delivery, and whose rights it has."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from docspace import errors
from reviews.errors import RemoteError
from reviews.text import clean_text
from runtime.doctor.clocks import format_portal_time
from runtime.doctor.findings import report_error, report_ok, report_warning
from runtime.observe.last_received import find_last_received
from runtime.settings.settings import UnusableSettings
from runtime.wiring.webhook import build_registration
from webhook.address import list_address_problems
from webhook.registration import NOT_ALLOWED
from webhook.webhook_status import WebhookState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from docspace.webhooks import Webhook
    from runtime.doctor.findings import Finding
    from runtime.wiring.wiring import Wiring
    from webhook.webhook_status import WebhookStatus

WEBHOOK, DELIVERIES, OWNER = "webhook", "webhook deliveries", "webhook owner"
MAX_DELIVERY_GAP = timedelta(days=1)
TOOLS = "Developer tools, Webhooks"
_REGISTER = "run docspace-review webhook register"
_BY_HAND = "run docspace-review webhook register with such a key, or check it by hand"


def check_webhook(wiring: Wiring) -> Iterator[Finding]:
    """Report the portal's state of the webhook; an unknown state is a warning, since it may be in order.

    Without one, report how changes are found.
    """
    if not wiring.settings.has_receiver:
        minutes = round(wiring.settings.sweep_interval / timedelta(minutes=1))
        every = "minute" if minutes == 1 else f"{minutes} minutes"
        yield report_ok(
            "intake", f"INTAKE is sweep: changes are found in DocSpace's logs and listings, every {every}"
        )
        return
    try:
        status = build_registration(wiring).get_status()
    except UnusableSettings as error:
        yield report_warning(WEBHOOK, str(error), "set it to the address where DocSpace reaches the receiver")
    except errors.Forbidden:
        yield report_warning(WEBHOOK, f"its state is unknown: {NOT_ALLOWED}", _BY_HAND)
    except errors.NotFound:
        yield report_warning(
            WEBHOOK, "this portal has no webhooks to manage (404)", "check DOCSPACE_API_HOST"
        )
    except errors.DocSpaceError as error:
        yield report_warning(
            WEBHOOK, f"its state is unknown: {error}", "run doctor again once DocSpace answers"
        )
    else:
        yield _report_status(status)
        for problem in list_address_problems(status.address):
            yield report_warning(WEBHOOK, problem, "set PUBLIC_URL to an internet address with https")
        for remark in status.remarks:
            yield report_warning(WEBHOOK, remark, f"change it in DocSpace under {TOOLS}, or leave it")
        if status.hook is not None:
            yield _check_deliveries(wiring, status)
            yield _check_owner(wiring, status.hook)


def _report_status(status: WebhookStatus) -> Finding:
    if status.state is WebhookState.IN_ORDER and status.hook is not None:
        return report_ok(WEBHOOK, f"number {status.hook.id} reports every change to {status.address}")
    return report_error(WEBHOOK, f"{status.address}: {'; '.join(status.faults)}", _REGISTER)


def _check_deliveries(wiring: Wiring, status: WebhookStatus) -> Finding:
    """Compare the deliveries that the portal reports with what was received here."""
    success, failure = status.last_success, status.last_failure
    with wiring.transactions(reading=True) as work:
        last_received = find_last_received(work)
        newest = next((event.received_at for event in work.events.list_recent(1)), None)
    sentence = _describe_last_received(last_received, success)
    if failure and status.hook and (success is None or failure > success):
        why = clean_text(status.hook.failure)
        return report_warning(
            DELIVERIES, f"{sentence}; its last failure was at {format_portal_time(failure)}: {why}",
            "check that the receiver runs and is reachable; DocSpace disables the webhook after three days",
        )  # fmt: skip
    if newest and (last_received is None or newest - last_received > MAX_DELIVERY_GAP):
        return report_warning(
            DELIVERIES, f"{sentence}; changes have been found since in other ways",
            f"look at the webhook's history in DocSpace under {TOOLS}",
        )  # fmt: skip
    if last_received and wiring.clock() - last_received > MAX_DELIVERY_GAP:
        return report_ok(
            DELIVERIES, f"{sentence}; as far as is known, there was nothing to deliver since then"
        )
    return report_ok(DELIVERIES, sentence)


def _describe_last_received(last_received: datetime | None, last_success: datetime | None) -> str:
    """Describe what was received here first, by our clock; DocSpace does not give the zone of its times."""
    our_record = (
        f"the last was received at {last_received:%Y-%m-%d %H:%M} UTC"
        if last_received
        else "none received yet"
    )
    portal_record = format_portal_time(last_success) if last_success else "not yet"
    return f"{our_record}; DocSpace says that its last success was {portal_record}"


def _check_owner(wiring: Wiring, hook: Webhook) -> Finding:
    """Report the owner's rights: a webhook delivers only what its owner may read.

    DocSpace says only of admins what they may read.
    """
    name = clean_text(hook.created_by.name) or "an unnamed account"
    try:
        own_id = wiring.portal.get_own_id()
    except RemoteError:
        own_id = None
    if own_id is not None and own_id == hook.created_by.id:
        return report_ok(OWNER, f"{name}, the key's user: it reports the folders that the key can read")
    if _is_admin(wiring, hook.created_by.id):
        return report_ok(OWNER, f"{name}, an admin, who may read every room")
    return report_warning(
        OWNER, f"{name} made it, so it reports only what {name} may read, which this key can't check",
        "its owner must be a member of every watched room; or register with such a key",
    )  # fmt: skip


def _is_admin(wiring: Wiring, guid: str) -> bool:
    try:
        return bool(guid) and wiring.docspace_client.get_person(guid).is_admin
    except errors.DocSpaceError:
        return False
