"""Subscriptions, deliveries and what is kept about them (facts on DocSpace, 1.5, 1.6 and 3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from demo.wire_format import TRIGGERS, stamp, trigger_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from demo.emission import Emission

FAILURE_GRACE_PERIOD: Final = timedelta(days=3)
"""So long after its last success one more failed delivery disables a webhook."""


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
        """`target` is compared with the changed entry itself, not with its folders (facts on DocSpace, 0)."""
        bit = TRIGGERS[emission.trigger]
        return (
            self.enabled
            and (self.triggers == 0 or bool(self.triggers & bit))
            and self.target in {"", str(emission.about)}
        )

    def is_overdue(self, now: datetime) -> bool:
        return now - (self.last_success_on or self.created_on) > FAILURE_GRACE_PERIOD

    def write_member(self, emission: Emission) -> dict[str, Any]:
        """The `webhook` member of a first attempt."""
        members: dict[str, Any] = {
            "id": self.id,
            "name": self.name,
            "url": self.url,
            "triggers": trigger_names(self.triggers),
        }
        if self.target:
            kind = emission.trigger.partition(".")[0]
            members["target"] = {"id": emission.about, "type": kind}
        return members


@dataclass(frozen=True)
class PortalDelivery:
    """One event on its way to one webhook; `id` is `event.id` and the id of its log row."""

    id: int
    webhook: PortalWebhook
    emission: Emission

    def body(self, *, retries: int = 0, wait: float = 0, sent: bool = True) -> dict[str, Any]:
        """The members of an attempt. Retries tell of the failure before them, so every body differs.

        Before the first attempt the log keeps a body whose id is 0 still, and zero is left out
        (`WebhookPublisher` of the server makes the row, `WebhookSender` sets the id when it sends).
        """
        hook, emission = self.webhook, self.emission
        event: dict[str, Any] = {"id": self.id} if sent else {}
        event["createOn"] = stamp(emission.created_on)
        if emission.created_by:
            event["createBy"] = emission.created_by
        event |= {"trigger": emission.trigger, "triggerId": TRIGGERS[emission.trigger]}
        shown = hook.write_member(emission)
        if retries and hook.last_failure_on is not None:
            shown |= {"lastFailureOn": stamp(hook.last_failure_on), "lastFailureContent": hook.last_failure}
            if hook.last_success_on is not None:
                shown["lastSuccessOn"] = stamp(hook.last_success_on).removesuffix("Z")
            retry_on = hook.last_failure_on + timedelta(seconds=wait)
            shown |= {"retryCount": retries, "retryOn": stamp(retry_on)}
        return {"event": event, "payload": emission.payload, "webhook": shown}


@dataclass
class DeliveryLogRow:
    """What the portal keeps of a delivery. `status` 0 is not sent yet, or lost with the queue."""

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
    """How a delivery ended; `status` of the last answer, 500 if there was none, and then `error` says why."""

    delivery: PortalDelivery
    status: int
    attempts: int
    error: str = ""

    @property
    def delivered(self) -> bool:
        return 200 <= self.status < 300
