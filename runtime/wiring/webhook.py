"""The registration of our webhook in the portal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docspace.webhooks import Webhooks
from runtime.settings.settings import UnusableSettings
from webhook.address import build_receiver_url
from webhook.registration import Registration

if TYPE_CHECKING:
    from runtime.wiring.wiring import Wiring

NO_WEBHOOK = "INTAKE: is sweep, which uses no webhook; set it to webhook, or remove it, to register one"


def build_registration(wiring: Wiring) -> Registration:
    """Return the use case; `UnusableSettings` names the setting without which our webhook can't be found."""
    if not wiring.settings.has_receiver:
        raise UnusableSettings(NO_WEBHOOK)
    public_url = wiring.settings.require(
        "PUBLIC_URL", "DocSpace reaches the receiver at this address, and the webhook is found by it"
    )
    return Registration(Webhooks(wiring.docspace_http), build_receiver_url(public_url))
