"""The portal's database as it was at one moment, put back later.

A server that runs by itself is restored from a dump of its whole database (`RestoreFromDump` in the server's
RestorePortalTask): tables come back row by row with their ids and their counters, `webhooks_logs` and
`audit_events` too, so that ids of what came after the backup are given out again.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from demo.audit import Audit
    from demo.sender import Sender


@dataclass(frozen=True)
class Backup:
    """The rows of the tree and of the sender, and the audit."""

    tree: dict[str, Any]
    sender: dict[str, Any]
    audit: Audit


def back_up(sender: Sender) -> Backup:
    """Return a copy of all that the portal keeps in its database."""
    with sender.portal.guard:
        portal = sender.portal
        return copy.deepcopy(Backup(portal.rows(), sender.rows(), portal.audit))


def restore(sender: Sender, backup: Backup) -> None:
    """Put a backup back, as often as wished; what waits in the sender's memory is lost.

    People, keys, folders, files with their versions, the audit, webhooks and the log of deliveries are as
    they were. `emitted` stays: it tells a test what has happened, and is no part of the database.
    """
    kept = copy.deepcopy(backup)
    with sender.portal.guard:
        sender.portal.put_back(kept.tree)
        sender.portal.audit = kept.audit
        sender.put_back(kept.sender)
