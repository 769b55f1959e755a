"""Ed25519 public keys of strangers: those that prove nothing are refused."""

from __future__ import annotations

from reviews.evidence.note_syntax import NoteError

_PRIME = 2**255 - 19
_SIGN_BIT = 1 << 255
_ORDER_EIGHT = 2707385501144840649318225287225658788936804267575313519463743609750303402022
_SMALL_ORDER = frozenset({0, 1, _PRIME - 1, _ORDER_EIGHT, _PRIME - _ORDER_EIGHT})
"""The y coordinates of the points whose order divides 8, as in libsodium's `ge25519_has_small_order`."""


def require_trustworthy_key(public_key: bytes) -> None:
    """Raise `NoteError` for an Ed25519 key under which someone without a secret can sign."""
    y = int.from_bytes(public_key, "little") & ~_SIGN_BIT
    if y >= _PRIME:
        raise NoteError("the public key is not written in its one form")
    if y in _SMALL_ORDER:
        raise NoteError("the public key is a point of small order, for which anyone can sign")
