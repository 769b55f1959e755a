"""The durable workflows: thin functions that call a use case and, if it asks for that, run again later."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from dbos import DBOS, SetWorkflowID
from dbos._core import WorkflowHandleFuture

from reviews.errors import Permanent, UnresolvedOutcome
from reviews.kinds import EventState
from runtime.capacity import Lane
from runtime.worker.folder_sweeps import sweep_each
from runtime.worker.guarded_steps import DATABASE_RETRY_SECONDS, run_guarded_step
from runtime.worker.job_names import (
    EVENT,
    SWEEP,
    build_owner_name,
    name_card_job,
    name_event_job,
    name_sweep_job,
    parse_workflow_id,
)
from runtime.worker.queues import choose_lane, choose_queue, delay_by_machine, enqueue_later

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviews.delivery.delivery import ChannelDelivery
    from reviews.intake.intake import Intake
    from reviews.sweep.sweep import GapSweep
    from runtime.capacity import Capacity

PROCESS_EVENT = "process-event"
DELIVER_CARD = "deliver-card"
GAP_SWEEP = "gap-sweep"
KILLS = "the worker died each time it did this work"


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
        on_settled: Callable[[], None],
    ) -> None:
        """`on_settled` is called after each event that is done: it may have made cards due."""
        self._intake = intake
        self._delivery = delivery
        self._capacity = capacity
        self._running: set[str] = set()
        self._ended = threading.Condition()

        def process_event(event_id: int, run: int, attempt: int) -> None:
            job = name_event_job(event_id, run)
            with self._hold_job(job):
                again = run_guarded_step(
                    lambda: intake.process(event_id) if capacity.may_work() else DATABASE_RETRY_SECONDS,
                    lambda error: intake.count_failure(event_id, error),
                    find_place=lambda: choose_queue(intake, event_id),
                    event_id=event_id,
                )
                if again is not None:
                    enqueue_later(
                        PROCESS_EVENT,
                        event_id,
                        run,
                        attempt + 1,
                        name=f"{job}-{attempt + 1}",
                        seconds=delay_by_machine(again.seconds, intake.clock),
                        lane=Lane.EVENTS,
                        queue=again.place,
                    )
            if again is None:
                on_settled()

        def deliver_card(card_id: int, drawing: int, attempt: int) -> None:
            # A release before or after this one may get the job, so it has these arguments and no others.
            job = name_card_job(card_id, drawing)
            owner = build_owner_name(worker, job)
            with self._hold_job(job):
                again = run_guarded_step(
                    lambda: (
                        delivery.deliver(card_id, owner) if capacity.may_work() else DATABASE_RETRY_SECONDS
                    ),
                    lambda error: delivery.count_failure(card_id, owner, error),
                    find_place=lambda: choose_lane(delivery, card_id),
                    card_id=card_id,
                )
                if again is not None:
                    enqueue_later(
                        DELIVER_CARD,
                        card_id,
                        drawing,
                        attempt + 1,
                        name=f"{job}-{attempt + 1}",
                        seconds=delay_by_machine(again.seconds, delivery.clock),
                        lane=Lane(again.place),
                    )

        def gap_sweep(number: int, folders: list[str], piece: int = 1, started: float = 0.0) -> None:
            started_at = datetime.fromtimestamp(started, tz=UTC)
            with self._hold_job(name_sweep_job(number, piece)):
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
    def _hold_job(self, job: str) -> Iterator[None]:
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
        self._start(Lane.EVENTS, name_event_job(event_id, run), start)

    def start_card(self, card_id: int, drawing: int, *, lane: Lane) -> None:
        start = partial(DBOS.start_workflow, self._deliver_card, card_id, drawing, 1)
        self._start(lane, name_card_job(card_id, drawing), start)

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
            piece_folders = folders[piece - 1 :: pieces]
            start = partial(
                DBOS.start_workflow, self._gap_sweep, number, piece_folders, piece, started_at.timestamp()
            )
            self._start(Lane.SWEEPS, name_sweep_job(number, piece), start)

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
            if (
                card is None
                or not card.finished_drawing < card.requested_drawing == run
                or not work.cards.claim(number, owner)
            ):
                return False
            work.commit()
        self._delivery.count_failure(number, owner, UnresolvedOutcome(KILLS))
        return True
