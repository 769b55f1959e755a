"""Proofs of identity in the database: each is worth nothing without a key from outside of it.

Someone who can write to the database, and has no `SECRET_KEY`, must not become another person by a row. So
the key vouches for all that such a row says:

- a mailed code: its digest is made from the code and the row, under a key derived from `SECRET_KEY`;
- a sign-in link: its address, which `SECRET_KEY` signs, contains a digest of the row;
- a session: its cookie, which `SECRET_KEY` signs, names the person. The row says only that it is open
  (`pages.sessions`).

Whether a row was used, and how often it was tried, changes later, and is not covered.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from reviews.ports.people import MailedCode, SignInLink

_CODE_KEY_PURPOSE = b"docspace-review: mailed codes"


@dataclass(frozen=True, kw_only=True)
class CodeDigests:
    """Makes and verifies the digests of mailed codes.

    `compute_hash` and `verify_hash` are slow and salted: who reads the database and has the key can still try
    all codes, which are short.
    """

    secret_key: str = field(repr=False)
    compute_hash: Callable[[str], str]
    verify_hash: Callable[[str, str], bool]

    def make(self, row: MailedCode, digits: str) -> str:
        """Return the digest of a code; the one that the row has already is ignored."""
        return self.compute_hash(self._authenticate(row, digits))

    def is_match(self, row: MailedCode, digits: str) -> bool:
        """Return whether the row's digest was made here, from these digits and from the row as it is."""
        return self.verify_hash(row.digest, self._authenticate(row, digits))

    def _authenticate(self, row: MailedCode, digits: str) -> str:
        key = hmac.digest(self.secret_key.encode(), _CODE_KEY_PURPOSE, "sha256")
        members = {name: value for name, value in vars(row).items() if name != "digest"}
        return hmac.digest(key, _serialize({"code": digits, "row": members}), "sha256").hex()


@dataclass(frozen=True, kw_only=True)
class LinkReference:
    """What the signed address of a sign-in link contains: its row's id, and a digest of the row."""

    id: str
    digest: str


def make_link_reference(row: SignInLink) -> LinkReference:
    """Return the reference to a row as it is; to a row that was changed, it is another one."""
    members = {**vars(row), "person": row.person.to_stored()}
    return LinkReference(id=row.id, digest=sha256(_serialize(members)).hexdigest())


def _serialize(members: Mapping[str, Any]) -> bytes:
    """Return the same bytes for a row that is about to be stored and for one that was read back."""
    return json.dumps(members, sort_keys=True, default=_format_time).encode()


def _format_time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
