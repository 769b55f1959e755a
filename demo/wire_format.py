"""Bytes of a delivery: .NET's JSON encoding, signature, trigger bits (facts on DocSpace, 1.2 and 2.5)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

_NAMES: Final = (
    "user.created",
    "user.invited",
    "user.updated",
    "user.deleted",
    "group.created",
    "group.updated",
    "group.deleted",
    "file.created",
    "file.uploaded",
    "file.updated",
    "file.trashed",
    "file.deleted",
    "file.restored",
    "file.copied",
    "file.moved",
    "folder.created",
    "folder.updated",
    "folder.trashed",
    "folder.deleted",
    "folder.restored",
    "folder.copied",
    "folder.moved",
    "room.created",
    "room.updated",
    "room.archived",
    "room.deleted",
    "room.restored",
    "room.copied",
    "form.submit",
    "form.filled.out",
    "form.stopped",
    "agent.created",
    "agent.updated",
    "agent.deleted",
    "file.downloaded",
    "folder.downloaded",
)

TRIGGERS: Final[dict[str, int]] = {name: 1 << bit for bit, name in enumerate(_NAMES)}
"""Every trigger name with its bit, in bit order."""

SUBSCRIBED: Final[tuple[str, ...]] = tuple(
    name
    for name in TRIGGERS
    if (name.startswith(("file.", "folder.")) and not name.endswith(".downloaded"))
    or name
    in {"room.archived", "room.deleted", "room.restored", "form.submit", "form.filled.out", "agent.deleted"}
)
"""The recommended subscription (facts on DocSpace, 2.5 and 10.4)."""

_SHORT: Final = {"\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
_ESCAPED: Final = frozenset("\"&'+<>`")


def make_trigger_mask(names: Iterable[str]) -> int:
    """Return the combined bits of these triggers; `*` is 0, which means everything."""
    requested = set(names)
    return 0 if "*" in requested else sum(TRIGGERS[name] for name in requested)


def trigger_names(bits: int) -> list[str]:
    """Return the names in bit order, as in `webhook.triggers`."""
    return [name for name, bit in TRIGGERS.items() if bits & bit] if bits else ["*"]


def encode(value: Any) -> bytes:
    """Encode JSON as System.Text.Json's default encoder: ASCII, HTML-sensitive characters escaped."""
    return _text(value).encode("ascii")


def signature(secret: str, body: bytes) -> str:
    """Return the value of `x-docspace-signature-256`: upper-case hex, as the server writes it."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().upper()


def stamp(moment: datetime) -> str:
    """Format a time as in deliveries: UTC, whole seconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return _quote_text(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_quote_text(key)}:{_text(member)}" for key, member in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(_text, value)) + "]"
    return json.dumps(value)


def _quote_text(text: str) -> str:
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    if " " <= char <= "~" and char not in _ESCAPED:
        return char
    code = ord(char)
    if code < 0x10000:
        return f"\\u{code:04X}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04X}\\u{0xDC00 + low:04X}"
