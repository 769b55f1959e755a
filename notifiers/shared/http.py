"""Calls with the library `requests`: the meaning of their failures, and the hosts that a setting adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError

from reviews.backoff import parse_retry_after

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NEVER_SENT = (
    requests.exceptions.ConnectTimeout,
    requests.exceptions.ProxyError,
    requests.exceptions.SSLError,
)


def skip_netrc_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Return a request unchanged; as its `auth` this keeps a `.netrc` on the machine from adding to it."""
    return request


def was_never_sent(error: requests.RequestException) -> bool:
    """Return whether a request certainly never reached a server; otherwise it may have."""
    reason = error.args[0] if error.args else error
    reason = getattr(reason, "reason", reason)
    return isinstance(error, _NEVER_SENT) or isinstance(reason, NewConnectionError | NameResolutionError)


def read_retry_after(response: requests.Response, *, default: float) -> float | None:
    """Return the seconds that an answer asks for, if any; a date or nonsense counts as `default`."""
    text = response.headers.get("Retry-After", "")
    return parse_retry_after(text, default=default) if text else None


def parse_hosts(setting: str) -> frozenset[str]:
    """Read a setting such as `TEAMS_ALLOW_HOSTS`: hosts, with or without a port, separated by commas."""
    return frozenset(part.strip().lower() for part in setting.split(",") if part.strip())


def is_allowed_host(parts: SplitResult, hosts: frozenset[str]) -> bool:
    """Return whether an address is on one of the operator's hosts, for which plain http is allowed.

    Raises `ValueError` if the address has something other than a port in the port's place.
    """
    host, usual = (parts.hostname or "").lower(), _DEFAULT_PORTS.get(parts.scheme)
    port = parts.port or usual
    names = {host, f"{host}:{port}", f"[{host}]", f"[{host}]:{port}"}
    return usual is not None and bool(names & hosts)
