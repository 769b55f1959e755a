"""Webhook secrets: those that DocSpace accepts, and new ones (facts on DocSpace, 3)."""

from __future__ import annotations

import secrets
import string

MIN_LENGTH, MAX_LENGTH = 8, 30

# Special characters that DocSpace accepts even if it is set to accept few, and that need no quoting.
_SPECIAL = "._+@:"
_KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, _SPECIAL)


def generate_secret() -> str:
    """Return a secret with a character of each kind: the portal may require any of them, as in passwords."""
    while True:
        secret = "".join(secrets.choice("".join(_KINDS)) for _ in range(MAX_LENGTH))
        if secret[0].isalnum() and all(any(char in kind for char in secret) for kind in _KINDS):
            return secret


def explain_refusal(secret: str) -> str:
    """Return why no portal accepts this secret; empty if one may."""
    if not MIN_LENGTH <= len(secret) <= MAX_LENGTH:
        return (
            f"DocSpace accepts secrets of {MIN_LENGTH} to {MAX_LENGTH} characters, "
            f"and this one has {len(secret)}"
        )
    if not all("!" <= char <= "~" for char in secret):
        return "DocSpace accepts only printable ASCII characters without blanks in a secret"
    return ""
