"""The stored remainder of a removed event: enough to recognize it, and nothing to read.

Keys are shortened to 128 bits, in 22 letters. Each part of an event is stored as 24 bits of a hash over the
part and the event's key, so that equal parts of two events look different. Different parts are taken as equal
one time in 16 million, and only where the keys are the same already.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEY_BYTES = 16
_PART_BYTES = 3
_PART_LETTERS = 4
_EMPTY_PART = "." * _PART_LETTERS


@dataclass(frozen=True, kw_only=True)
class PastEvent:
    """A removed event by its old number; `early` means that it was received before it happened."""

    id: int
    delivery_key: str
    semantic_key: str
    meaning: str
    in_trash: bool
    early: bool
    occurred_at: datetime | None

    def has_meaning(self, meaning: Sequence[object], *, in_trash: bool) -> bool:
        """Return whether it had all of these parts. A part that is empty in the argument matches any."""
        hashed = compute_fingerprint(meaning, salt=self.semantic_key)
        pairs = zip(_split_parts(hashed), _split_parts(self.meaning), strict=True)
        return in_trash == self.in_trash and all(part in {own_part, _EMPTY_PART} for part, own_part in pairs)


def shorten_key(key: str) -> str:
    return _encode_letters(hashlib.sha256(key.encode()).digest()[:_KEY_BYTES])


def compute_fingerprint(meaning: Sequence[object], *, salt: str) -> str:
    """Return four letters for each part; empty parts are all the same."""
    return "".join(_hash_part(salt, place, part) for place, part in enumerate(meaning))


def _hash_part(salt: str, index: int, part: object) -> str:
    if not part:
        return _EMPTY_PART
    if isinstance(part, datetime):
        part = part.astimezone(UTC).isoformat()
    return _encode_letters(hashlib.sha256(f"{salt}:{index}:{part}".encode()).digest()[:_PART_BYTES])


def _split_parts(fingerprint: str) -> list[str]:
    return [fingerprint[at : at + _PART_LETTERS] for at in range(0, len(fingerprint), _PART_LETTERS)]


def _encode_letters(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
