"""The state of our webhook in the portal, and its faults (facts on DocSpace, 2.5 and 3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from docspace.times import read_wall_clock
from docspace.webhooks import ALL_TRIGGERS
from reviews.text import clean_text
from webhook.address import is_same_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from docspace.webhooks import Trigger, Webhook

RECOMMENDED_TRIGGERS: Final = frozenset(
    {f"{kind}.{what}" for kind in ("file", "folder") for what in
     ("created", "updated", "trashed", "deleted", "restored", "copied", "moved")}
    | {"file.uploaded", "room.archived", "room.deleted", "room.restored"}
    | {"form.submit", "form.filled.out", "agent.deleted"}
)  # fmt: skip
"""The triggers that report every change of a file beneath a watched folder, without people's data.

Each is open to every user but guests (`AvailableFor` in DocSpace's WebhookTrigger.cs). A portal before 3.7
has none of forms and agents (facts on DocSpace, 2.5 and 10.4).
"""

MAX_LISTED_NAMES = 3
"""How many names are listed in a sentence."""


class WebhookState(StrEnum):
    """State of the webhook; `unknown` if the portal does not report it."""

    IN_ORDER = "in_order"
    MISSING = "missing"
    DISABLED = "disabled"
    INCOMPLETE = "incomplete"
    UNKNOWN = "unknown"


class Repair(StrEnum):
    TRIGGERS = "triggers"
    ENABLED = "enabled"
    TARGET = "target"
    SSL = "ssl"


@dataclass(frozen=True, kw_only=True)
class WebhookStatus:
    """`hook` is the one with our address, `twins` are others with it; `triggers` are what the portal has."""

    address: str
    hook: Webhook | None
    twins: tuple[Webhook, ...]
    triggers: tuple[Trigger, ...]

    @cached_property
    def wanted_triggers(self) -> int:
        """The mask of the recommended triggers, as far as the portal has them for the key's user."""
        return sum(trigger.bit for trigger in self.triggers if _is_wanted(trigger) and trigger.available)

    @property
    def missing_triggers(self) -> list[str]:
        """The names of the wanted triggers that the webhook lacks."""
        if self.hook is None or self.hook.triggers == ALL_TRIGGERS:
            return []
        return self._list_names(self.wanted_triggers & ~self.hook.triggers)

    @property
    def state(self) -> WebhookState:
        match self.hook:
            case None:
                return WebhookState.MISSING
            case hook if not hook.enabled:
                return WebhookState.DISABLED
            case hook if self.missing_triggers or hook.target:
                return WebhookState.INCOMPLETE
            case _:
                return WebhookState.IN_ORDER

    @property
    def faults(self) -> list[str]:
        """Return the faults that keep changes from being reported, in words."""
        if self.hook is None:
            return ["no webhook that the key's user can see has this address"]
        faults = []
        if not self.hook.enabled:
            faults.append("it is disabled")
        if self.missing_triggers:
            faults.append(f"it does not report {_join_few(self.missing_triggers)}")
        if self.hook.target:
            faults.append(f"it reports only one entry, {clean_text(self.hook.target)}")
        return faults

    @property
    def remarks(self) -> list[str]:
        """Return remarks for operators, although no change is missed because of them."""
        remarks = []
        if self.hook and self.hook.triggers == ALL_TRIGGERS:
            remarks.append("it reports everything, including people's data, which is not used")
        elif self.hook and (more := set(self._list_names(self.hook.triggers)) - RECOMMENDED_TRIGGERS):
            remarks.append(f"it reports more than is used: {_join_few(sorted(more))}")
        if self.hook and self.can_check_certificate:
            remarks.append("DocSpace does not check the certificate of this address (ssl is off)")
        if self.twins:
            ids = ", ".join(str(twin.id) for twin in self.twins)
            remarks.append(f"more webhooks have the same address, so changes arrive several times: {ids}")
        if unavailable := [each.name for each in self.triggers if _is_wanted(each) and not each.available]:
            remarks.append(f"the key's user may not subscribe to {', '.join(unavailable)}")
        return remarks

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """Return the repairs that are needed before every change is reported."""
        if self.hook is None:
            return ()
        wrong = {
            Repair.TRIGGERS: bool(self.missing_triggers),
            Repair.ENABLED: not self.hook.enabled,
            Repair.TARGET: bool(self.hook.target),
        }
        return tuple(repair for repair, needed in wrong.items() if needed)

    @property
    def can_check_certificate(self) -> bool:
        return self.hook is not None and not self.hook.ssl and self.hook.uri.lower().startswith("https:")

    @property
    def last_success(self) -> datetime | None:
        """When DocSpace delivered last, by a clock in the portal's time zone: it has no zone here."""
        return read_wall_clock(self.hook.last_success) if self.hook else None

    @property
    def last_failure(self) -> datetime | None:
        """When a delivery failed last, by the same clock."""
        return read_wall_clock(self.hook.last_failure) if self.hook else None

    def with_hook(self, hook: Webhook) -> WebhookStatus:
        return replace(self, hook=hook)

    def _list_names(self, mask: int) -> list[str]:
        return [trigger.name for trigger in self.triggers if trigger.bit & mask]


def find_webhook(address: str, hooks: Iterable[Webhook], triggers: Sequence[Trigger]) -> WebhookStatus:
    """Find our webhook by its address; of several, the one that reports most."""
    matching_hooks = [hook for hook in hooks if is_same_address(hook.uri, address)]
    statuses = [
        WebhookStatus(address=address, hook=hook, twins=(), triggers=tuple(triggers))
        for hook in matching_hooks
    ]
    if not statuses:
        return WebhookStatus(address=address, hook=None, twins=(), triggers=tuple(triggers))
    best = max(statuses, key=_rank_by_coverage)
    return replace(best, twins=tuple(hook for hook in matching_hooks if hook is not best.hook))


def _rank_by_coverage(status: WebhookStatus) -> tuple[bool, int, str]:
    """Return a sort key by how much a webhook reports."""
    hook = status.hook
    return (hook.enabled, -len(status.repairs), hook.last_success) if hook else (False, 0, "")


def _join_few(names: list[str]) -> str:
    """Return the first names, and how many more there are."""
    more = len(names) - MAX_LISTED_NAMES
    return ", ".join(names[:MAX_LISTED_NAMES]) + (f" and {more} more" if more > 0 else "")


def _is_wanted(trigger: Trigger) -> bool:
    return trigger.name in RECOMMENDED_TRIGGERS
