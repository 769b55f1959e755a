"""The hosts that may get the bot's token: Microsoft's service addresses, and those that a setting names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from notifiers.shared.http import is_allowed_host, parse_hosts

# The public cloud, and the one for US government customers on it (facts on Teams, 2.4).
_HOSTS = frozenset({"smba.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com"})
_REGIONAL = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,3}botframework\.com")


@dataclass(frozen=True)
class ServiceHosts:
    """Checks service addresses. `allowed` are further hosts, with or without a port; those may use http."""

    allowed: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, setting: str) -> ServiceHosts:
        """Read `TEAMS_ALLOW_HOSTS`."""
        return cls(parse_hosts(setting))

    def is_allowed(self, address: str) -> bool:
        """Return whether a service address is allowed; the sender of a request chooses the address in it."""
        try:
            parts = urlsplit(address)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return False
        if not host or not address.isprintable() or _has_extra_parts(address, parts):
            return False
        if is_allowed_host(parts, self.allowed):
            return True
        is_microsofts = host in _HOSTS or _REGIONAL.fullmatch(host) is not None
        return is_microsofts and parts.scheme == "https" and port in {None, 443}


def _has_extra_parts(address: str, parts: SplitResult) -> bool:
    """Return whether there is more than host and path: two programs may read such an address differently."""
    return "@" in parts.netloc or bool({"?", "#", "\\", " "} & set(address))
