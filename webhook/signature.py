"""DocSpace's signature: HMAC-SHA256 over the body's raw bytes (facts on DocSpace, 1.2)."""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

HEADER = "x-docspace-signature-256"
_PREFIX = b"sha256="
_FORM = re.compile("sha256=[0-9a-fA-F]{64}")


def is_well_formed(header: str | None) -> bool:
    """Return whether the header can be a signature at all; only then is the body worth reading."""
    return _FORM.fullmatch((header or "").strip()) is not None


def sign(body: bytes, secret: str) -> str:
    """Return the header with which DocSpace would send the body."""
    return f"sha256={hmac.digest(secret.encode(), body, 'sha256').hex()}"


def is_genuine(body: bytes, header: str | None, secrets: Iterable[str]) -> bool:
    """Return whether any of the secrets signs the body as in the header.

    The digits may be in either case. The comparison takes the same time wherever they differ, and every
    secret is tried, so that the time does not reveal which one is in use.
    """
    given_signature = (header or "").strip().encode("utf-8", "replace").lower()
    expected = [_PREFIX + hmac.digest(secret.encode(), body, "sha256").hex().encode() for secret in secrets]
    matches = [hmac.compare_digest(given_signature, signature) for signature in expected]
    return any(matches)
