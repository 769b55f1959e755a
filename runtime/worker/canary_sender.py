"""One canary: created, signed, sent, and its result in words."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import webhook.canary
from reviews.intake.intake import receive_events
from reviews.language import join_with_and
from webhook.canary import CanaryRejected
from webhook.payload import parse

if TYPE_CHECKING:
    from reviews.monitoring.canaries import CanaryProgress
    from reviews.ports.alarms import Canary
    from runtime.settings.settings import Settings
    from runtime.wiring.wiring import Wiring


UNSIGNED = "a test is signed like a DocSpace delivery"
NO_RECEIVER = "With INTAKE=sweep the test begins in the database: what comes from DocSpace is not part of it"
NO_ADDRESS = "PUBLIC_URL is not set, so it was sent to {address}, not over the path that DocSpace uses"


class CanarySender:
    """Sender of one canary; it may be sent again, as DocSpace retries a delivery that was not accepted."""

    def __init__(self, wiring: Wiring, *, route: str = "", slot: str | None = None) -> None:
        """Create the canary; `UnusableSettings` names what is missing to sign it."""
        settings = wiring.settings
        self._has_receiver = settings.has_receiver
        self._secret = settings.require("DOCSPACE_WEBHOOK_SECRET", UNSIGNED) if self._has_receiver else ""
        self._address = settings.outside_address
        self._transactions = wiring.transactions
        self._canaries = wiring.canaries
        self._nonce = secrets.token_urlsafe(24)
        self.canary: Canary | None = self._canaries.create(
            secrets.token_urlsafe(9), self._nonce, route=route, slot=slot
        )

    def send(self) -> str:
        """Send it; return why it was refused, or nothing. The reason is stored with it.

        Without a receiver it is stored as if it had been received.
        """
        if self.canary is None:
            return ""
        try:
            body = webhook.canary.build_body(self.canary.id, self._nonce, self.canary.sent_at)
            if self._has_receiver:
                webhook.canary.send(self._address, body, self._secret)
            else:
                receive_events(self._transactions, [parse(body)])
        except CanaryRejected as error:
            self._canaries.save_failure(self.canary.id, str(error))
            return str(error)
        return ""


def describe_missing_leg(progress: CanaryProgress) -> str:
    """Describe which leg of a canary is missing; empty if none is."""
    canary = progress.canary
    if progress.received_at is None:
        return f"it was not received: {canary.trouble or 'nothing of it has arrived'}"
    if canary.processed_at is None:
        return "it was received but not processed: check that a worker runs, and see its log"
    waiting = [
        f"{post.target} ({post.error})" if post.error else str(post.target)
        for post in progress.posts
        if not post.at
    ]
    return f"its card was not posted in {join_with_and(waiting)}" if waiting else ""


def describe_lost_canary(progress: CanaryProgress, settings: Settings) -> str:
    """Return the text for operators about a canary that has not come back."""
    canary = progress.canary
    delivered_targets = [str(post.target) for post in progress.posts if post.at]
    sent_at = f"{canary.sent_at:%Y-%m-%d %H:%M} UTC"
    parts = [
        f"the canary of the route {canary.route}, sent at {sent_at}, did not arrive",
        describe_missing_leg(progress),
        *([f"it was delivered to {join_with_and(delivered_targets)}"] if delivered_targets else []),
        *(
            []
            if settings.public_url or not settings.has_receiver
            else [NO_ADDRESS.format(address=settings.outside_address)]
        ),
    ]
    return "; ".join(parts)
