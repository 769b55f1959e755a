"""The durable workflows: thin functions that call a use case and, if it asks for that, run again later.

A workflow's name has its kind, its subject, and the number of the attempt; the engine starts each name once.
Waiting work is in the engine's queue, not in a thread, and in its lane of the queue.
"""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa
import structlog
from dbos import DBOS, SetWorkflowID
from dbos._core import WorkflowHandleFuture

from reviews.errors import Permanent, UnresolvedOutcome
from reviews.kinds import EventState
from reviews.sweep.completeness import MAX_LISTED_FOLDERS
from reviews.sweep.sweep import Interrupted
from runtime.capacity import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviews.clock import Clock
    from reviews.delivery.delivery import ChannelDelivery
    from reviews.intake.intake import Intake
    from reviews.sweep.sweep import GapSweep, SweepResult
    from runtime.capacity import Capacity

LANES_QUEUE = "lanes"
FLOODS_QUEUE = "floods"
DATABASE_RETRY_SECONDS = 5.0
# The database is down, locked, out of connections, or read-only just now (a standby, a full disk).
DATABASE_ERRORS = (
    sa.exc.OperationalError,
    sa.exc.InterfaceError,
    sa.exc.InternalError,
    sa.exc.TimeoutError,
)
PROCESS_EVENT = "process-event"
DELIVER_CARD = "deliver-card"
GAP_SWEEP = "gap-sweep"
EVENT, CARD, SWEEP = "event", "card", "sweep"
_NAME = re.compile(rf"({EVENT}|{CARD}|{SWEEP})-[0-9]+-[0-9]+-[0-9]+")
KILLS = "the worker died each time it did this work"

log = structlog.get_logger()


