"""Checks of a Teams request's headers alone, before its body is read."""

from __future__ import annotations

import re

MAX_BODY_BYTES = 256 * 1024
_TOKEN = re.compile(r"bearer +[\w-]{1,4096}\.[\w-]{1,8192}\.[\w-]{1,4096}", re.ASCII | re.IGNORECASE)
_DIGEST = re.compile(r"HMAC [A-Za-z0-9+/]{43}=")


def has_token(header: str) -> bool:
    """Return whether the header may hold a signed token: three parts in base64url (RFC 7515, 7.1)."""
    return _TOKEN.fullmatch(header.strip()) is not None


def has_digest(header: str) -> bool:
    """Return whether the header may be the HMAC of an outgoing webhook: SHA-256 in base64."""
    return _DIGEST.fullmatch(header) is not None
