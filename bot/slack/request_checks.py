"""What Bolt lets through or stumbles over is stopped before it gets there (facts on Slack, 1.1)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from notifiers.shared.json_members import member, string
from reviews.answers import repeated_requests
from reviews.text import strip_unstorable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import Headers

MAX_BODY_BYTES = 1024 * 1024
MAX_REQUEST_AGE_SECONDS = 300  # seconds before and after; what is older was recorded by somebody
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


def is_well_formed(headers: Headers) -> bool:
    """Tell whether timestamp and signature have their form, without which Bolt's check raises."""
    timestamp = headers.get("X-Slack-Request-Timestamp", "")
    signature = headers.get("X-Slack-Signature", "")
    return bool(_TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature))


def is_recent(headers: Headers, *, now: float) -> bool:
    """Tell whether a well-formed timestamp is of these minutes; Bolt asks the same once it has the body."""
    return abs(now - int(headers["X-Slack-Request-Timestamp"])) <= MAX_REQUEST_AGE_SECONDS


def parse_request(body: bytes, content_type: str) -> dict[str, Any] | None:
    """Return what Slack says, in whichever of its two encodings; `None` for what is neither.

    Each choice here is Bolt's own, or the two of us would read different things in one body.
    """
    try:
        text = body.decode("utf-8")
        if text.startswith("{") or (text and content_type.partition(";")[0] == "application/json"):
            said = json.loads(text)
        else:
            form = dict(parse_qsl(text, keep_blank_values=True))
            said = json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def is_usable(said: Mapping[str, Any]) -> bool:
    """Tell whether a request has the members without which Bolt or our listeners can't tell what it is."""
    if "event" in said and not string(said, "event", "type"):
        return False
    match said.get("type"):
        case "block_actions":
            actions = member(said, "actions")
            first = actions[0] if isinstance(actions, list) and actions else None
            return bool(string(said, "user", "id") and string(first, "action_id"))
        case "message_action" | "shortcut":
            return bool(string(said, "user", "id") and string(said, "callback_id"))
        case "view_submission" | "view_closed":
            return bool(string(said, "user", "id") and string(said, "view", "callback_id"))
        case "event_callback":
            return "event" in said
        case _:
            return _has_recognizable_type(said)


def _has_recognizable_type(said: Mapping[str, Any]) -> bool:
    """Tell whether it has a type, or is a command or Slack's look at our certificate, which have none."""
    named = any(string(said, name) for name in ("type", "command", "ssl_check"))
    return named and all(isinstance(said.get(name, ""), str) for name in ("command", "text", "team_domain"))


def get_user(said: Mapping[str, Any]) -> str:
    """Return who did something, as a request says; empty where it names nobody."""
    places = (("user", "id"), ("user_id",), ("event", "user"))
    return next(filter(None, (string(said, *place) for place in places)), "")


def name_request(said: Mapping[str, Any]) -> str:
    """Return the name of a request, by which one that is sent again is recognized.

    Slack sends an event again under the same id, and nothing else; each click, form and command has a trigger
    of its own (facts on Slack, 1.6).
    """
    event = string(said, "event_id")
    if event:
        return repeated_requests.name_request("slack-event", strip_unstorable(event), said)
    return repeated_requests.name_request("slack", strip_unstorable(string(said, "trigger_id")), said)


def get_team(said: Mapping[str, Any]) -> str | None:
    """Return the workspace that the app is in, as a request says; `None` where it names none.

    A form that somebody of another workspace submits names theirs as its team, and ours in the view; a click
    on a button names ours in any case (slackapi/bolt-js#1614, slackapi/java-slack-sdk#1041).
    """
    places = (("view", "app_installed_team_id"), ("team_id",), ("team", "id"))
    return next(filter(None, (string(said, *place) for place in places)), None)
