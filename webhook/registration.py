"""The webhook, made and kept as it has to be through the portal's API (facts on DocSpace, 3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from docspace import errors
from docspace.webhooks import EVERYTHING
from reviews.text import plain
from webhook.found import Repair, find

if TYPE_CHECKING:
    from collections.abc import Callable

    from docspace.webhooks import Webhook, Webhooks
    from webhook.found import Found

NOT_ALLOWED = (
    "the API key may not manage webhooks: DocSpace takes a key with full access, made without a list of "
    "permissions, of somebody who may use the developer tools"
)
# What DocSpace says of an address begins like this in any language, or names the method.
_OF_ADDRESSES = ("URL", "DNS", "HTTPS", "Invalid URL")


class Result(StrEnum):
    CREATED = "created"
    REPAIRED = "repaired"
    IN_ORDER = "in_order"
    NOT_ALLOWED = "not_allowed"
    ADDRESS_REFUSED = "address_refused"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of it; `found` is how it stands now, `reason` why the portal refused something."""

    result: Result
    found: Found
    repaired: tuple[Repair, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Registration:
    """The webhook at `address`. No other webhook is ever touched.

    Raises `docspace.errors`, but what the portal refuses to make or to change is an outcome.
    """

    webhooks: Webhooks
    address: str

    def look(self) -> Found:
        """Return how it stands; `Forbidden` where the key may not see it."""
        found = find(self.address, self.webhooks.all(), self.webhooks.triggers())
        if not found.wanted:
            raise errors.Unavailable("DocSpace's list of triggers can't be read")
        return found

    def create(self, found: Found, *, name: str, secret: str) -> Outcome:
        """Make the webhook that was looked for in vain."""
        ssl = self.address.lower().startswith("https:")

        def made() -> Webhook:
            return self.webhooks.create(
                name=name, uri=self.address, secret=secret, ssl=ssl, triggers=found.wanted
            )

        return _carried_out(made, found, Result.CREATED)

    def repair(self, found: Found, *, secret: str = "", certificate: bool = False) -> Outcome:
        """Let it tell of every change, and change nothing else unless asked to.

        A wider mask stays as it is. With `secret` it gets that one. `certificate` lets the portal check ours
        from now on; where it can't, that is the outcome's `reason` and the rest is done all the same.
        """
        hook = found.hook
        if hook is None or not (found.repairs or secret):
            outcome = Outcome(result=Result.IN_ORDER, found=found)
        elif found.repairs == (Repair.ENABLED,) and not secret:
            outcome = _carried_out(lambda: self.webhooks.enable(hook), found, Result.REPAIRED)
        else:
            triggers = EVERYTHING if hook.triggers == EVERYTHING else hook.triggers | found.wanted
            mended = replace(hook, enabled=True, triggers=triggers, target="")
            result = Result.REPAIRED if found.repairs else Result.IN_ORDER
            outcome = _carried_out(lambda: self.webhooks.change(mended, secret=secret), found, result)
        return self._certified(outcome) if certificate else outcome

    def _certified(self, outcome: Outcome) -> Outcome:
        hook = outcome.found.hook
        if outcome.reason or hook is None or not outcome.found.can_check_certificate:
            return outcome
        tried = _carried_out(
            lambda: self.webhooks.change(replace(hook, ssl=True)), outcome.found, Result.REPAIRED
        )
        if tried.reason:
            return replace(outcome, reason=f"it can't check the certificate: {tried.reason}")
        return replace(tried, repaired=(*outcome.repaired, Repair.SSL))


def _carried_out(call: Callable[[], Webhook], found: Found, result: Result) -> Outcome:
    try:
        hook = call()
    except errors.Forbidden:
        return Outcome(result=Result.NOT_ALLOWED, found=found, reason=NOT_ALLOWED)
    except errors.ProbeFailed as error:
        return Outcome(result=Result.ADDRESS_REFUSED, found=found, reason=str(error))
    except errors.BadRequest as error:
        reason = plain(error.reason)
        about = reason.startswith(_OF_ADDRESSES) or "HEAD" in reason
        refused = Result.ADDRESS_REFUSED if about else Result.REFUSED
        return Outcome(result=refused, found=found, reason=reason.rstrip(".") or str(error))
    return Outcome(result=result, found=found.now(hook), repaired=found.repairs)
