"""What Bolt lets through or stumbles over is stopped before it gets there (facts on Slack, 1.1)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import Headers

LARGEST_BODY = 1024 * 1024
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


def is_well_formed(headers: Headers) -> bool:
    """Tell whether timestamp and signature have their form, without which Bolt's check raises."""
    timestamp = headers.get("X-Slack-Request-Timestamp", "")
    signature = headers.get("X-Slack-Signature", "")
    return bool(_TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature))


def read(body: bytes, content_type: str) -> dict[str, Any] | None:
    """Return what Slack says, in whichever of its two encodings; `None` for what is neither."""
    try:
        text = body.decode("utf-8")
        if "json" in content_type:
            said = json.loads(text)
        else:
            form = {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}
            said = json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def team_of(said: Mapping[str, Any]) -> str | None:
    """Return the workspace that a request speaks for; `None` where it names none."""
    team = said.get("team_id") or (said["team"].get("id") if isinstance(said.get("team"), dict) else None)
    return str(team) if team else None
