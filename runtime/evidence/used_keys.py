"""The keys that have signed checkpoints: each is vouched for by a MAC of the present key.

Otherwise a person who can write to the database could add a key of their own to those that are handed out.
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import TYPE_CHECKING

from store import ledger_tree
from store.ledger_tree import UsedKey

if TYPE_CHECKING:
    from datetime import datetime

    import sqlalchemy as sa

    from reviews.ledger.entry_macs import MacKey
    from runtime.evidence.ledger_key import LedgerKeys


def list_proven_keys(engine: sa.Engine, keys: LedgerKeys) -> list[UsedKey]:
    """Return the keys that a key of the installation vouches for, the newest first."""
    return [
        used
        for used in ledger_tree.list_used_keys(engine)
        if any(_is_proven(used, mac_key) for mac_key in keys.mac_keys)
    ]


def record_keys(engine: sa.Engine, keys: LedgerKeys, *, origin: str, at: datetime) -> None:
    """Write down the keys that sign now, and have the present one vouch for all earlier ones."""
    if keys.current is None:
        return
    proven = {(used.key, used.since): used for used in list_proven_keys(engine, keys)}
    for key in keys.all:
        text, since = str(key.build_verifier_key(origin)), key.since.seq
        proven.setdefault((text, since), UsedKey(key=text, since=since, at=at))
    mac_key = keys.current.mac_key
    if any(not _is_proven(used, mac_key) for used in proven.values()):
        vouched = [replace(used, mac=_compute_mac(used, mac_key)) for used in proven.values()]
        ledger_tree.replace_used_keys(engine, vouched)


def _is_proven(used: UsedKey, mac_key: MacKey) -> bool:
    return isinstance(used.mac, bytes) and hmac.compare_digest(used.mac, _compute_mac(used, mac_key))


def _compute_mac(used: UsedKey, mac_key: MacKey) -> bytes:
    """Return the MAC of a key; no entry's text begins as this does."""
    return mac_key.compute_mac(f"key {used.key} since {used.since} at {used.at.isoformat()}".encode())
