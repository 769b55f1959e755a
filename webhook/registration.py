"""The registration of our webhook, created and repaired through the portal's API (facts on DocSpace, 3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from docspace import errors
from docspace.webhooks import ALL_TRIGGERS
from reviews.text import clean_text
from webhook.webhook_status import Repair, find_webhook

if TYPE_CHECKING:
    from collections.abc import Callable

    from docspace.webhooks import Webhook, Webhooks
    from webhook.webhook_status import WebhookStatus

NOT_ALLOWED = (
    "the API key may not manage webhooks: DocSpace requires a key with full access, made "
    "without a list of permissions, by a user who may use the developer tools"
)
# DocSpace's sentences about an address begin like this in any language, or have the method in them.
_OF_ADDRESSES = ("URL", "DNS", "HTTPS", "Invalid URL")


class RegistrationResult(StrEnum):
    CREATED = "created"
    REPAIRED = "repaired"
    IN_ORDER = "in_order"
    NOT_ALLOWED = "not_allowed"
    ADDRESS_REFUSED = "address_refused"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class RegistrationOutcome:
    """The outcome; `status` is the webhook's present state, `reason` why the portal refused something."""

    result: RegistrationResult
    status: WebhookStatus
    repaired: tuple[Repair, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Registration:
    """The webhook at `address`. No other webhook is ever changed.

    Raises `docspace.errors`, but a refusal of the portal to create or change something is an outcome.
    """

    webhooks: Webhooks
    address: str

    def get_status(self) -> WebhookStatus:
        """Return the webhook's state; raise `Forbidden` if the key may not see it."""
        status = find_webhook(self.address, self.webhooks.list_webhooks(), self.webhooks.list_triggers())
        if not status.wanted_triggers:
            raise errors.Unavailable("DocSpace's list of triggers can't be read")
        return status

    def create(self, status: WebhookStatus, *, name: str, secret: str) -> RegistrationOutcome:
        """Create the webhook after a search without a result."""
        ssl = self.address.lower().startswith("https:")

        def create_webhook() -> Webhook:
            return self.webhooks.create(
                name=name, uri=self.address, secret=secret, ssl=ssl, triggers=status.wanted_triggers
            )

        return _try_call(create_webhook, status, RegistrationResult.CREATED)

    def repair(
        self, status: WebhookStatus, *, secret: str = "", certificate: bool = False
    ) -> RegistrationOutcome:
        """Have the webhook report every change, and change nothing else unless asked to.

        A wider mask stays as it is. With `secret` the webhook gets that secret. With `certificate`, the
        portal checks our certificate from now on; if it can't, that is the outcome's `reason` and the rest is
        done all the same.
        """
        hook = status.hook
        if hook is None or not (status.repairs or secret):
            outcome = RegistrationOutcome(result=RegistrationResult.IN_ORDER, status=status)
        elif status.repairs == (Repair.ENABLED,) and not secret:
            outcome = _try_call(lambda: self.webhooks.enable(hook), status, RegistrationResult.REPAIRED)
        else:
            triggers = (
                ALL_TRIGGERS if hook.triggers == ALL_TRIGGERS else hook.triggers | status.wanted_triggers
            )
            repaired_webhook = replace(hook, enabled=True, triggers=triggers, target="")
            result = RegistrationResult.REPAIRED if status.repairs else RegistrationResult.IN_ORDER
            outcome = _try_call(lambda: self.webhooks.change(repaired_webhook, secret=secret), status, result)
        return self._check_certificate(outcome) if certificate else outcome

    def _check_certificate(self, outcome: RegistrationOutcome) -> RegistrationOutcome:
        hook = outcome.status.hook
        if outcome.reason or hook is None or not outcome.status.can_check_certificate:
            return outcome
        tried = _try_call(
            lambda: self.webhooks.change(replace(hook, ssl=True)), outcome.status, RegistrationResult.REPAIRED
        )
        if tried.reason:
            return replace(outcome, reason=f"it can't check the certificate: {tried.reason}")
        return replace(tried, repaired=(*outcome.repaired, Repair.SSL))


def _try_call(
    call: Callable[[], Webhook], status: WebhookStatus, result: RegistrationResult
) -> RegistrationOutcome:
    try:
        hook = call()
    except errors.Forbidden:
        return RegistrationOutcome(result=RegistrationResult.NOT_ALLOWED, status=status, reason=NOT_ALLOWED)
    except errors.ProbeFailed as error:
        return RegistrationOutcome(
            result=RegistrationResult.ADDRESS_REFUSED, status=status, reason=str(error)
        )
    except errors.BadRequest as error:
        reason = clean_text(error.reason)
        is_about_address = reason.startswith(_OF_ADDRESSES) or "HEAD" in reason
        refused = RegistrationResult.ADDRESS_REFUSED if is_about_address else RegistrationResult.REFUSED
        return RegistrationOutcome(result=refused, status=status, reason=reason.rstrip(".") or str(error))
    return RegistrationOutcome(result=result, status=status.with_hook(hook), repaired=status.repairs)
