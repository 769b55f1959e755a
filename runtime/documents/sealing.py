"""Encryption of what is stored of documents, with a key derived from `SECRET_KEY`."""

from __future__ import annotations

import base64
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

_PURPOSE = b"docspace-review: content of documents"
_KEY_BYTES = 32


class FernetSealer:
    """Seals with Fernet (AES-128 and an HMAC); another `SECRET_KEY` opens nothing.

    Its library is loaded by the first use: most processes seal and open nothing.
    """

    def __init__(self, secret_key: str) -> None:
        self._secret_key = secret_key

    def seal(self, content: bytes) -> bytes:
        return self._fernet.encrypt(content)

    def open(self, sealed: bytes) -> bytes | None:
        """Return the content; None where it was sealed with another key."""
        from cryptography.fernet import InvalidToken  # noqa: PLC0415

        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            return None

    @cached_property
    def _fernet(self) -> Fernet:
        from cryptography.fernet import Fernet  # noqa: PLC0415
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

        derivation = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=_PURPOSE)
        return Fernet(base64.urlsafe_b64encode(derivation.derive(self._secret_key.encode())))
