"""Maintenance of the engine's rows: broken-off work is done again, finished work is deleted."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from dbos import DBOS

from reviews.answers import repeated_requests
from reviews.monitoring import canaries
from reviews.people import docspace_accounts, mailed_codes, sessions, sign_in_links
from reviews.ports import quotas
from reviews.ports.failure_isolation import propagate_failures
from runtime.worker import durable
from runtime.worker.job_names import (
    EVENT,
    SWEEP,
    build_owner_name,
    get_job_name,
    is_known_work,
    parse_workflow_id,
)
from store import handover

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import sqlalchemy as sa
    from dbos import WorkflowStatus

    from reviews.ports.failure_isolation import FailureIsolation
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from runtime.worker.workflows import Workflows
    from store.workers import WorkerRegistry

# The engine itself gave up: the process died repeatedly in the same work, or one of its own database calls
# failed.
_MAX_RECOVERY_STATUS = "MAX_RECOVERY_ATTEMPTS_EXCEEDED"
_FAILED_STATUSES = ["ERROR", "CANCELLED", _MAX_RECOVERY_STATUS]
# A name may recur only while a crash can lie between its start and the note that it was handed over.
REMEMBERED = timedelta(days=1)
BATCH_SIZE = 500
# Work that changed its state just now may still be on its way to a thread, or from it.
SETTLED = timedelta(seconds=30)

log = structlog.get_logger()


def clean_up_workflows(
    engine: sa.Engine,
    workflows: Workflows,
    *,
    now: datetime,
    isolation: FailureIsolation = propagate_failures,
) -> None:
    """Clean up once, with an `isolation` for each job. Several workers may do so at the same time."""
    ended_workflows: list[WorkflowStatus] = []
    for workflow in _find_broken_off(now):
        with isolation(workflow.workflow_id):
            is_fatal = workflow.status == _MAX_RECOVERY_STATUS
            was_given_up = is_fatal and workflows.give_up(workflow.workflow_id, owner=_get_owner(workflow))
            was_requested_again = not was_given_up and _request_again(engine, workflow)
            ended_workflows.append(workflow)
            log.warning(
                "work_broken_off",
                work=workflow.workflow_id,
                given_up=was_given_up,
                handed_over_again=was_requested_again,
            )
    before = (now - REMEMBERED).isoformat()
    # Completed work was created earlier: for that, the engine has an index in the order in which it reads.
    successful_workflows = DBOS.list_workflows(
        status="SUCCESS",
        completed_before=before,
        end_time=before,
        limit=BATCH_SIZE,
        load_input=False,
        load_output=False,
    )
    workflow_ids = [workflow.workflow_id for workflow in (*ended_workflows, *successful_workflows)]
    if workflow_ids:
        DBOS.delete_workflows(workflow_ids)


def _forget_codes(work: UnitOfWork, now: datetime) -> None:
    work.codes.forget(before=now - mailed_codes.CODE_RETENTION)
    work.quotas.forget(before=now - quotas.MAX_QUOTA_PERIOD)


def _forget_sign_ins(work: UnitOfWork, now: datetime) -> None:
    work.sign_in_links.forget(before=now - sign_in_links.LINK_RETENTION)
    work.sessions.forget(before=now - sessions.MAX_SESSION_AGE)


def _forget_accounts(work: UnitOfWork, now: datetime) -> None:
    work.docspace_accounts.forget(before=now - docspace_accounts.ACCOUNT_RETENTION)


def _delete_requests(work: UnitOfWork, now: datetime) -> None:
    work.idempotency_keys.forget(before=now - repeated_requests.REQUEST_RETENTION)


def _forget_canaries(work: UnitOfWork, now: datetime) -> None:
    work.canaries.forget(before=now - canaries.CANARY_RETENTION)


EXPIRY_JOBS: dict[str, Callable[[UnitOfWork, datetime], None]] = {
    "mailed codes": _forget_codes,
    "sign-ins": _forget_sign_ins,
    "accounts": _forget_accounts,
    "requests": _delete_requests,
    "tests": _forget_canaries,
}
"""What is deleted, each kind in a transaction of its own.

