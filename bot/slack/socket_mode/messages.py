"""What Slack sends over a connection: its greeting, requests in envelopes, and that it will close."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notifiers.shared.json_members import get_member, get_text

if TYPE_CHECKING:
    from collections.abc import Mapping

REQUEST_TYPES = frozenset({"events_api", "interactive", "slash_commands"})
MAX_ENVELOPE_ID_LENGTH = 255


@dataclass(frozen=True, kw_only=True)
class Hello:
    """The greeting: from now on Slack sends requests. `connections` counts those of the app, 0 if unknown."""

    app_id: str
    connections: int


@dataclass(frozen=True, kw_only=True)
class Disconnect:
    """Slack will close the connection. The reason is one of Slack's words."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """A request. It is acknowledged under its id; a response is sent only if it is accepted."""

    id: str
    type: str
    payload: Mapping[str, Any]
    accepts_response: bool
    retry_attempt: int | None = None
    retry_reason: str | None = None


def parse_message(text: str | bytes) -> Hello | Disconnect | Envelope | None:
    """Return what a message says; `None` if it is none that Slack's documentation names."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    match get_text(message, "type"):
        case "hello":
            count = get_member(message, "num_connections")
            return Hello(
                app_id=get_text(message, "connection_info", "app_id"),
                connections=count if isinstance(count, int) else 0,
            )
        case "disconnect":
            return Disconnect(reason=get_text(message, "reason"))
        case kind if kind in REQUEST_TYPES:
            return _parse_envelope(message, kind)
    return None


def _parse_envelope(message: Mapping[str, Any], kind: str) -> Envelope | None:
    """Return a request; `None` without the id under which it would be acknowledged."""
    envelope_id, payload = get_text(message, "envelope_id"), message.get("payload")
    if not 0 < len(envelope_id) <= MAX_ENVELOPE_ID_LENGTH or not isinstance(payload, dict):
        return None
    attempt = message.get("retry_attempt")
    return Envelope(
        id=envelope_id,
        type=kind,
        payload=payload,
        accepts_response=message.get("accepts_response_payload") is True,
        retry_attempt=attempt if isinstance(attempt, int) else None,
        retry_reason=get_text(message, "retry_reason") or None,
    )
