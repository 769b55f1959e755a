"""Checks before Bolt, of requests that it would let through or fail on (facts on Slack, 1.1)."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from notifiers.shared.json_members import get_member, get_text
from reviews import repeated_requests
from reviews.text import strip_unstorable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import Headers

MAX_BODY_BYTES = 1024 * 1024
MAX_REQUEST_AGE_SECONDS = 300  # seconds before and after; an older request may be a recorded copy
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


class RequestRefused(Exception):
    """A request that Bolt must not see, with the status and the sentence of the response."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def check_headers(headers: Headers, *, now: float) -> None:
    """Raise `RequestRefused` if the headers are enough to refuse a request, before its body is read."""
    if not are_headers_well_formed(headers):
        raise RequestRefused(HTTPStatus.UNAUTHORIZED, "The request is not signed.")
    if not is_recent(headers, now=now):
        sentence = "The request was signed too long ago, or by another clock."
        raise RequestRefused(HTTPStatus.UNAUTHORIZED, sentence)


def read_payload(body: bytes, content_type: str) -> dict[str, Any]:
    """Return a request's body as an object; raise `RequestRefused` if it is none."""
    if len(body) > MAX_BODY_BYTES:
        raise make_too_large()
    payload = parse_request(body, content_type)
    if payload is None:
        raise RequestRefused(HTTPStatus.BAD_REQUEST, "The body is neither a form nor JSON.")
    return payload


def check_payload(payload: Mapping[str, Any], *, team_id: str) -> None:
    """Raise `RequestRefused` for a request that is none that Slack sends.

    With a `team_id`, a request from another workspace is refused too.
    """
    if not is_usable(payload):
        raise RequestRefused(HTTPStatus.BAD_REQUEST, "The body lacks what every request of its kind has.")
    if team_id and get_team(payload) not in {None, team_id}:
        raise RequestRefused(HTTPStatus.UNAUTHORIZED, "The request is from another workspace.")


def make_too_large() -> RequestRefused:
    return RequestRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large.")


def are_headers_well_formed(headers: Headers) -> bool:
    """Return whether timestamp and signature have their form; otherwise Bolt's check raises."""
    timestamp = headers.get("X-Slack-Request-Timestamp", "")
    signature = headers.get("X-Slack-Signature", "")
    return bool(_TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature))


def is_recent(headers: Headers, *, now: float) -> bool:
    """Return whether a well-formed timestamp is recent; Bolt checks this again once it has the body."""
    return abs(now - int(headers["X-Slack-Request-Timestamp"])) <= MAX_REQUEST_AGE_SECONDS


def parse_request(body: bytes, content_type: str) -> dict[str, Any] | None:
    """Return a request from either of Slack's two encodings; `None` if it is neither.

    Each choice here is the same as Bolt's; otherwise both could read one body differently.
    """
    try:
        text = body.decode("utf-8")
        if text.startswith("{") or (text and content_type.partition(";")[0] == "application/json"):
            payload = json.loads(text)
        else:
            form = dict(parse_qsl(text, keep_blank_values=True))
            payload = json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError):
        return None
    return payload if isinstance(payload, dict) else None


def is_usable(payload: Mapping[str, Any]) -> bool:
    """Return whether a request has the members by which Bolt and our listeners recognize it."""
    if "event" in payload and not get_text(payload, "event", "type"):
        return False
    match payload.get("type"):
        case "block_actions":
            actions = get_member(payload, "actions")
            first = actions[0] if isinstance(actions, list) and actions else None
            return bool(get_text(payload, "user", "id") and get_text(first, "action_id"))
        case "message_action" | "shortcut":
            return bool(get_text(payload, "user", "id") and get_text(payload, "callback_id"))
        case "view_submission" | "view_closed":
            return bool(get_text(payload, "user", "id") and get_text(payload, "view", "callback_id"))
        case "event_callback":
            return "event" in payload
        case _:
            return _has_recognizable_type(payload)


def _has_recognizable_type(payload: Mapping[str, Any]) -> bool:
    """Return whether it has a type, or is a command or Slack's certificate check, which have none."""
    named = any(get_text(payload, name) for name in ("type", "command", "ssl_check"))
    return named and all(
        isinstance(payload.get(name, ""), str) for name in ("command", "text", "team_domain")
    )


def get_user(payload: Mapping[str, Any]) -> str:
    """Return the user who sent a request, as a database takes it; empty if it names none."""
    paths = (("user", "id"), ("user_id",), ("event", "user"))
    return strip_unstorable(next(filter(None, (get_text(payload, *path) for path in paths)), ""))


def name_request(payload: Mapping[str, Any]) -> str:
    """Return the name of a request, by which a repeated one is recognized.

    Slack repeats only events, under the same id; each click, form and command has its own trigger (facts on
    Slack, 1.6).
    """
    event = get_text(payload, "event_id")
    if event:
        return repeated_requests.name_request("slack-event", strip_unstorable(event), payload)
    return repeated_requests.name_request("slack", strip_unstorable(get_text(payload, "trigger_id")), payload)


def get_team(payload: Mapping[str, Any]) -> str | None:
    """Return the workspace that the app is in, as a request names it; `None` if it names none.

    A form submitted by a person of another workspace names theirs as its team, and ours in the view; a click
    on a button always names ours (slackapi/bolt-js#1614, slackapi/java-slack-sdk#1041).
    """
    paths = (("view", "app_installed_team_id"), ("team_id",), ("team", "id"))
    return next(filter(None, (get_text(payload, *path) for path in paths)), None)
