"""Calls with the library `requests`: what their failures mean, and which hosts a setting adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError

if TYPE_CHECKING:
    from urllib.parse import SplitResult

MAX_RETRY_AFTER_SECONDS = 3600.0
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NEVER_SENT = (
    requests.exceptions.ConnectTimeout,
    requests.exceptions.ProxyError,
    requests.exceptions.SSLError,
)


def skip_netrc_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Leave a request as it is, given as its `auth`: otherwise a `.netrc` on the machine would add to it."""
    return request


def was_never_sent(error: requests.RequestException) -> bool:
    """Tell what surely did not happen, since nobody was there to hear of it, from what may have."""
    reason = error.args[0] if error.args else error
    reason = getattr(reason, "reason", reason)
    return isinstance(error, _NEVER_SENT) or isinstance(reason, NewConnectionError | NameResolutionError)


def read_retry_after(answer: requests.Response, *, otherwise: float) -> float | None:
    """Return the seconds that an answer asks for; a date or nonsense counts as `otherwise`."""
    text = answer.headers.get("Retry-After", "")
    if text.isascii() and text.isdigit():
        return min(float(text), MAX_RETRY_AFTER_SECONDS)
    return otherwise if text else None


def parse_hosts(setting: str) -> frozenset[str]:
    """Read `TEAMS_ALLOW_HOSTS`: hosts, each with or without a port, separated by commas."""
    return frozenset(part.strip().lower() for part in setting.split(",") if part.strip())


def is_allowed_host(parts: SplitResult, hosts: frozenset[str]) -> bool:
    """Tell whether an address is on one of the hosts that an operator has named, where plain http is taken.

    Raises `ValueError` where the address has no port but something else in its place.
    """
    host, usual = (parts.hostname or "").lower(), _DEFAULT_PORTS.get(parts.scheme)
    port = parts.port or usual
    names = {host, f"{host}:{port}", f"[{host}]", f"[{host}]:{port}"}
    return usual is not None and bool(names & hosts)
