"""The durable workflows: thin functions that call a use case and, where it asks for it, come again later.

A workflow's name says what it does to what, and how often it was tried; the engine starts each name once.
What waits waits in the engine's queue, not in a thread.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog
from dbos import DBOS, SetWorkflowID

from reviews.errors import Doubtful, Permanent
from reviews.model import EventState
from reviews.sweep import Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviews.delivery import Delivery
    from reviews.intake import Intake
    from reviews.sweep import GapSweep

LATER = "later"
QUEUE_POLL = 1.0  # seconds
DATABASE_WAIT = 5.0
# The database is down, locked, out of connections, or takes no writes just now (a standby, a full disk).
DATABASE_AWAY = (
    sa.exc.OperationalError,
    sa.exc.InterfaceError,
    sa.exc.InternalError,
    sa.exc.TimeoutError,
)
PROCESS_EVENT = "process-event"
DELIVER_CARD = "deliver-card"
GAP_SWEEP = "gap-sweep"
EVENT, CARD, SWEEP = "event", "card", "sweep"
KILLS = "the worker died each time it did this work"

log = structlog.get_logger()


class Workflows:
    """Registers the workflows with the engine, once a process, and starts them."""

    def __init__(
        self,
        intake: Intake,
        delivery: Delivery,
        sweep: GapSweep,
        *,
        worker: str,
        settled: Callable[[], None],
        may_work: Callable[[], bool] = lambda: True,
    ) -> None:
        """`settled` is told of each event that is done with: it may have made cards due.

        While it may not work, this process leaves what the engine gives it to a later attempt.
        """
        self._intake = intake
        self._delivery = delivery
        self._running: set[str] = set()
        self._ended = threading.Condition()

        def process_event(event_id: int, run: int, attempt: int) -> None:
            job = _event_job(event_id, run)
            with self._alone(job):
                again = _guarded(
                    lambda: intake.process(event_id) if may_work() else DATABASE_WAIT,
                    lambda error: intake.failed(event_id, error),
                    event_id=event_id,
                )
                if again is not None:
                    _later(PROCESS_EVENT, job, again, event_id, run, attempt + 1)
            if again is None:
                settled()

        def deliver_card(card_id: int, drawing: int, attempt: int) -> None:
            job = _card_job(card_id, drawing)
            owner = owner_of(worker, job)
            with self._alone(job):
                again = _guarded(
                    lambda: delivery.deliver(card_id, owner) if may_work() else DATABASE_WAIT,
                    lambda error: delivery.failed(card_id, owner, error),
                    card_id=card_id,
                )
                if again is not None:
                    _later(DELIVER_CARD, job, again, card_id, drawing, attempt + 1)

        def gap_sweep(minute: int, folders: list[str]) -> None:
            with self._alone(_sweep_job(minute)):
                _guarded(
                    lambda: _swept(sweep, folders) if may_work() else None,
                    lambda error: sweep.failed(folders, error),
                    sweep=minute,
                )

        self._gap_sweep = DBOS.workflow(name=GAP_SWEEP)(gap_sweep)
        self._process_event = DBOS.workflow(name=PROCESS_EVENT)(process_event)
        self._deliver_card = DBOS.workflow(name=DELIVER_CARD)(deliver_card)

    @property
    def running(self) -> int:
        return len(self._running)

    @contextmanager
    def idle(self, job: str) -> Iterator[bool]:
        """Say whether a job does not run in this process; if so, it can't begin within the block."""
        with self._ended:
            idle = job not in self._running
            self._running.add(job)
        try:
            yield idle
        finally:
            if idle:
                self._end(job)

    @contextmanager
    def _alone(self, job: str) -> Iterator[None]:
        """Wait for another attempt of the same job to end, should the engine have started both here."""
        with self._ended:
            self._ended.wait_for(lambda: job not in self._running)
            self._running.add(job)
        try:
            yield
        finally:
            self._end(job)

    def _end(self, job: str) -> None:
        with self._ended:
            self._running.remove(job)
            self._ended.notify_all()

    def start_event(self, event_id: int, run: int) -> None:
        with SetWorkflowID(f"{_event_job(event_id, run)}-1"):
            DBOS.start_workflow(self._process_event, event_id, run, 1)

    def start_card(self, card_id: int, drawing: int) -> None:
        with SetWorkflowID(f"{_card_job(card_id, drawing)}-1"):
            DBOS.start_workflow(self._deliver_card, card_id, drawing, 1)

    def start_sweep(self, minute: int, folders: list[str]) -> None:
        """Start the gap sweep of a minute, which is the same for all workers."""
        with SetWorkflowID(f"{_sweep_job(minute)}-1"):
            DBOS.start_workflow(self._gap_sweep, minute, folders)

    def give_up(self, workflow_id: str, *, owner: str) -> bool:
        """Make a dead letter of what a workflow was to do; `False` where others have or did it."""
        kind, number, run = subject_of(workflow_id)
        if kind == SWEEP:
            return True  # the next one does what this one did not
        if kind == EVENT:
            with self._intake.transactions(reading=True) as work:
                event = work.events.get(number)
            if event is None or event.state is not EventState.RECEIVED:
                return False
            self._intake.failed(number, Permanent(KILLS))
            return True
        with self._delivery.transactions() as work:
            card = work.cards.get(number)
            if card is None or not card.drawn < card.wanted == run or not work.cards.claim(number, owner):
                return False
            work.commit()
        self._delivery.failed(number, owner, Doubtful(KILLS))
        return True


