"""The ledger's key: it authenticates entries and signs checkpoints, and is never in the database.

Its text is `v1:NUMBER:HASH:SECRET`. NUMBER and HASH are those of the last entry before the key; all later
entries must have a MAC. In the database, NUMBER could be changed so that a forged entry counts as an earlier
one. A secret alone is the key of a ledger that was empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from reviews.evidence.signed_notes import SignatureKind, VerifierKey
from reviews.ledger.entry_macs import MacKey
from reviews.ledger.hash_chain import GENESIS_HASH, Head
from runtime.settings.setting_kinds import parse_signing_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SECRET_BYTES = 32
_PREFIX = "v1:"
_FORM = re.compile(r"v1:(0|[1-9][0-9]{0,9}):([0-9a-f]{64}):(.+)")
_MAC_PURPOSE = b"docspace-review: MACs of ledger entries"
_SIGNING_PURPOSE = b"docspace-review: signatures of ledger checkpoints"
MAKES_LEDGER_KEY = "docspace-review ledger key new prints one"
KEY_MISSING = "the ledger has no key: docspace-review ledger key new makes one"
KEY_UNUSED = "the present one has not signed yet"
RESTART_FIRST = "Restart serve and the workers first."


@dataclass(frozen=True, kw_only=True)
class LedgerKey:
    """A key of the ledger; entries after `since` must have a MAC by it."""

    secret: str = field(repr=False)
    since: Head

    @cached_property
    def mac_key(self) -> MacKey:
        return MacKey(self._derive(_MAC_PURPOSE))

    @cached_property
    def public_key(self) -> bytes:
        return self._private_key.public_key().public_bytes_raw()

    def build_verifier_key(self, origin: str) -> VerifierKey:
        """Return the key by which others verify the checkpoints of this origin."""
        return VerifierKey(name=origin, kind=SignatureKind.ED25519, public_key=self.public_key)

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature of a message, 64 bytes."""
        return self._private_key.sign(message)

    def format(self) -> str:
        """Return the text of the key, which is secret."""
        return f"{_PREFIX}{self.since.seq}:{self.since.hash}:{self.secret}"

    @cached_property
    def _private_key(self) -> Ed25519PrivateKey:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - most commands sign nothing
            Ed25519PrivateKey,
        )

        return Ed25519PrivateKey.from_private_bytes(self._derive(_SIGNING_PURPOSE))

    def _derive(self, purpose: bytes) -> bytes:
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

        return HKDF(algorithm=SHA256(), length=SECRET_BYTES, salt=None, info=purpose).derive(
            self.secret.encode()
        )


@dataclass(frozen=True, kw_only=True)
class LedgerKeys:
    """The key of an installation, and the one before, which still holds while keys are changed."""

    current: LedgerKey | None = None
    previous: LedgerKey | None = None

    @property
    def all(self) -> tuple[LedgerKey, ...]:
        return tuple(key for key in (self.current, self.previous) if key is not None)

    def change(self, key: LedgerKey) -> LedgerKeys:
        """Return the keys while all processes change to another one."""
        return LedgerKeys(current=key, previous=self.current)

    def retire_previous(self) -> LedgerKeys:
        """Return the present key alone."""
        return LedgerKeys(current=self.current)

    def begin_after(self, head: Head) -> LedgerKeys:
        """Return the same keys, the present one for entries after another one."""
        current = self.current
        return LedgerKeys(current=current and replace(current, since=head), previous=self.previous)

    @property
    def mac_keys(self) -> tuple[MacKey, ...]:
        return tuple(key.mac_key for key in self.all)


NO_KEYS = LedgerKeys()


def make_ledger_key(since: Head, make_secret: Callable[[int], str]) -> LedgerKey:
    """Return a new key for the entries after one; `make_secret` makes a text of so many random bytes."""
    return LedgerKey(secret=make_secret(SECRET_BYTES), since=since)


def parse_ledger_key(text: str) -> LedgerKey:
    """Return the key with this text, or raise `ValueError` with a reason that does not repeat it."""
    form = _FORM.fullmatch(text)
    if form is None and text.startswith(_PREFIX):
        raise ValueError(f"is not v1:NUMBER:HASH:SECRET, as a key of the ledger is: {MAKES_LEDGER_KEY}")
    try:
        secret = parse_signing_key(form[3] if form else text).get_secret_value()
    except ValueError as error:
        raise ValueError(f"{str(error).partition(':')[0]}: {MAKES_LEDGER_KEY}") from None
    if not secret:
        raise ValueError(f"is empty: {MAKES_LEDGER_KEY}")
    since = Head(seq=int(form[1]), hash=form[2]) if form else Head(seq=0, hash=GENESIS_HASH)
    return LedgerKey(secret=secret, since=since)


def check_signature(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether an Ed25519 signature is that of the key; a malformed key has signed nothing."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
