"""The worker: the durable engine, and the hand-over of received events and owed cards."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

from reviews.monitoring.alarms import LOOK_INTERVAL
from runtime.capacity import THREADS, Capacity, Lane
from runtime.observe import schema_watch
from runtime.wiring.sweeps import build_worker_sweep
from runtime.worker import durable
from runtime.worker.canary_rounds import CanaryRounds
from runtime.worker.conditions import ConditionWatch
from runtime.worker.group_rounds import GroupRounds
from runtime.worker.heartbeats import Heartbeats
from runtime.worker.maintenance import clean_up_workflows, delete_expired, resume_stranded, take_over_unlisted
from runtime.worker.pause import SchemaPause
from runtime.worker.reminder_rounds import ReminderRounds
from runtime.worker.retention_rounds import RetentionRounds
from runtime.worker.round_isolation import RoundIsolation
from runtime.worker.rounds import Rounds
from runtime.worker.stuck_events import StuckEvents
from runtime.worker.webhook_rounds import WebhookRounds
from runtime.worker.workflows import Workflows
from store import handover
from store.handover import FreeSlots
from store.tallies import sum_up_tallies

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from runtime.wiring.wiring import Wiring

HAND_OVER_POLL = 0.25  # seconds
WOKEN_POLL = 0.5  # if the receiver is in the same process, it wakes the worker
RETRY_SECONDS = 1.0
# How long a stop waits for each; together, with a moment to sign off, less than `SHUTDOWN_SECONDS`.
ROUNDS_SECONDS = 3.0
DRAIN_SECONDS = 12
ENGINE_SECONDS = 5  # for its own threads; by default it waits ten for each
MAINTENANCE_SECONDS = 30.0
REMINDER_SECONDS = 2.0
DIGEST_SECONDS = 60.0
SWEEP_SECONDS = 10.0
OVERDUE_SECONDS = 300.0
"""A round that has been due for so many seconds without success is reported."""

log = structlog.get_logger()


class Worker:
    """Worker that starts the engine and hands work over to it until it is stopped.

    Each process has an engine id of its own in a registry with its heartbeat. The engine resumes interrupted
    work by id, so a worker that finds a dead one in the registry takes its work over.
    """

    def __init__(self, wiring: Wiring, *, poll: float = HAND_OVER_POLL) -> None:
        """Build what the workflows need, so that a missing setting is reported before anything starts.

        Unless woken earlier, it polls for work to hand over every `poll` seconds.
        """
        self._poll = poll
        self._wiring = wiring
        self._delivery = wiring.delivery
        self._groups = GroupRounds(wiring)
        self._webhook = WebhookRounds(wiring)
        self._canaries = CanaryRounds(wiring)
        self._retention = RetentionRounds(wiring)
        self._condition_watch = ConditionWatch(wiring)
        self._reminders = ReminderRounds(wiring.reminders)
        self._stuck_events = StuckEvents(wiring.engine)
        self._digest_isolation = RoundIsolation("digests")
        self._tidying_isolation, self._forgetting_isolation = (
            RoundIsolation("engine-rows"),
            RoundIsolation("forgetting"),
        )
        self._stopping = threading.Event()
        self._intake = wiring.build_worker_intake(self._stopping.wait)
        self._sweep = build_worker_sweep(wiring, wait=self._stopping.wait, stopping=self._stopping.is_set)
        self._schema_pause = SchemaPause(wiring.schema)
        self._may_work = self._schema_pause.may_work
        self._capacity = Capacity(refill=self.wake, may_work=self._may_work)
        self._registry = wiring.worker_registry
        self._hand_over_rounds = Rounds(
            "hand-over", self._hand_over_some, retry_seconds=RETRY_SECONDS, may_work=self._may_work
        )
        self._rounds: list[Rounds] = []

    def start(self) -> None:
        self._started_at = self._wiring.clock()
        self._name = self._registry.register()
        self._heartbeats = Heartbeats(
            self._wiring.heartbeat_registry,
            self._name,
            divide_calls=self._wiring.concurrency_limit.divide_among,
            list_overdue=self.list_overdue,
            stopping=self._stopping.is_set,
            may_work=self._may_work,
        )
        self._connections = durable.prepare(self._wiring.engine.url, name=self._name)
        self._workflows = Workflows(
            self._intake,
            self._delivery,
            self._sweep,
            worker=self._name,
            capacity=self._capacity,
            on_settled=self.wake,
        )
        durable.launch()
        self._rounds = [self._heartbeats.beats, self._heartbeats.take_over, *self._build_rounds()]
        for each in self._rounds:
            each.start()
        log.info("worker_started", name=self._name)

    def _build_rounds(self) -> list[Rounds]:
        """Return the periodic rounds of this worker. Each has its own thread, and blocks no other."""
        return [
            self._hand_over_rounds,
            Rounds("schema", self._look_at_schema, retry_seconds=schema_watch.CHECK_INTERVAL_SECONDS),
            self._repeat_task(REMINDER_SECONDS, "reminders", self._remind),
            self._repeat_task(DIGEST_SECONDS, "digests", self._post_digests),
            self._repeat_task(SWEEP_SECONDS, "sweeps", self._start_sweep),
            self._repeat_task(LOOK_INTERVAL.total_seconds(), "alarms", self._check_conditions),
            self._repeat_task(
                MAINTENANCE_SECONDS, "engine-rows", lambda: self._maintain_engine(self._wiring.clock())
            ),
            self._repeat_task(MAINTENANCE_SECONDS, "forgetting", lambda: self._forget(self._wiring.clock())),
            self._repeat_task(MAINTENANCE_SECONDS, "figures", self._sum_up),
            *self._groups.build_rounds(),
            self._webhook.rounds,
            self._retention.rounds,
            *self._canaries.build_rounds(),
        ]

    def _repeat_task(self, seconds: float, name: str, task: Callable[[], bool | None]) -> Rounds:
        """Return the rounds of a task; if it returns `True`, it has not finished and is due again at once."""
        return Rounds(
            name, lambda: 0.0 if task() else seconds, retry_seconds=seconds, may_work=self._may_work
        )

    def wake(self) -> None:
        """Wake the worker: there may be something to do now."""
        self._hand_over_rounds.wake()

    def list_overdue(self) -> list[str]:
        """Return the names of the rounds that have long been due without success."""
        return [each.name for each in self._rounds if each.overdue_seconds > OVERDUE_SECONDS]

    def stop(self) -> None:
        """Stop taking work, let running work finish, and leave the rest to other workers.

        What hangs has the timeouts set here. Only the database may hang to the last, when the worker signs
        off.
        """
        self._stopping.set()
        for each in self._rounds:
            each.stop()
        _join_all(self._rounds, ROUNDS_SECONDS)
        engine = threading.Thread(target=self._stop_engine, name="engine", daemon=True)
        engine.start()
        engine.join(DRAIN_SECONDS + ENGINE_SECONDS)
        if engine.is_alive():
            log.warning("thread_left_behind", thread=engine.name, seconds=DRAIN_SECONDS + ENGINE_SECONDS)
        try:
            self._registry.retire(self._name)
        except sa.exc.SQLAlchemyError as error:
            log.warning("worker_not_signed_off", name=self._name, reason=type(error).__name__)
        self._wiring.heartbeat_engine.dispose()
        log.info("worker_stopped", name=self._name)

    def _stop_engine(self) -> None:
        durable.stop(self._connections, seconds=DRAIN_SECONDS)

    def run_maintenance(self, *, now: datetime) -> None:
        """Run all maintenance jobs once."""
        self._maintain_engine(now)
        self._forget(now)
        self._sum_up()

    def _maintain_engine(self, now: datetime) -> None:
        engine = self._wiring.engine
        with self._tidying_isolation.isolate_round() as isolation:
            if self._workflows.running_count < THREADS:
                with isolation("stranded work"):
                    resume_stranded(engine, self._workflows, worker=self._name, now=now, isolation=isolation)
            with isolation("unlisted workers"):
                take_over_unlisted(self._registry, now=now, isolation=isolation)
            with isolation("broken work"):
                clean_up_workflows(engine, self._workflows, now=now, isolation=isolation)
            with isolation("stuck events"):
                self._stuck_events.rerun()

    def _forget(self, now: datetime) -> None:
        with self._forgetting_isolation.isolate_round() as isolation:
            delete_expired(self._wiring.transactions, now=now, isolation=isolation)

    def _sum_up(self) -> None:
        sum_up_tallies(self._wiring.engine)

    def _look_at_schema(self) -> float:
        self._schema_pause.check_schema(self._heartbeats, running=self._workflows.running_count)
        return schema_watch.CHECK_INTERVAL_SECONDS

    def _remind(self) -> bool:
        """Process the reviews that are due; after a long absence there are more than can be done at once."""
        more = self._reminders.process_some()
        if more:
            self.wake()
        return more

    def _post_digests(self) -> None:
        with self._digest_isolation.isolate_round() as isolation:
            if self._wiring.digests.owe_due_digests(self._wiring.clock(), isolate=isolation):
                self.wake()

    def _start_sweep(self) -> None:
        """Start sweeps of due folders, as many as may run; each checks again whether it is due."""
        if self._sweep.interval and self._workflows.free_sweep_count:
            due = self._sweep.list_due_folders(started_at=self._started_at)
            self._workflows.start_sweeps(due, started_at=self._started_at, now=self._wiring.clock())

    def _check_conditions(self) -> None:
        if self._condition_watch.check(self._wiring.clock()):
            self.wake()

    def _hand_over_some(self) -> float:
        """Hand over as much as there are free slots for; the rest waits for any worker with free slots."""
        engine, free_by_lane = self._wiring.engine, {lane: self._capacity.count_free(lane) for lane in Lane}
        free_slots = FreeSlots(
            redraws=free_by_lane[Lane.REDRAWS],
            posts=free_by_lane[Lane.POSTS],
            events=free_by_lane[Lane.EVENTS],
        )
        if free_slots == FreeSlots(redraws=0, posts=0, events=0):
            return self._poll
        due = handover.find_due(engine, free_slots)
        for lane, cards in ((Lane.REDRAWS, due.redraws), (Lane.POSTS, due.posts)):
            for card_id, drawing in cards:
                if self._stopping.is_set():
                    return self._poll  # the engine starts the same name once: it may be handed over again
                self._workflows.start_card(card_id, drawing, lane=lane)
            marked = handover.mark_cards_handed_over(engine, cards)
            self._capacity.note_waiting(lane, has_more=bool(marked) and len(cards) >= free_by_lane[lane])
        self._hand_over_events(due.events, free_by_lane[Lane.EVENTS])
        return self._poll

    def _hand_over_events(self, due: Sequence[handover.DueEvent], free_slots: int) -> None:
        leaders = [event for event in due if not event.has_earlier_job]
        for event in leaders:
            if self._stopping.is_set():
                return
            self._workflows.start_event(event.id, event.run)
        marked = handover.mark_events_handed_over(
            self._wiring.engine, [(event.id, event.run) for event in due]
        )
        # If none could be marked, others hold or have marked them: the next poll is soon enough.
        more = bool(marked) and (len(leaders) >= free_slots or len(due) >= handover.MAX_EVENTS)
        self._capacity.note_waiting(Lane.EVENTS, has_more=more)


def _join_all(rounds: Sequence[Rounds], seconds: float) -> None:
    """Wait for the running rounds, for so many seconds in all."""
    until = time.monotonic() + seconds
    for each in rounds:
        each.join(max(until - time.monotonic(), 0.0))
