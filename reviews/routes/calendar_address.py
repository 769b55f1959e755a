"""The address of the calendar of absences: it is a secret, since it is all that the calendar asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable
    from urllib.parse import SplitResult

EXAMPLE = 'absences = "https://calendar.example.com/absences.ics"'
MAX_ADDRESS_LENGTH = 2000


@dataclass(frozen=True)
class CalendarAddress:
    """An address of which every representation shows the host alone."""

    host: str
    _address: str = field(repr=False)

    def get_secret_value(self) -> str:
        return self._address


def refuse_plain_http(_parts: SplitResult) -> bool:
    """Allow no address without TLS."""
    return False


def parse_calendar_address(
    value: Any, *, allows_plain_http: Callable[[SplitResult], bool]
) -> CalendarAddress:
    """Return the address; raise `ValueError` with a reason that does not repeat it."""
    address = value.strip() if isinstance(value, str) else ""
    if address.lower().startswith("webcal:"):
        raise ValueError("begins with webcal: write the same address with https")
    try:
        parts = urlsplit(address)
        host, is_plain = parts.hostname, parts.scheme == "http" and allows_plain_http(parts)
        is_whole = bool(host) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or len(address) > MAX_ADDRESS_LENGTH or not _is_visible_ascii(address):
        raise ValueError(f"is not a web address: write it as in {EXAMPLE}")
    if parts.scheme != "https" and not is_plain:
        raise ValueError("has to begin with https://")
    if "@" in parts.netloc or parts.fragment:
        raise ValueError(f"has a name, a password or a fragment: write it as in {EXAMPLE}")
    return CalendarAddress(parts.hostname or "", address)


def _is_visible_ascii(address: str) -> bool:
    return address.isascii() and address.isprintable() and " " not in address