def subject_of(workflow_id: str) -> tuple[str, int, int]:
    """Return what a workflow's name is about: `event`, `card` or `sweep`, its id, its run or drawing."""
    kind, number, run, _attempt = workflow_id.split("-")
    return kind, int(number), int(run)


def job_of(workflow_id: str) -> str:
    """Return what all attempts of a run or a drawing have in common."""
    return workflow_id.rpartition("-")[0]


def owner_of(worker: str, job: str) -> str:
    """Return under which name a worker claims the card of a job."""
    return f"{worker}:{job}"


def _event_job(event_id: int, run: int) -> str:
    return f"{EVENT}-{event_id}-{run}"


def _card_job(card_id: int, drawing: int) -> str:
    return f"{CARD}-{card_id}-{drawing}"


def _sweep_job(minute: int) -> str:
    return f"{SWEEP}-{minute}-1"


def _swept(sweep: GapSweep, folders: list[str]) -> None:
    """Sweep; where it does not get through, the next one begins where this one did."""
    try:
        for each in sweep.run(folders):
            log.info(
                "folder_swept",
                folder=each.folder_id,
                found=each.found,
                first=each.first,
                stopped=each.stopped_by,
            )
    except Interrupted:
        log.info("sweep_interrupted")


def _guarded(
    work: Callable[[], float | None], failed: Callable[[Exception], float | None], **what: int
) -> float | None:
    """Run a use case as one step; a poison event or card counts as failed and never stops the others."""

    def step() -> float | None:
        try:
            return work()
        except DATABASE_AWAY as error:
            log.warning("database_not_available", reason=type(error).__name__, **what)
            return DATABASE_WAIT
        except Exception as error:
            # The edge of the process: what nobody expected is logged, counted, and tried again or given up.
            log.exception("work_failed", **what)
            return counted(error)

    def counted(error: Exception) -> float | None:
        """Count the failure; where even that can't be written, the work has to come again all the same."""
        try:
            return failed(error)
        except sa.exc.SQLAlchemyError as second:
            log.warning("failure_not_counted", reason=type(second).__name__, **what)
            return DATABASE_WAIT

    return DBOS.run_step({"name": "work"}, step)


def _later(workflow: str, job: str, seconds: float, *arguments: int) -> None:
    DBOS.enqueue_workflow_with_options(
        {
            "workflow_name": workflow,
            "queue_name": LATER,
            "workflow_id": f"{job}-{arguments[-1]}",
            "delay_seconds": seconds,
        },
        *arguments,
    )
