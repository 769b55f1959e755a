"""The webhook as the portal has it now: whether it tells, what it told last, whose eyes it has."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from docspace import errors
from docspace.client import Client
from reviews.errors import FarSideError
from reviews.text import plain
from runtime.doctor.clocks import portal_time
from runtime.doctor.findings import broken, good, lacking
from runtime.observe.last_received import last_received
from runtime.settings.settings import UnusableSettings
from runtime.worker.webhook_rounds import registration
from webhook.address import doubts
from webhook.found import State
from webhook.registration import NOT_ALLOWED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from docspace.webhooks import Webhook
    from runtime.doctor.findings import Finding
    from runtime.wiring.wiring import Wiring
    from webhook.found import Found

WEBHOOK, DELIVERIES, OWNER = "webhook", "webhook deliveries", "webhook owner"
LONG = timedelta(days=1)
TOOLS = "Developer tools, Webhooks"
_REGISTER = "run docspace-review webhook register"
_BY_HAND = "run docspace-review webhook register with such a key, or see by hand that it is in order"


def webhook(wiring: Wiring) -> Iterator[Finding]:
    """Tell what the portal says of it; what it does not say is a warning, since it may be in order."""
    try:
        found = registration(wiring).look()
    except UnusableSettings as error:
        yield lacking(WEBHOOK, str(error), "set it to the address under which DocSpace reaches the receiver")
    except errors.Forbidden:
        yield lacking(WEBHOOK, f"nobody can tell how it stands: {NOT_ALLOWED}", _BY_HAND)
    except errors.NotFound:
        yield lacking(WEBHOOK, "this portal has no webhooks to manage (404)", "check DOCSPACE_API_HOST")
    except errors.DocSpaceError as error:
        yield lacking(WEBHOOK, f"nobody can tell how it stands: {error}", "ask again once DocSpace answers")
    else:
        yield _standing(found)
        for doubt in doubts(found.address):
            yield lacking(WEBHOOK, doubt, "let PUBLIC_URL be an address of the internet, with https")
        for remark in found.remarks:
            yield lacking(WEBHOOK, remark, f"change it in DocSpace under {TOOLS}, or let it be")
        if found.hook is not None:
            yield _deliveries(wiring, found)
            yield _owner(wiring, found.hook)


def _standing(found: Found) -> Finding:
    if found.state is State.IN_ORDER and found.hook is not None:
        return good(WEBHOOK, f"number {found.hook.id} tells {found.address} of every change")
    return broken(WEBHOOK, f"{found.address}: {'; '.join(found.faults)}", _REGISTER)


def _deliveries(wiring: Wiring, found: Found) -> Finding:
    """Hold what the portal says that it delivered against what is known here."""
    success, failure = found.last_success, found.last_failure
    with wiring.transactions(reading=True) as work:
        received = last_received(work)
        newest = next((event.received_at for event in work.events.recent(1)), None)
    told = _told(received, success)
    if failure and found.hook and (success is None or failure > success):
        why = plain(found.hook.failure)
        return lacking(
            DELIVERIES, f"{told}; its last failure was at {portal_time(failure)}: {why}",
            "see that the receiver runs and can be reached; after three days DocSpace disables the webhook",
        )  # fmt: skip
    if newest and (received is None or newest - received > LONG):
        return lacking(
            DELIVERIES, f"{told}; changes have been found since in other ways",
            f"look at the webhook's history in DocSpace under {TOOLS}",
        )  # fmt: skip
    if received and wiring.clock() - received > LONG:
        return good(DELIVERIES, f"{told}; since then nothing was to be delivered, as far as is known here")
    return good(DELIVERIES, told)


def _told(received: datetime | None, success: datetime | None) -> str:
    """Say what is known here first, by our clock; DocSpace does not tell the zone of its times."""
    ours = f"the last was received at {received:%Y-%m-%d %H:%M} UTC" if received else "none was received yet"
    theirs = portal_time(success) if success else "not yet"
    return f"{ours}; DocSpace says that its last success was {theirs}"


def _owner(wiring: Wiring, hook: Webhook) -> Finding:
    """A webhook tells of what its owner may read; DocSpace says only of admins what that is."""
    name = plain(hook.created_by.name) or "somebody"
    try:
        mine = wiring.portal.myself()
    except FarSideError:
        mine = None
    if mine is not None and mine == hook.created_by.id:
        return good(OWNER, f"{name}, whose key this is: it tells of the folders that the key sees")
    if _is_admin(wiring, hook.created_by.id):
        return good(OWNER, f"{name}, an admin, who may read every room")
    return lacking(
        OWNER, f"{name} made it, so it tells only of what {name} may read, which this key can't check",
        "let it be somebody who belongs to every watched room, or register with such a key",
    )  # fmt: skip


def _is_admin(wiring: Wiring, guid: str) -> bool:
    try:
        return bool(guid) and Client(wiring.docspace).person(guid).is_admin
    except errors.DocSpaceError:
        return False
