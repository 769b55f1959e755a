"""A portal whose webhooks can be managed, and a receiver that it reaches: both at real sockets."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from demo import DemoPortal, Sender, run_portal
from demo.transport import exchange
from demo.wire_format import SUBSCRIBED
from docspace.http import Http
from docspace.webhooks import Webhooks
from tests.demo.receiver import Receiver, listening
from webhook.address import PATH
from webhook.registration import Registration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from demo import PortalWebhook
    from demo.transport import Transport

SECRET = "Compl1ance!Review2026"


@dataclass(frozen=True)
class Managed:
    """`api` is where the portal is; the receiver's own address is what `PUBLIC_URL` would be."""

    portal: DemoPortal
    sender: Sender
    receiver: Receiver
    api: str

    @property
    def address(self) -> str:
        return self.receiver.url + PATH

    def registration(self, *, key: str = "", address: str = "") -> Registration:
        webhooks = Webhooks(Http(self.api, key or self.portal.api_key))
        return Registration(webhooks, address or self.address)

    def hook(
        self, *, url: str = "", name: str = "ours", triggers: Sequence[str] = SUBSCRIBED
    ) -> PortalWebhook:
        """Register a webhook in the portal, as an operator did by hand."""
        return self.sender.register(url or self.address, secret=SECRET, name=name, triggers=triggers)

    def settings(self, **more: str) -> dict[str, str]:
        return {
            "DOCSPACE_API_HOST": self.api,
            "DOCSPACE_API_KEY": self.portal.api_key,
            "PUBLIC_URL": self.receiver.url,
            **more,
        }


@contextmanager
def managed(clock: Callable[[], datetime], *, transport: Transport = exchange) -> Iterator[Managed]:
    """Open it; `transport` stands in for the socket by which the portal reaches receivers."""
    portal = DemoPortal(clock)
    sender = Sender(portal, wait_factor=0, transport=transport)
    with listening() as receiver, run_portal(portal, sender) as api:
        yield Managed(portal, sender, receiver, api)
