"""Webhooks managed over REST: list, create, change, enable, delete, log and retry (facts on DocSpace, 3)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from demo import query
from demo.answers import address, wrap_success
from demo.dtos import employee
from demo.errors import BadArgumentError
from demo.wire_format import TRIGGERS, stamp, trigger_names

if TYPE_CHECKING:
    from demo.sender import Sender
    from demo.webhooks import DeliveryLogRow, PortalWebhook

_GROUPS = {0: 1, 2: 2, 3: 4, 4: 8, 5: 16}
"""`groupStatus` bit by the first digit of the status; 1 is not sent."""


def create_management(sender: Sender) -> Blueprint:
    hooks = Blueprint("webhooks", __name__)
    _add_subscriptions(hooks, sender)
    _add_log(hooks, sender)
    return hooks


def _add_subscriptions(hooks: Blueprint, sender: Sender) -> None:

    @hooks.get("/webhook")
    def listing() -> Response:
        all_visible, rows = sender.rules.sees_all(query.reader()), sender.log()
        visible_hooks = [
            hook for hook in sender.webhooks() if all_visible or hook.created_by == query.reader().id
        ]
        return wrap_success([_write_webhook(sender, hook, rows) for hook in visible_hooks])

    @hooks.post("/webhook")
    def create() -> Response:
        sender.rules.sees_all(query.reader())
        payload = _read_body("name", "uri", "secretKey")
        _check(sender, payload["uri"], ssl=bool(payload.get("ssl")), triggers=payload.get("triggers", 0))
        hook = sender.register(
            payload["uri"],
            secret=payload["secretKey"],
            name=payload["name"],
            triggers=trigger_names(payload.get("triggers", 0)),
            target=str(payload.get("targetId") or ""),
        )
        hook.enabled, hook.ssl = bool(payload.get("enabled")), bool(payload.get("ssl"))
        hook.created_by = query.reader().id
        return wrap_success(_config(sender, hook))

    @hooks.put("/webhook")
    def change() -> Response:
        payload = _read_body("id", "name", "uri")
        ssl, triggers = bool(payload.get("ssl")), payload.get("triggers", 0)
        _check(sender, payload["uri"], ssl=ssl, triggers=triggers)
        if payload.get("secretKey"):
            sender.rules.secrets.check(payload["secretKey"])
        sender.probe(payload["uri"], ssl=ssl)
        hook = _require_own_webhook(sender, payload["id"])
        hook.secret = payload.get("secretKey") or hook.secret
        hook.name, hook.url, hook.triggers = payload["name"], payload["uri"], triggers
        hook.target = str(payload.get("targetId") or "")
        hook.enabled, hook.ssl = bool(payload.get("enabled")), ssl
        return wrap_success(_config(sender, hook))

    @hooks.put("/webhook/enable")
    def enable() -> Response:
        payload = _read_body("id", "name", "uri")
        hook = _require_own_webhook(sender, payload["id"])
        if payload.get("enabled"):
            _check(sender, hook.url, ssl=hook.ssl, triggers=hook.triggers)
            sender.rules.secrets.check(hook.secret)
            sender.probe(hook.url, ssl=hook.ssl)
        hook.enabled = bool(payload.get("enabled"))
        return wrap_success(_config(sender, hook))

    @hooks.delete("/webhook/<int:webhook_id>")
    def delete(webhook_id: int) -> Response:
        config = _config(sender, _require_own_webhook(sender, webhook_id))
        sender.remove(webhook_id)
        return wrap_success(config)

    @hooks.get("/webhook/triggers")
    def triggers() -> Response:
        return wrap_success(sender.rules.triggers(query.reader()))


def _add_log(hooks: Blueprint, sender: Sender) -> None:
    @hooks.get("/webhooks/log")
    def log() -> Response:
        rows = [row for row in sender.log() if _matches(row)]
        start, count = query.page()
        page = rows[start : start + count]
        return wrap_success([_row(row) for row in page], total=len(rows))

    @hooks.put("/webhook/<int:log_id>/retry")
    def retry(log_id: int) -> Response:
        return wrap_success(_row(sender.row(sender.retry(log_id).id)))


def _check(sender: Sender, url: str, *, ssl: bool, triggers: int) -> None:
    sender.rules.check(query.reader(), url, ssl=ssl, triggers=triggers)


def _require_own_webhook(sender: Sender, webhook_id: int) -> PortalWebhook:
    """Return a webhook that the caller may manage: an admin anyone's, others their own."""
    hook = sender.webhook(webhook_id)
    sender.rules.check_manages(query.reader(), hook)
    return hook


def _read_body(*required: str) -> dict[str, Any]:
    payload = request.get_json(silent=True)
    if not isinstance(payload, dict) or not all(payload.get(name) for name in required):
        raise BadArgumentError("Required: " + ", ".join(required))
    return payload


def _write_webhook(sender: Sender, hook: PortalWebhook, rows: list[DeliveryLogRow]) -> dict[str, Any]:
    status = next((row.status for row in rows if row.delivery.webhook is hook), 0)
    return {"configs": _config(sender, hook), "status": status}


def _config(sender: Sender, hook: PortalWebhook) -> dict[str, Any]:
    """Return a webhook's settings; the secret is never included."""
    config = {
        "id": hook.id,
        "name": hook.name,
        "uri": hook.url,
        "enabled": hook.enabled,
        "ssl": hook.ssl,
        "triggers": hook.triggers,
        "targetId": hook.target or None,
        "createdBy": employee(sender.portal, hook.created_by, address()),
        "createdOn": sender.rules.format_time(hook.created_on),
        "lastFailureOn": sender.rules.format_time(hook.last_failure_on),
        "lastFailureContent": hook.last_failure,
        "lastSuccessOn": sender.rules.format_time(hook.last_success_on),
    }
    return {name: value for name, value in config.items() if value is not None}


def _matches(row: DeliveryLogRow) -> bool:
    args = request.args
    groups, config, event = (args.get(name, 0, int) for name in ("groupStatus", "configId", "eventId"))
    trigger = args.get("trigger", 0, int)
    return (
        (not groups or bool(groups & _GROUPS.get(row.status // 100, 16)))
        and config in {0, row.delivery.webhook.id}
        and event in {0, row.id}
        and trigger in {0, TRIGGERS[row.delivery.emission.trigger]}
    )


def _row(row: DeliveryLogRow) -> dict[str, Any]:
    payload = {
        "id": row.id,
        "configName": row.delivery.webhook.name,
        "trigger": TRIGGERS[row.delivery.emission.trigger],
        "creationTime": stamp(row.created_on),
        "requestHeaders": json.dumps({name: [value] for name, value in row.request_headers.items()}),
        "requestPayload": row.request_payload,
        "responsePayload": row.response_payload or None,
        "status": row.status,
        "delivery": stamp(row.delivered_on) if row.delivered_on else None,
    }
    return {name: value for name, value in payload.items() if value is not None}
