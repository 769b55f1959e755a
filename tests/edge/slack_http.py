"""How slack_sdk writes its requests: form, query and JSON arguments alike."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.edge.loopback import Request
from tests.edge.slack_state import Refused

_JSON_ARGUMENTS = ("blocks", "metadata", "view", "attachments", "unfurls")


def arguments(request: Request) -> dict[str, Any]:
    """Read form, query and JSON arguments alike; what a form carries as a JSON string is decoded."""
    values: dict[str, Any] = dict(parse_qsl(urlsplit(request.path).query, keep_blank_values=True))
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "application/json":
        body = _decoded(request.body, "invalid_json")
        if not isinstance(body, dict):
            raise Refused("json_not_object")
        values |= body
    elif kind == "application/x-www-form-urlencoded":
        values |= parse_qsl(request.body.decode(), keep_blank_values=True)
    elif request.body:
        raise Refused("invalid_post_type")
    for name in _JSON_ARGUMENTS:
        if isinstance(values.get(name), str):
            values[name] = _decoded(
                values[name], "invalid_blocks_format" if name == "blocks" else "invalid_json"
            )
    return values


def require_token(request: Request, token: str) -> None:
    """Raise what Slack answers to a request without the bot's token."""
    offered = request.headers.get("authorization")
    if not offered:
        raise Refused("not_authed")
    if offered.startswith("Bearer xapp-"):
        raise Refused("not_allowed_token_type")
    if offered != f"Bearer {token}":
        raise Refused("invalid_auth")


def _decoded(text: str | bytes, error: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as cause:
        raise Refused(error) from cause
