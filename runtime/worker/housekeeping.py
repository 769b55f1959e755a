"""What the engine leaves behind: work that broke off is done again, finished work is forgotten."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from dbos import DBOS

from reviews.answers import repeated_requests
from reviews.operations import canaries
from reviews.people import docspace_accounts, mailed_codes, sessions, sign_in_links
from reviews.ports import quotas
from reviews.ports.edges import let_through
from runtime.worker import durable
from runtime.worker.workflows import EVENT, SWEEP, is_known_work, job_of, owner_of, subject_of
from store import handover

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import sqlalchemy as sa
    from dbos import WorkflowStatus

    from reviews.ports.edges import Edge
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from runtime.worker.workflows import Workflows
    from store.workers import Roll

# The engine itself gave up: the process died again and again in the same work, or a database call of its own
# failed.
_DEADLY = "MAX_RECOVERY_ATTEMPTS_EXCEEDED"
_BROKEN_OFF = ["ERROR", "CANCELLED", _DEADLY]
# A name may come again only while a crash can lie between its start and the note that it was handed over.
REMEMBERED = timedelta(days=1)
AT_ONCE = 500
# What changed its state just now may still be on its way to a thread, or from it.
SETTLED = timedelta(seconds=30)

log = structlog.get_logger()


def keep_house(engine: sa.Engine, workflows: Workflows, *, now: datetime, edge: Edge = let_through) -> None:
    """Look once, with an `edge` for each job. Several workers may do so at the same time."""
    ended: list[WorkflowStatus] = []
    for workflow in _find_broken_off(now):
        with edge(workflow.workflow_id):
            deadly = workflow.status == _DEADLY
            given_up = deadly and workflows.give_up(workflow.workflow_id, owner=_owner(workflow))
            again = not given_up and _again(engine, workflow)
            ended.append(workflow)
            log.warning(
                "work_broken_off", work=workflow.workflow_id, given_up=given_up, handed_over_again=again
            )
    before = (now - REMEMBERED).isoformat()
    # What is completed was created earlier: by that the engine has an index in the order in which it reads.
    done = DBOS.list_workflows(
        status="SUCCESS",
        completed_before=before,
        end_time=before,
        limit=AT_ONCE,
        load_input=False,
        load_output=False,
    )
    forgotten = [workflow.workflow_id for workflow in (*ended, *done)]
    if forgotten:
        DBOS.delete_workflows(forgotten)


def _forget_codes(work: UnitOfWork, now: datetime) -> None:
    work.codes.forget(before=now - mailed_codes.KEPT)
    work.quotas.forget(before=now - quotas.LONGEST)


def _forget_sign_ins(work: UnitOfWork, now: datetime) -> None:
    work.sign_in_links.forget(before=now - sign_in_links.KEPT)
    work.sessions.forget(before=now - sessions.LONGEST)


def _forget_accounts(work: UnitOfWork, now: datetime) -> None:
    work.docspace_accounts.forget(before=now - docspace_accounts.KEPT)


def _forget_told(work: UnitOfWork, now: datetime) -> None:
    work.told.forget(before=now - repeated_requests.KEPT)


def _forget_canaries(work: UnitOfWork, now: datetime) -> None:
    work.canaries.forget(before=now - canaries.KEPT)


FORGOTTEN: dict[str, Callable[[UnitOfWork, datetime], None]] = {
    "mailed codes": _forget_codes,
    "sign-ins": _forget_sign_ins,
    "accounts": _forget_accounts,
    "requests": _forget_told,
    "tests": _forget_canaries,
}
"""What is forgotten, each in a transaction of its own.

Mailed codes that nobody can use any more go with what was counted for quotas that are over, links by which
somebody could sign in with sessions that have run out. Accounts are what DocSpace answered long ago for
addresses. Requests are the keys of those that came in so long ago that no signature of theirs holds.
"""


def forget(transactions: Transactions, *, now: datetime, edge: Edge = let_through) -> None:
    """Forget all that has had its time; each part has an `edge`."""
    for name, part in FORGOTTEN.items():
        with edge(name), transactions() as work:
            part(work, now)
            work.commit()


def _find_broken_off(now: datetime) -> list[WorkflowStatus]:
    """Return some work that broke off, the oldest first. What a newer release began is left to it.

    However much that is: after a rollback it lies before all that breaks off from then on.
    """
    found: list[WorkflowStatus] = []
    for offset in itertools.count(0, AT_ONCE):
        page = DBOS.list_workflows(
            status=_BROKEN_OFF, limit=AT_ONCE, offset=offset, load_input=False, load_output=False
        )
        found += [each for each in _settled(page, now=now) if is_known_work(each.workflow_id)]
        if len(page) < AT_ONCE or len(found) >= AT_ONCE:
            break
    return found


def _again(engine: sa.Engine, broken: WorkflowStatus) -> bool:
    """Ask for what a workflow was to do; `False` if nothing is left to do of it."""
    kind, number, run = subject_of(broken.workflow_id)
    if kind == SWEEP:
        return False  # the next one begins where this one did
    if kind == EVENT:
        return handover.event_again(engine, number)
    return handover.card_again(engine, number, run, owner=_owner(broken))


def _settled(workflows: list[WorkflowStatus], *, now: datetime) -> list[WorkflowStatus]:
    before = (now - SETTLED).timestamp() * 1000
    return [each for each in workflows if (each.updated_at or 0) < before]


def _owner(workflow: WorkflowStatus) -> str:
    return owner_of(workflow.executor_id or "", job_of(workflow.workflow_id))


def take_over_unlisted(roll: Roll, *, now: datetime, edge: Edge = let_through) -> None:
    """Have done what a process began that is on the roll no more, with an `edge` for each process.

    It was believed dead and its work taken over; then it went on, and died before it was heard of.
    """
    begun = DBOS.list_workflows(status="PENDING", limit=AT_ONCE, load_input=False, load_output=False)
    owners = {workflow.executor_id for workflow in _settled(begun, now=now) if workflow.executor_id}
    for name in sorted(owners - roll.names()):
        with edge(name):
            roll.free(name)
            count = durable.take_over(name)
            log.warning("work_taken_over", dead=name, workflows=count)


def resume_stranded(
    engine: sa.Engine, workflows: Workflows, *, worker: str, now: datetime, edge: Edge = let_through
) -> None:
    """Have done what this process began and dropped, because the database took no writes when it ended.

    The engine waits for a lost connection only. Where a full disk or a standby refuses to write down the end
    of a workflow, it stays begun for as long as this process lives. Called while one of the engine's threads
    is free: then nothing waits for one, and what does not run in this process runs nowhere. The engine's own
    queue takes it, which has no lanes.
    """
    begun = DBOS.list_workflows(
        status="PENDING", executor_id=worker, limit=AT_ONCE, load_input=False, load_output=False
    )
    for workflow in _settled(begun, now=now):
        with edge(workflow.workflow_id), workflows.idle(job_of(workflow.workflow_id)) as idle:
            if idle:
                handover.let_go(engine, _owner(workflow))
                DBOS.resume_workflow(workflow.workflow_id)
                log.warning("work_resumed", work=workflow.workflow_id)