"mailed codes": codes that can't be used any more, and counts of quotas that are over. "sign-ins": sign-in
links and sessions that have expired. "accounts": DocSpace's old answers for addresses. "requests": the keys
of requests so old that no signature of theirs is valid.
"""


def delete_expired(
    transactions: Transactions, *, now: datetime, isolation: FailureIsolation = propagate_failures
) -> None:
    """Delete all that has expired; each kind has an `isolation`."""
    for name, part in EXPIRY_JOBS.items():
        with isolation(name), transactions() as work:
            part(work, now)
            work.commit()


def _find_broken_off(now: datetime) -> list[WorkflowStatus]:
    """Return some broken-off work, the oldest first, but none that a newer release began.

    The newer release's work is skipped page by page: after a rollback it comes before all later work.
    """
    workflows: list[WorkflowStatus] = []
    for offset in itertools.count(0, BATCH_SIZE):
        page = DBOS.list_workflows(
            status=_FAILED_STATUSES, limit=BATCH_SIZE, offset=offset, load_input=False, load_output=False
        )
        workflows += [each for each in _filter_settled(page, now=now) if is_known_work(each.workflow_id)]
        if len(page) < BATCH_SIZE or len(workflows) >= BATCH_SIZE:
            break
    return workflows


def _request_again(engine: sa.Engine, workflow: WorkflowStatus) -> bool:
    """Request the work of a broken-off workflow again; return `False` if nothing is left to do."""
    kind, number, run = parse_workflow_id(workflow.workflow_id)
    if kind == SWEEP:
        return False  # the next one begins where this one did
    if kind == EVENT:
        return handover.request_event_rerun(engine, number)
    return handover.request_card_redraw(engine, number, run, job=_get_owner(workflow))


def _filter_settled(workflows: list[WorkflowStatus], *, now: datetime) -> list[WorkflowStatus]:
    before = (now - SETTLED).timestamp() * 1000
    return [each for each in workflows if (each.updated_at or 0) < before]


def _get_owner(workflow: WorkflowStatus) -> str:
    return build_owner_name(workflow.executor_id or "", get_job_name(workflow.workflow_id))


def take_over_unlisted(
    registry: WorkerRegistry, *, now: datetime, isolation: FailureIsolation = propagate_failures
) -> None:
    """Take over the work of processes missing in the registry, with an `isolation` for each process.

    Such a process was believed dead and its work taken over; then it continued, and died before its next
    heartbeat.
    """
    pending = DBOS.list_workflows(status="PENDING", limit=BATCH_SIZE, load_input=False, load_output=False)
    owners = {workflow.executor_id for workflow in _filter_settled(pending, now=now) if workflow.executor_id}
    for name in sorted(owners - registry.list_names()):
        with isolation(name):
            registry.release_cards(name)
            count = durable.take_over(name)
            log.warning("work_taken_over", dead=name, workflows=count)


def resume_stranded(
    engine: sa.Engine,
    workflows: Workflows,
    *,
    worker: str,
    now: datetime,
    isolation: FailureIsolation = propagate_failures,
) -> None:
    """Resume work that this process began and dropped because the database took no writes at its end.

    The engine waits only for a lost connection. If a full disk or a standby refuses the end of a workflow, it
    stays pending as long as this process lives. Call this while one of the engine's threads is free: then
    nothing waits for a thread, and what does not run in this process runs nowhere. The engine's own queue
    takes it, which has no lanes.
    """
    pending = DBOS.list_workflows(
        status="PENDING", executor_id=worker, limit=BATCH_SIZE, load_input=False, load_output=False
    )
    for workflow in _filter_settled(pending, now=now):
        with (
            isolation(workflow.workflow_id),
            workflows.hold_if_idle(get_job_name(workflow.workflow_id)) as idle,
        ):
            if idle:
                handover.release_claims(engine, _get_owner(workflow))
                DBOS.resume_workflow(workflow.workflow_id)
                log.warning("work_resumed", work=workflow.workflow_id)
