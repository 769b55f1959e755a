"""The lines that the commands about the webhook print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.ledger.ledger_entries import format_moment
from reviews.text import clean_text
from runtime.doctor.clocks import format_portal_time
from webhook.address import list_address_problems
from webhook.registration import NOT_ALLOWED, RegistrationOutcome, RegistrationResult
from webhook.secret import generate_secret
from webhook.webhook_status import RECOMMENDED_TRIGGERS, Repair, WebhookState

if TYPE_CHECKING:
    from datetime import datetime

    from docspace.webhooks import Webhook
    from webhook.webhook_status import WebhookStatus

NAME = "docspace-review"
SETTING = "DOCSPACE_WEBHOOK_SECRET"
_DONE = {
    RegistrationResult.CREATED: "made",
    RegistrationResult.REPAIRED: "repaired",
    RegistrationResult.IN_ORDER: "in order",
}
_REPAIRS = {
    Repair.TRIGGERS: "it now gets all needed triggers",
    Repair.ENABLED: "it is enabled again",
    Repair.TARGET: "it now reports all entries instead of one",
    Repair.SSL: "DocSpace now checks the certificate",
}


def describe_result(outcome: RegistrationOutcome) -> list[str]:
    status, hook = outcome.status, outcome.status.hook
    named = f'{hook.id} "{clean_text(hook.name)}" ' if hook else ""
    return [
        f"Webhook {named}is {_DONE[outcome.result]}: {status.address}",
        *(f"  {_REPAIRS[repair]}" for repair in outcome.repaired),
        *_format_notes(
            *status.remarks,
            *([outcome.reason] if outcome.reason else []),
            *list_address_problems(status.address),
        ),
    ]


def describe_secret(outcome: RegistrationOutcome, *, is_configured: bool, new_secret: str) -> list[str]:
    """Describe which secret it has, and show a new one."""
    if new_secret:
        lines = [
            "",
            "Its secret is shown only once. Set it for docspace-review, and restart docspace-review:",
        ]
        lines += ["", f"{SETTING}={new_secret}"]
        return lines if outcome.result is RegistrationResult.CREATED else [*lines, "", *_RENEWED]
    if is_configured:
        return [f"Its secret is the one in {SETTING}."]
    return [
        f"{SETTING} is not set here, and DocSpace never shows a secret. Set the webhook's secret,",
        "or give it a new one: docspace-review webhook register --new-secret",
    ]


_RENEWED = [
    "Until then deliveries are refused, and DocSpace retries for half a minute. Put the previous secret",
    f"into {SETTING}_PREVIOUS until the last of them has arrived.",
]


def describe_refusal(outcome: RegistrationOutcome, *, new_secret: str) -> list[str]:
    """Describe what the portal refuses; a secret made for a new webhook is useful all the same."""
    address = outcome.status.address
    if outcome.result is not RegistrationResult.ADDRESS_REFUSED:
        return [f"DocSpace rejects this: {outcome.reason}."]
    lines = [
        f"DocSpace rejects the address {address}: {outcome.reason}.",
        f"The receiver has to run and to answer there: curl --head {address}",
        *_format_notes(*list_address_problems(address)),
    ]
    if new_secret and outcome.status.hook is None:
        lines += [
            "", f"The receiver does not start without {SETTING}. Set this one, start it, and register again:",
            "", f"{SETTING}={new_secret}",
        ]  # fmt: skip
    return lines


def describe_manual_steps(address: str, *, is_configured: bool) -> list[str]:
    """Describe which key is needed, and the manual steps without it."""
    new_secret = "" if is_configured else generate_secret()
    form = {
        "Webhook name": NAME,
        "Payload URL": address,
        "SSL verification": "enabled" if address.startswith("https:") else "disabled",
        "Secret key": new_secret or f"what {SETTING} is",
        "Trigger events": ", ".join(sorted(RECOMMENDED_TRIGGERS)),
    }
    return [
        f"This can't be done here: {NOT_ALLOWED}.",
        "Set such a key as DOCSPACE_API_KEY, or create or correct the webhook by hand,",
        "in DocSpace under Developer tools, Webhooks:",
        "",
        *(f"  {label:<18}{value}" for label, value in form.items()),
        *(
            ["", "A new secret has to be set for docspace-review too:", "", f"{SETTING}={new_secret}"]
            if new_secret
            else []
        ),
    ]


def describe_status(
    address: str, status: WebhookStatus | None, reason: str, last_received: datetime | None
) -> list[str]:
    if status is None:
        return [f"{address}: unknown", f"  {reason}"]
    lines = [f"{address}: {status.state.replace('_', ' ')}"]
    if status.hook is None:
        lines += [f"  {fault}" for fault in status.faults]
    else:
        lines += [
            f"  {label:<14}{value}"
            for label, value in _list_facts(status, status.hook, last_received).items()
        ]
    lines += _format_notes(*status.remarks, *list_address_problems(address))
    if status.state is not WebhookState.IN_ORDER:
        lines.append("To fix it: docspace-review webhook register")
    return lines


def build_status_json(
    address: str, status: WebhookStatus | None, reason: str, last_received: datetime | None
) -> dict[str, Any]:
    state = status.state if status else WebhookState.UNKNOWN
    return {
        "address": address,
        "state": state,
        "reason": "; ".join(status.faults) if status else reason,
        "webhook": _build_members(status, status.hook) if status and status.hook else None,
        "remarks": [*status.remarks, *list_address_problems(address)] if status else [],
        "last_received": format_moment(last_received),
    }


def _list_facts(status: WebhookStatus, hook: Webhook, last_received: datetime | None) -> dict[str, str]:
    failure = status.last_failure
    return {
        "webhook": f'{hook.id} "{clean_text(hook.name)}", '
        f"made by {clean_text(hook.created_by.name) or 'an unnamed account'}",
        "enabled": "yes" if hook.enabled else "no",
        "triggers": f"lacks {', '.join(status.missing_triggers)}"
        if status.missing_triggers
        else "all that is needed",
        "reports": f"the entry {clean_text(hook.target)} alone" if hook.target else "every entry",
        "last received": f"{last_received:%Y-%m-%d %H:%M} UTC, by our clock" if last_received else "none",
        "last success": format_portal_time(status.last_success),
        "last failure": format_portal_time(failure) + (f": {clean_text(hook.failure)}" if failure else ""),
    }


def _build_members(status: WebhookStatus, hook: Webhook) -> dict[str, Any]:
    return {
        "id": hook.id,
        "name": hook.name,
        "enabled": hook.enabled,
        "ssl": hook.ssl,
        "target": hook.target or None,
        "missing": status.missing_triggers,
        "created_by": {"id": hook.created_by.id, "name": hook.created_by.name},
        "last_success": _format_portal_time(status.last_success),
        "last_failure": _format_portal_time(status.last_failure),
        "failure": hook.failure or None,
        "twins": [twin.id for twin in status.twins],
    }


def _format_notes(*sentences: str) -> list[str]:
    return [f"Note: {clean_text(sentence)}." for sentence in sentences]


def _format_portal_time(at: datetime | None) -> str | None:
    """Return a time without a zone: DocSpace does not report the zone (facts on DocSpace, 10.6)."""
    return at.isoformat(timespec="seconds") if at else None