class Workflows:
    """The workflows, registered with the engine once a process, and started here."""

    def __init__(
        self,
        intake: Intake,
        delivery: ChannelDelivery,
        sweep: GapSweep,
        *,
        worker: str,
        capacity: Capacity,
        settled: Callable[[], None],
    ) -> None:
        """`settled` is called after each event that is done: it may have made cards due."""
        self._intake = intake
        self._delivery = delivery
        self._capacity = capacity
        self._running: set[str] = set()
        self._ended = threading.Condition()

        def process_event(event_id: int, run: int, attempt: int) -> None:
            job = _event_job(event_id, run)
            with self._alone(job):
                again = _run_guarded(
                    lambda: intake.process(event_id) if capacity.may_work() else DATABASE_RETRY_SECONDS,
                    lambda error: intake.count_failure(event_id, error),
                    lambda: _queue_of(intake, event_id),
                    event_id=event_id,
                )
                if again is not None:
                    name, delay = f"{job}-{attempt + 1}", delay_by_machine(again.seconds, intake.clock)
                    arguments, queue = (event_id, run, attempt + 1), again.place
                    _enqueue_later(PROCESS_EVENT, name, delay, Lane.EVENTS, *arguments, queue=queue)
            if again is None:
                settled()

        def deliver_card(card_id: int, drawing: int, attempt: int) -> None:
            # A release before or after this one may get the job, so it has these arguments and no others.
            job = _card_job(card_id, drawing)
            owner = build_owner_name(worker, job)
            with self._alone(job):
                again = _run_guarded(
                    lambda: (
                        delivery.deliver(card_id, owner) if capacity.may_work() else DATABASE_RETRY_SECONDS
                    ),
                    lambda error: delivery.count_failure(card_id, owner, error),
                    lambda: _lane_of(delivery, card_id),
                    card_id=card_id,
                )
                if again is not None:
                    name, lane = f"{job}-{attempt + 1}", Lane(again.place)
                    delay = delay_by_machine(again.seconds, delivery.clock)
                    _enqueue_later(DELIVER_CARD, name, delay, lane, card_id, drawing, attempt + 1)

        def gap_sweep(number: int, folders: list[str], piece: int = 1, started: float = 0.0) -> None:
            started_at = datetime.fromtimestamp(started, tz=UTC)
            with self._alone(_sweep_job(number, piece)):
                some = folders if capacity.may_work() else []
                DBOS.run_step({"name": "work"}, lambda: sweep_each(sweep, some, started_at))

        self._gap_sweep = DBOS.workflow(name=GAP_SWEEP)(gap_sweep)
        self._process_event = DBOS.workflow(name=PROCESS_EVENT)(process_event)
        self._deliver_card = DBOS.workflow(name=DELIVER_CARD)(deliver_card)

    @property
    def running_count(self) -> int:
        return len(self._running)

    @contextmanager
    def hold_if_idle(self, job: str) -> Iterator[bool]:
        """Yield whether a job does not run in this process; if so, it can't start within the block."""
        with self._ended:
            idle = job not in self._running
            self._running.add(job)
        try:
            yield idle
        finally:
            if idle:
                self._mark_ended(job)

    @contextmanager
    def _alone(self, job: str) -> Iterator[None]:
        """Wait for another attempt of the same job to end, in case the engine has started both here."""
        with self._ended:
            self._ended.wait_for(lambda: job not in self._running)
            self._running.add(job)
        try:
            yield
        finally:
            self._mark_ended(job)

    def _mark_ended(self, job: str) -> None:
        with self._ended:
            self._running.remove(job)
            self._ended.notify_all()

    def start_event(self, event_id: int, run: int) -> None:
        start = partial(DBOS.start_workflow, self._process_event, event_id, run, 1)
        self._start(Lane.EVENTS, _event_job(event_id, run), start)

    def start_card(self, card_id: int, drawing: int, *, lane: Lane) -> None:
        start = partial(DBOS.start_workflow, self._deliver_card, card_id, drawing, 1)
        self._start(lane, _card_job(card_id, drawing), start)

    @property
    def free_sweep_count(self) -> int:
        """How many more sweeps this process may start."""
        return self._capacity.count_free(Lane.SWEEPS)

    def start_sweeps(self, folders: list[str], *, started_at: datetime, now: datetime) -> None:
        """Start sweeps of watched folders, dealt out among as many as may run.

        A folder that waits behind a slow one stays due, and is in the next sweep that is started.
        """
        number, pieces = int(now.timestamp() * 1000), self.free_sweep_count
        for piece in range(1, min(pieces, len(folders)) + 1):
            dealt = folders[piece - 1 :: pieces]
            start = partial(
                DBOS.start_workflow, self._gap_sweep, number, dealt, piece, started_at.timestamp()
            )
            self._start(Lane.SWEEPS, _sweep_job(number, piece), start)

    def _start(self, lane: Lane, job: str, start: Callable[[], object]) -> None:
        """Have the engine start a job, which counts until it ends, or until it turns out to run elsewhere.

        A job that still runs here is not started again; it is handed over again until its row can be marked.
        """
        if not self._capacity.claim(lane, job):
            return
        handle: object = None
        try:
            with SetWorkflowID(f"{job}-1"):
                handle = start()
        finally:
            if isinstance(handle, WorkflowHandleFuture):
                handle.future.add_done_callback(lambda _: self._capacity.release(lane, job))
            else:
                self._capacity.release(lane, job)

    def give_up(self, workflow_id: str, *, owner: str) -> bool:
        """Make a dead letter of a workflow's work; return `False` if others have it or did it."""
        kind, number, run = parse_workflow_id(workflow_id)
        if kind == SWEEP:
            return True  # the next one covers what this one did not
        if kind == EVENT:
            with self._intake.transactions(reading=True) as work:
                event = work.events.get(number)
            if event is None or event.state is not EventState.RECEIVED:
                return False
            self._intake.count_failure(number, Permanent(KILLS))
            return True
        with self._delivery.transactions() as work:
            card = work.cards.get(number)
            if card is None or not card.drawn < card.wanted == run or not work.cards.claim(number, owner):
                return False
            work.commit()
        self._delivery.count_failure(number, owner, UnresolvedOutcome(KILLS))
        return True


def is_known_work(workflow_id: str) -> bool:
    """Return whether a workflow is of this release's kinds; a newer release may have others."""
    return _NAME.fullmatch(workflow_id) is not None


def parse_workflow_id(workflow_id: str) -> tuple[str, int, int]:
    """Return the subject of a workflow: `event`, `card` or `sweep`, its id, its run or drawing."""
    kind, number, run, _attempt = workflow_id.split("-")
    return kind, int(number), int(run)


def get_job_name(workflow_id: str) -> str:
    """Return the common part of the names of all attempts of a run or a drawing."""
    return workflow_id.rpartition("-")[0]


def build_owner_name(worker: str, job: str) -> str:
    """Return the name under which a worker claims the card of a job."""
    return f"{worker}:{job}"


def _event_job(event_id: int, run: int) -> str:
    return f"{EVENT}-{event_id}-{run}"


def _card_job(card_id: int, drawing: int) -> str:
    return f"{CARD}-{card_id}-{drawing}"


def _sweep_job(number: int, piece: int) -> str:
    return f"{SWEEP}-{number}-{piece}"


