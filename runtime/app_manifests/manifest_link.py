"""The link that opens Slack's form for a new app with our manifest in it (facts on Slack, 1.6)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

_FORM = "https://api.slack.com/apps?new_app=1&manifest_json="
MAX_LINK_LENGTH = 8000
"""What servers take of a request's first line, by default (nginx: 8 KiB); Slack documents no limit."""


def build_manifest_link(manifest: Mapping[str, Any]) -> str:
    """Return the link; empty if it would be too long to be opened."""
    link = _FORM + quote(json.dumps(manifest, separators=(",", ":")), safe="")
    return link if len(link) <= MAX_LINK_LENGTH else ""
