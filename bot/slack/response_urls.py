"""The response URL of a click: whether it is Slack's, and sending to it (facts on Slack, 1.3)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests

from notifiers.shared.http import skip_netrc_auth
from notifiers.slack.failures import BLOCKS_REFUSED_CODES, translate_errors
from reviews.errors import Permanent

if TYPE_CHECKING:
    from collections.abc import Mapping

RESPONSE_TIMEOUT_SECONDS = 5  # seconds
MAX_ANSWER_BYTES = 4096  # bytes
_HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})


class BlocksRefused(Permanent):
    """Slack refuses the blocks of a message, and takes the same message without them."""


def is_slack_address(address: str, api_url: str) -> bool:
    """Return whether an address is on one of Slack's hosts, or on that of `SLACK_API_URL`."""
    try:
        parts, api = urlsplit(address), urlsplit(api_url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if not address.isascii() or not address.isprintable() or {"\\", " ", "@"} & set(address):
        return False
    slacks = parts.scheme == "https" and host in _HOSTS and port in {None, 443}
    return slacks or (bool(host) and (parts.scheme, parts.netloc) == (api.scheme, api.netloc))


def send(address: str, content: Mapping[str, Any], *, api_url: str) -> None:
    """Send to the response URL; raises `RemoteError` for every answer but success.

    A redirect is no success: it would lead the sentence to a host that was not checked.
    """
    if not address:
        raise Permanent("response_url: the click came without one")
    if not is_slack_address(address, api_url):
        raise Permanent("response_url: the click came with an address that is none of Slack's")
    with (
        translate_errors("response_url"),
        requests.post(
            address,
            json=content,
            timeout=RESPONSE_TIMEOUT_SECONDS,
            allow_redirects=False,
            stream=True,
            auth=skip_netrc_auth,
        ) as response,
    ):
        text = response.raw.read(MAX_ANSWER_BYTES, decode_content=True).decode("utf-8", "replace")
    if response.status_code != HTTPStatus.OK or '"ok":false' in text.replace(" ", ""):
        are_refused = any(code in text for code in BLOCKS_REFUSED_CODES)
        kind = BlocksRefused if are_refused else Permanent
        raise kind(f"response_url: Slack answered {response.status_code} ({text[:80]})")