def sweep_each(sweep: GapSweep, folders: list[str], started_at: datetime) -> None:
    """Sweep one folder after the other; a sweep that is broken off resumes there the next time."""
    for folder in folders:
        try:
            swept = sweep.sweep_due_folder(folder, started_at=started_at)
        except Interrupted:
            log.info("sweep_interrupted", folder=folder)
            return
        except DATABASE_ERRORS as error:
            log.warning("database_not_available", reason=type(error).__name__, folder=folder)
            return
        except Exception as error:
            # The edge of the process: a folder with an unexpected error does not block the others.
            log.exception("sweep_failed", folder=folder)
            _note_failure(sweep, folder, error)
        else:
            if swept is not None and (not _is_unchanged(swept) or len(sweep.watched) <= MAX_LISTED_FOLDERS):
                _log_sweep(swept)


def _note_failure(sweep: GapSweep, folder: str, error: Exception) -> None:
    try:
        sweep.save_failure(folder, error)
    except sa.exc.SQLAlchemyError as second:
        log.warning("failure_not_counted", reason=type(second).__name__, folder=folder)


def _is_unchanged(swept: SweepResult) -> bool:
    return not (swept.found or swept.first or swept.stopped_by)


def _log_sweep(swept: SweepResult) -> None:
    log.info(
        "folder_swept",
        folder=swept.folder_id,
        found=swept.found,
        first=swept.first,
        stopped=swept.stopped_by,
    )


class _Retry(NamedTuple):
    """When to retry, in seconds, and the queue or lane of the retry."""

    seconds: float
    place: str


def _run_guarded(
    work: Callable[[], float | None],
    failed: Callable[[Exception], float | None],
    find_place: Callable[[], str],
    **what: int,
) -> _Retry | None:
    """Run a use case as one step; a poison event or card counts as failed and never stops the others."""

    def step() -> tuple[float, str] | None:
        seconds = attempt()
        return None if seconds is None else (seconds, find_place())

    def attempt() -> float | None:
        try:
            return work()
        except DATABASE_ERRORS as error:
            log.warning("database_not_available", reason=type(error).__name__, **what)
            return DATABASE_RETRY_SECONDS
        except Exception as error:
            # The edge of the process: an unexpected error is logged, counted, and retried or given up.
            log.exception("work_failed", **what)
            return counted(error)

    def counted(error: Exception) -> float | None:
        """Count the failure; if even that can't be written, the work has to be retried all the same."""
        try:
            return failed(error)
        except sa.exc.SQLAlchemyError as second:
            log.warning("failure_not_counted", reason=type(second).__name__, **what)
            return DATABASE_RETRY_SECONDS

    retry: tuple[float, str] | float | None = DBOS.run_step({"name": "work"}, step)
    if retry is None:
        return None
    # A worker of an earlier release that died here has stored the seconds alone.
    return _Retry(*retry) if isinstance(retry, tuple) else _Retry(retry, find_place())


def _queue_of(intake: Intake, event_id: int) -> str:
    """Return the queue in which an event waits; events of a flood have their own, and block no others.

    A database error here counts as no flood: the job has to wait in some queue. A database restored from
    before a migration lacks columns.
    """
    try:
        return FLOODS_QUEUE if intake.has_low_priority(event_id) else LANES_QUEUE
    except sa.exc.SQLAlchemyError:
        return LANES_QUEUE


def _lane_of(delivery: ChannelDelivery, card_id: int) -> Lane:
    """Return the lane of a waiting card: redraws if it was posted, posts otherwise or on a database error."""
    try:
        with delivery.transactions(reading=True) as work:
            card = work.cards.get_without_notice(card_id)
    except sa.exc.SQLAlchemyError:
        return Lane.POSTS
    return Lane.REDRAWS if card is not None and card.message_id else Lane.POSTS


def delay_by_machine(seconds: float, clock: Clock, *, machine: Clock = lambda: datetime.now(UTC)) -> float:
    """Convert a delay by the common clock into one by this machine's clock.

    The engine stores the time by this machine's clock, which may be a day ahead, and any process may be the
    one that polls for due work. The delay is negative if this machine is that much ahead.
    """
    return seconds + (clock() - machine()).total_seconds()


def _enqueue_later(
    workflow: str, name: str, seconds: float, lane: Lane, *arguments: int | str, queue: str = LANES_QUEUE
) -> None:
    DBOS.enqueue_workflow_with_options(
        {
            "workflow_name": workflow,
            "queue_name": queue,
            "queue_partition_key": lane.value,
            "workflow_id": name,
            "delay_seconds": seconds,
        },
        *arguments,
    )
