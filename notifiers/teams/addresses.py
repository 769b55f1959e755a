"""Check of workflow addresses; anyone who has one can post, so errors name only what is wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from notifiers.shared.http import is_allowed_host

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_MICROSOFTS = re.compile(r"(?:[a-z0-9-]{1,63}\.)+(?:environment\.api\.powerplatform|logic\.azure)\.com")
_RETIRED_HOSTS = (".webhook.office.com", ".outlook.office.com", ".outlook.office365.com")
_MAKE_ONE = "create a workflow in Teams (docs/teams.md) and put its address here"
_NO_ADDRESS = f"is not a web address: {_MAKE_ONE}"


def explain_bad_workflow(address: str, allowed: frozenset[str] = frozenset()) -> str | None:
    """Return why no card is sent to this address; `allowed` are the hosts that an operator has named."""
    try:
        parts = urlsplit(address)
        named = is_allowed_host(parts, allowed)
    except ValueError:
        return _NO_ADDRESS
    if not parts.hostname or "@" in parts.netloc or not address.isprintable():
        return _NO_ADDRESS
    if f".{parts.hostname}".endswith(_RETIRED_HOSTS):
        return f"is a connector of Office 365, and Microsoft retired those in May 2026: {_MAKE_ONE}"
    return None if named else _explain_bad_microsoft_host(parts)


def _explain_bad_microsoft_host(parts: SplitResult) -> str | None:
    if not _MICROSOFTS.fullmatch(parts.hostname or "") or parts.port not in {None, 443}:
        return "is not on a Workflows host: add the host to TEAMS_ALLOW_HOSTS if this is intended"
    if parts.scheme != "https":
        return "must start with https://"
    if not parse_qs(parts.query).get("sig"):
        return "has no sig=: copy the whole address of the workflow, and put it in quotes"
    return None
