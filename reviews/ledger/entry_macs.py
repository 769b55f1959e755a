"""MACs of entries: they show that an entry was written with the ledger's key, which is not in the database.

A person who can write to the database can append an entry that chains well, but can't make its MAC. That is
the HMAC-SHA256 of the entry's text as it is stored, which contains its number and the hash of the one before.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field


@dataclass(frozen=True)
class MacKey:
    """A secret by which entries are authenticated."""

    secret: bytes = field(repr=False)

    def compute_mac(self, text: bytes) -> bytes:
        """Return the MAC of an entry, 32 bytes."""
        return hmac.digest(self.secret, text, "sha256")


@dataclass(frozen=True, kw_only=True)
class MacCheck:
    """The check of the MACs of all entries after number `after`, made with any of `keys`."""

    keys: tuple[MacKey, ...]
    after: int

    def find_fault(self, seq: int, *, text: str, mac: object) -> str | None:
        """Return what is wrong with the MAC of an entry; the database may hold any value in its place."""
        if seq <= self.after or self._is_valid(text, mac):
            return None
        if mac is None:
            return f"entry {seq} has no MAC: another program wrote it, or a process without LEDGER_KEY"
        return (
            f"entry {seq} has a wrong MAC: another program wrote or changed it, or a process with another key"
        )

    def _is_valid(self, text: str, mac: object) -> bool:
        if not isinstance(mac, bytes) or not isinstance(text, str):  # SQLite takes any value in any column
            return False
        encoded = text.encode(errors="surrogatepass")
        return any(hmac.compare_digest(key.compute_mac(encoded), mac) for key in self.keys)
