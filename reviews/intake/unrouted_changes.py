"""Changes in watched folders for which their route asks no review: what the ledger says of them.

A single change is recorded in the transaction that settles its events. Those of a flood are stored there, and
recorded together once the flood has ended: five thousand entries at once would make answers wait.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.bulk_reviews.gathering import list_person_keys
from reviews.ledger import entries_without_review
from reviews.ports.failure_isolation import propagate_failures
from reviews.ports.unrouted_changes import UnroutedChange

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.changes.change import Change
    from reviews.clock import Clock
    from reviews.ports.failure_isolation import FailureIsolation
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.ports.unrouted_changes import FloodKey

QUIET_TIME = timedelta(minutes=1)
"""A flood has ended when nothing was added to it for so long."""
MAX_FLOOD_TIME = timedelta(minutes=10)
"""A flood that goes on is recorded in parts of this length."""
MAX_FLOODS_AT_ONCE = 20


def record_unrouted(work: UnitOfWork, change: Change, *, in_flood: bool, at: datetime) -> None:
    """Record a change without a review, or store it as one of a flood."""
    unrouted = _build_unrouted(change)
    if in_flood:
        work.unrouted_changes.add(unrouted, cause=_build_cause(change), at=at)
    else:
        work.ledger.append(entries_without_review.build_unrouted(unrouted, at=at))


@dataclass(frozen=True, kw_only=True)
class UnroutedFloods:
    """Records floods of changes without a review, each once, however many workers do it."""

    transactions: Transactions
    clock: Clock

    def record_ended(self, *, isolate: FailureIsolation = propagate_failures) -> int:
        """Write the entries of floods that have ended; return how many, at most `MAX_FLOODS_AT_ONCE`."""
        now = self.clock()
        with self.transactions(reading=True) as work:
            ended = _list_ended(work, now)
        recorded = 0
        for key in ended:
            with isolate(f"flood of {key.kind} on {key.route}"):
                recorded += self._record(key, now)
        return recorded

    def _record(self, key: FloodKey, now: datetime) -> bool:
        """Write the entry of a flood; return `False` where another worker has done it, or it has grown."""
        with self.transactions() as work:
            flood = work.unrouted_changes.read(key)
            if flood is None or not work.unrouted_changes.remove(flood):
                return False
            work.ledger.append(entries_without_review.build_unrouted_flood(flood, at=now))
            work.commit()
        return True


def _list_ended(work: UnitOfWork, now: datetime) -> list[FloodKey]:
    return work.unrouted_changes.list_ended(
        quiet_since=now - QUIET_TIME, started_before=now - MAX_FLOOD_TIME, limit=MAX_FLOODS_AT_ONCE
    )


def _build_unrouted(change: Change) -> UnroutedChange:
    return UnroutedChange(
        route=change.route.name,
        kind=change.kind,
        file_id=change.subject,
        title=change.title,
        path=change.path,
        version_from=change.version_before,
        version_to=change.version,
        title_before=change.title_before,
        path_before=change.path_before,
        moved_to=change.moved_to,
        folders=change.folders,
        contributors=change.contributors,
        acts=change.acts,
        contents=change.contents,
        reason=change.judgement.reason,
        events=tuple(change.events),
    )


def _build_cause(change: Change) -> str:
    """Return what the changes of one flood have in common: who made them, by a digest of one length."""
    people = sorted(list_person_keys(change.doers))
    return hashlib.sha256(json.dumps(people).encode()).hexdigest()
