"""Encryption of what is stored of documents, with a key derived from `SECRET_KEY`."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE = b"docspace-review: content of documents"
_KEY_BYTES = 32


class FernetSealer:
    """Seals with Fernet (AES-128 and an HMAC); another `SECRET_KEY` opens nothing."""

    def __init__(self, secret_key: str) -> None:
        derivation = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=_PURPOSE)
        self._fernet = Fernet(base64.urlsafe_b64encode(derivation.derive(secret_key.encode())))

    def seal(self, content: bytes) -> bytes:
        return self._fernet.encrypt(content)

    def open(self, sealed: bytes) -> bytes | None:
        """Return the content; None where it was sealed with another key."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            return None
