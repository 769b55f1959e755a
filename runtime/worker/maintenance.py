"""Maintenance: work that no job does is released, and what has expired is deleted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import structlog

from reviews import repeated_requests
from reviews.absences.resolution import ABSENCE_RETENTION
from reviews.ladder.reminders import plan_missing_looks
from reviews.monitoring import canaries, owner_accounts
from reviews.people import docspace_accounts, mailed_codes, sessions, sign_in_links
from reviews.ports import quotas
from reviews.ports.failure_isolation import propagate_failures
from store.claims import get_worker, list_owners, release_claims

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reviews.ports.failure_isolation import FailureIsolation
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Routes
    from store.workers import WorkerRegistry

MAX_ABSENCES_REMOVED = 1000
"""At one time."""

log = structlog.get_logger()


class LostClaims:
    """Search for claims without a job, which no other worker takes.

    A process that was believed dead may die before it is registered again. One that lives may lose a job with
    the connection on which it took it.
    """

    def __init__(self, registry: WorkerRegistry, *, worker: str, get_owners: Callable[[], set[str]]) -> None:
        """`get_owners` returns the owners of this worker whose jobs run."""
        self._registry = registry
        self._worker = worker
        self._get_owners = get_owners
        self._suspects: set[str] = set()

    def release(self) -> int:
        """Release what was without a job at the last search too; return how much that is."""
        registered, running = self._registry.list_names(), self._get_owners()
        lost = {
            owner
            for owner in list_owners(self._registry.engine)
            if (get_worker(owner) == self._worker and owner not in running)
            or get_worker(owner) not in registered
        }
        to_release, self._suspects = lost & self._suspects, lost
        count = release_claims(self._registry.engine, to_release, died=False) if to_release else 0
        if count:
            log.warning("claims_released", owners=sorted(to_release), jobs=count)
        return count


def _forget_codes(work: UnitOfWork, now: datetime) -> None:
    work.codes.forget(before=now - mailed_codes.CODE_RETENTION)
    work.quotas.forget(before=now - quotas.MAX_QUOTA_PERIOD)


def _forget_sign_ins(work: UnitOfWork, now: datetime) -> None:
    work.sign_in_links.forget(before=now - sign_in_links.LINK_RETENTION)
    work.sessions.forget(before=now - sessions.MAX_SESSION_AGE)


def _forget_accounts(work: UnitOfWork, now: datetime) -> None:
    work.docspace_accounts.forget(before=now - docspace_accounts.ACCOUNT_RETENTION)


def _forget_owners(routes: Routes, work: UnitOfWork, now: datetime) -> None:
    """Delete the states of those with nothing to answer; without an answer of DocSpace the others stay."""
    before, duties = now - owner_accounts.OWNER_RETENTION, owner_accounts.read_duties(work, routes)
    work.owner_states.forget(before=before, kept_addresses=duties)


def _delete_requests(work: UnitOfWork, now: datetime) -> None:
    work.idempotency_keys.forget(before=now - repeated_requests.REQUEST_RETENTION)


def _forget_canaries(work: UnitOfWork, now: datetime) -> None:
    work.canaries.forget(before=now - canaries.CANARY_RETENTION)


def _forget_absences(work: UnitOfWork, now: datetime) -> None:
    work.absences.remove_ended(now - ABSENCE_RETENTION, MAX_ABSENCES_REMOVED)
    work.absences.plan_missing_checks(now)


def _move_digests_back(work: UnitOfWork, now: datetime) -> None:
    work.review_digests.move_back(now)


EXPIRY_JOBS: dict[str, Callable[[UnitOfWork, datetime], None]] = {
    "mailed codes": _forget_codes,
    "sign-ins": _forget_sign_ins,
    "accounts": _forget_accounts,
    "requests": _delete_requests,
    "tests": _forget_canaries,
    "absences": _forget_absences,
    "digests": _move_digests_back,
}
"""What is deleted, each kind in a transaction of its own.

"mailed codes": codes that can't be used any more, and counts of quotas that are over. "sign-ins": sign-in
links and sessions that have expired. "accounts": DocSpace's old answers for addresses. "requests": the keys
of requests so old that no signature of theirs is valid. "absences": those that ended long ago; one that is
in effect without a next check gets one. "digests": periods of digests that a clock which was ahead has ended.
"""


def delete_expired(
    transactions: Transactions,
    routes: Routes,
    *,
    now: datetime,
    isolation: FailureIsolation = propagate_failures,
) -> None:
    """Delete all that has expired, also of owners whom no route names; each kind has an `isolation`.

    Open reviews that have lost their next look get one.
    """
    jobs: dict[str, Callable[[UnitOfWork, datetime], None]]
    jobs = {
        **EXPIRY_JOBS,
        "owners": partial(_forget_owners, routes),
        "looks": partial(plan_missing_looks, routes),
    }
    for name, part in jobs.items():
        with isolation(name), transactions() as work:
            part(work, now)
            work.commit()
