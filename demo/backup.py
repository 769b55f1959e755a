"""Backup of the portal's database at one moment, for a later restore.

A self-hosted server is restored from a dump of its whole database (`RestoreFromDump` in the server's
RestorePortalTask). Tables come back row by row with their ids and their counters, including `webhooks_logs`
and `audit_events`, so the ids used after the backup are assigned again.
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
    """The rows of the tree and of the sender, and the audit trail."""

    tree: dict[str, Any]
    sender: dict[str, Any]
    audit: Audit


def back_up(sender: Sender) -> Backup:
    """Return a copy of everything in the portal's database."""
    with sender.portal.guard:
        portal = sender.portal
        return copy.deepcopy(Backup(portal.dump_rows(), sender.dump_rows(), portal.audit))


def restore(sender: Sender, backup: Backup) -> None:
    """Restore a backup; may be repeated. The sender's queue in memory is lost.

    People, keys, folders, files with their versions, the audit trail, webhooks and the log of deliveries are
    as they were. `emitted` is not restored: it shows a test what has happened, and is not in the database.
    """
    restored = copy.deepcopy(backup)
    with sender.portal.guard:
        sender.portal.restore_rows(restored.tree)
        sender.portal.audit = restored.audit
        sender.restore_rows(restored.sender)
