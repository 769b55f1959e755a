"""The address that DocSpace sends to, and DocSpace's rules for addresses (facts on DocSpace, 1.3, 1.4)."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

PATH = "/docspace/webhook"
_PORTS = {"http": 80, "https": 443}
_LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal", ".lan")


def build_receiver_url(public_url: str) -> str:
    """Return the address at which DocSpace reaches the receiver of this installation."""
    return f"{public_url.rstrip('/')}{PATH}"


def is_same_address(one: str, other: str) -> bool:
    """Return whether two addresses are the same: hosts have no case, a slash at the end means nothing."""
    return _split_address(one) == _split_address(other)


def list_address_problems(address: str) -> list[str]:
    """Return why DocSpace may or should refuse this address, a sentence each without a full stop."""
    problems = []
    parts = urlsplit(address)
    if parts.scheme != "https":
        problems.append("the address is plain http, so deliveries can be read in transit")
    if _is_private(parts.hostname or ""):
        problems.append(
            f"{parts.hostname} is in a private network: DocSpace 3.7 and later refuses such addresses, and "
            "deletes a webhook whose address has become one, unless webhooks:blacklist in the settings of "
            "its server allows it"
        )
    return problems


def _split_address(address: str) -> tuple[str, str, int | None, str, str] | str:
    """Return the parts of an address; one that can't be parsed is returned as it is."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return address
    return parts.scheme, parts.hostname or "", port, parts.path.rstrip("/"), parts.query


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host.endswith(_LOCAL_NAMES) or "." not in host
