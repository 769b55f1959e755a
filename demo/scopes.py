"""Permissions of API keys: the scopes of each part of the REST side (facts on DocSpace, 4.1).

From `AuthorizationExtension` in the server's ASC.Api.Core; the first match counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

ALL_SCOPES: Final = frozenset({"*"})
"""A key without a list of permissions."""

_READ, _WRITE = "read", "write"
_PARTS: Final = (
    ("/api/2.0/files/rooms", {_READ: {"rooms:read"}, _WRITE: {"rooms:write"}}),
    ("/api/2.0/files", {_READ: {"files:read", "files:write"}, _WRITE: {"files:write"}}),
    ("/api/2.0/people/@self", {_READ: {"accounts.self:read"}, _WRITE: {"account.self:write"}}),
    ("/api/2.0/people", {_READ: {"accounts:read"}, _WRITE: {"accounts:write"}}),
)


def permits(scopes: AbstractSet[str], method: str, path: str) -> bool:
    """Return whether scopes permit a call. Global scopes cover everything; anything unlisted needs one."""
    if path == "/api/2.0/keys/@self":
        return True  # it needs no scope
    kind = _READ if method in {"GET", "HEAD"} else _WRITE
    own = next((needed[kind] for start, needed in _PARTS if path.startswith(start)), set())
    return not scopes.isdisjoint({"*", f"*:{kind}", *own})
