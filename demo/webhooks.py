"""Subscriptions, deliveries and their log (facts on DocSpace, 1.5, 1.6 and 3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from demo.wire_format import TRIGGERS, stamp, trigger_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from demo.emission import Emission

FAILURE_GRACE_PERIOD: Final = timedelta(days=3)
"""Time after the last success from which one more failed delivery disables a webhook."""


@dataclass
class PortalWebhook:
    """One subscription; `triggers` is the mask, 0 for everything; `target` limits it to one entry's own."""

    id: int
    name: str
    url: str
    secret: str = field(repr=False)
    triggers: int
    created_on: datetime
    created_by: str
    target: str = ""
    ssl: bool = False
    enabled: bool = True
    last_failure_on: datetime | None = None
    last_failure: str | None = None
    last_success_on: datetime | None = None

    def wants(self, emission: Emission) -> bool:
        """Return whether it subscribes; `target` is an entry, not its folder (facts on DocSpace, 0)."""
        bit = TRIGGERS[emission.trigger]
        return (
            self.enabled
            and (self.triggers == 0 or bool(self.triggers & bit))
            and self.target in {"", str(emission.entry_id)}
        )

    def is_overdue(self, now: datetime) -> bool:
        return now - (self.last_success_on or self.created_on) > FAILURE_GRACE_PERIOD

    def write_member(self, emission: Emission) -> dict[str, Any]:
        """Return the `webhook` member of a first attempt."""
        members: dict[str, Any] = {
            "id": self.id,
            "name": self.name,
            "url": self.url,
            "triggers": trigger_names(self.triggers),
        }
        if self.target:
            kind = emission.trigger.partition(".")[0]
            members["target"] = {"id": emission.entry_id, "type": kind}
        return members


@dataclass(frozen=True)
class PortalDelivery:
    """One event on its way to one webhook; `id` is `event.id` and the id of its log row."""

    id: int
    webhook: PortalWebhook
    emission: Emission

    def body(self, *, retry_number: int = 0, wait_seconds: float = 0, with_id: bool = True) -> dict[str, Any]:
        """Return the members of an attempt. Retries contain the previous failure, so every body differs.

        Before the first attempt the log has a body whose id is still 0, and zero is omitted
        (`WebhookPublisher` of the server makes the row, `WebhookSender` sets the id when it sends).
        """
        hook, emission = self.webhook, self.emission
        event: dict[str, Any] = {"id": self.id} if with_id else {}
        event["createOn"] = stamp(emission.created_on)
        if emission.created_by:
            event["createBy"] = emission.created_by
        event |= {"trigger": emission.trigger, "triggerId": TRIGGERS[emission.trigger]}
        webhook_members = hook.write_member(emission)
        if retry_number and hook.last_failure_on is not None:
            webhook_members |= {
                "lastFailureOn": stamp(hook.last_failure_on),
                "lastFailureContent": hook.last_failure,
            }
            if hook.last_success_on is not None:
                webhook_members["lastSuccessOn"] = stamp(hook.last_success_on).removesuffix("Z")
            retry_on = hook.last_failure_on + timedelta(seconds=wait_seconds)
            webhook_members |= {"retryCount": retry_number, "retryOn": stamp(retry_on)}
        return {"event": event, "payload": emission.payload, "webhook": webhook_members}


@dataclass
class DeliveryLogRow:
    """Log row of a delivery. `status` 0 is not sent yet, or lost with the queue."""

    id: int
    delivery: PortalDelivery
    created_on: datetime
    request_payload: str
    request_headers: Mapping[str, str] = field(default_factory=dict)
    response_payload: str = ""
    status: int = 0
    attempts: int = 0
    delivered_on: datetime | None = None


@dataclass(frozen=True)
class DeliveryOutcome:
    """Outcome of a delivery; `status` of the last answer, or 500 without one, then with an `error`."""

    delivery: PortalDelivery
    status: int
    attempts: int
    error: str = ""

    @property
    def delivered(self) -> bool:
        return 200 <= self.status < 300
