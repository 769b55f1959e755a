"""Encryption of what is stored of documents, with keys derived from `SECRET_KEY`."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from reviews.ports.documents import SealedColumn, SealedPlace

_PURPOSE = "docspace-review: content of documents"
_KEY_BYTES = 32
_NONCE_BYTES = 12
"""Random: of 96 bits, as NIST SP 800-38D (8.2.2) wants it."""

log = structlog.get_logger()


class ContentSealer:
    """Seals with AES-256-GCM for one place, under a key of its own for each column.

    Another `SECRET_KEY` opens nothing, nor does a copy in another row, column or revision open.
    The library is loaded by the first use: most processes seal and open nothing.
    """

    def __init__(self, secret_key: str) -> None:
        self._secret_key = secret_key
        self._ciphers: dict[SealedColumn, AESGCM] = {}

    def seal(self, content: bytes, place: SealedPlace) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._get_cipher(place.column).encrypt(nonce, content, _name_place(place))

    def open(self, sealed: bytes, place: SealedPlace) -> bytes | None:
        """Return the content; None, with a warning that names the row, where it was not sealed for it."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415

        nonce, encrypted = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            if len(nonce) == _NONCE_BYTES:
                return self._get_cipher(place.column).decrypt(nonce, encrypted, _name_place(place))
        except InvalidTag:
            pass
        log.warning(
            "sealed_content_not_opened",
            column=place.column.value,
            review_id=place.review_id,
            revision=place.revision,
            reason="sealed with another SECRET_KEY, or for another place",
        )
        return None

    def _get_cipher(self, column: SealedColumn) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

        if column not in self._ciphers:
            purpose = f"{_PURPOSE}: {column.value}".encode()
            derivation = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=purpose)
            self._ciphers[column] = AESGCM(derivation.derive(self._secret_key.encode()))
        return self._ciphers[column]


def _name_place(place: SealedPlace) -> bytes:
    """Return what the content is bound to; JSON keeps the members apart, whatever is in them."""
    return json.dumps([_PURPOSE, place.column, place.review_id, place.revision, *place.states]).encode()
