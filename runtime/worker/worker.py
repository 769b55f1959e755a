"""The worker: it takes due events and cards, runs their jobs, and makes periodic rounds."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

from reviews.delivery.post_once import MAX_CLOCK_ERROR
from reviews.monitoring.alarms import LOOK_INTERVAL
from runtime.observe import schema_watch
from runtime.wiring.campaigns import build_worker_campaign_work
from runtime.wiring.sweeps import build_worker_sweep
from runtime.worker.calendar_rounds import CalendarRounds
from runtime.worker.campaign_rounds import CampaignRounds
from runtime.worker.canary_rounds import CanaryRounds
from runtime.worker.capacity import Capacity
from runtime.worker.checkpoint_posting import CheckpointPosting
from runtime.worker.conditions import ConditionWatch
from runtime.worker.dispatcher import Dispatcher
from runtime.worker.free_memory import return_free_memory
from runtime.worker.group_rounds import GroupRounds
from runtime.worker.heartbeats import Heartbeats
from runtime.worker.jobs import Jobs, WorkerUseCases
from runtime.worker.maintenance import LostClaims, delete_expired
from runtime.worker.pause import SchemaPause
from runtime.worker.retention_rounds import RetentionRounds
from runtime.worker.round_isolation import RoundIsolation
from runtime.worker.rounds import Rounds
from runtime.worker.rounds_without_review import RoundsWithoutReview
from runtime.worker.skipping_rounds import SkippingRounds
from runtime.worker.slack_rounds import SlackRounds
from runtime.worker.timestamp_rounds import build_timestamp_rounds
from runtime.worker.webhook_rounds import WebhookRounds
from runtime.worker.witness_rounds import WitnessRounds
from store.due_work import correct_due_times
from store.sums import sum_up_increments
from store.tallies import sum_up_tallies

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from runtime.wiring.wiring import Wiring

POLL_SECONDS = 0.25
WOKEN_POLL = 0.5  # if the receiver is in the same process, it wakes the worker
RETRY_SECONDS = 1.0
# How long a stop waits for each; together, with a moment to sign off, less than `SHUTDOWN_SECONDS`.
ROUNDS_SECONDS = 3.0
DRAIN_SECONDS = 12
MAINTENANCE_SECONDS = 30.0
REMINDER_SECONDS = 2.0
CHECKPOINT_SECONDS = 1.0
DIGEST_SECONDS = 60.0
SWEEP_SECONDS = 10.0
SWEEP_SECONDS_WITHOUT_WEBHOOK = 2.0
"""Each folder is due every minute then, or sooner."""
OVERDUE_SECONDS = 300.0
"""A round that has been due for so many seconds without success is reported."""

log = structlog.get_logger()


class Worker:
    """Worker that does due work until it is stopped.

    Each process has a name of its own in a registry with its heartbeat, and claims its work under that name.
    A worker that finds a dead one in the registry releases its claims.
    """

    def __init__(self, wiring: Wiring, *, poll: float = POLL_SECONDS) -> None:
        """Build what the jobs need, so that a missing setting is reported before anything starts.

        Unless woken earlier, it looks for due work every `poll` seconds.
        """
        self._poll = poll
        self._wiring = wiring
        wiring.check_ledger_settings()
        self._delivery = wiring.delivery
        self._groups = GroupRounds(wiring)
        self._webhook = WebhookRounds(wiring) if wiring.settings.has_receiver else None
        self._canaries = CanaryRounds(wiring)
        self._retention = RetentionRounds(wiring)
        self._calendar = CalendarRounds(wiring)
        self._checkpoint_posting = CheckpointPosting(
            wiring.engine, wiring.checkpoint_posts, clock=wiring.clock
        )
        self._condition_watch = ConditionWatch(wiring)
        self._hand_overs = SkippingRounds("hand-overs", wiring.hand_overs.process_due)
        self._reminders = SkippingRounds(
            "reminders",
            wiring.reminders.process_due_reviews,
            # Some reviews are always due then, and those hold up no message.
            before_restart=wiring.reminders.write_messages,
        )
        self._digest_isolation = RoundIsolation("digests")
        self._forgetting_isolation = RoundIsolation("forgetting")
        self._stopping = threading.Event()
        self._campaigns = CampaignRounds(build_worker_campaign_work(wiring, self._stopping.wait), self.wake)
        self._witnesses = WitnessRounds(wiring, is_stopping=self._stopping.is_set)
        self._without_review = RoundsWithoutReview(wiring, wait=self._stopping.wait)
        self._intake = wiring.build_worker_intake(self._stopping.wait)
        self._sweep = build_worker_sweep(wiring, wait=self._stopping.wait, stopping=self._stopping.is_set)
        self._slack = SlackRounds(wiring, self.wake)
        self._schema_pause = SchemaPause(wiring.schema)
        self._may_work = self._schema_pause.may_work
        self._capacity = Capacity(refill=self.wake, may_work=self._may_work)
        self._registry = wiring.worker_registry
        self._dispatch_rounds = Rounds(
            "dispatch",
            self._dispatch,
            retry_seconds=RETRY_SECONDS,
            may_work=self._may_work,
        )
        use_cases = WorkerUseCases(
            intake=self._intake,
            delivery=self._delivery,
            sweep=self._sweep,
            comparing=wiring.build_comparing(self._stopping.wait),
        )
        self._jobs = Jobs(
            use_cases,
            capacity=self._capacity,
            on_due=self.wake,
            wait=self._stopping.wait,
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
            explain_no_slack=self._slack.explain_no_connection,
            stopping=self._stopping.is_set,
            may_work=self._may_work,
        )
        self._lost_claims = LostClaims(self._registry, worker=self._name, get_owners=self._jobs.get_owners)
        self._dispatcher = Dispatcher(
            self._wiring.engine,
            self._jobs,
            self._capacity,
            worker=self._name,
            clock=self._wiring.clock,
            poll=self._poll,
        )
        self._rounds = [self._heartbeats.beats, self._heartbeats.take_over, *self.build_rounds()]
        for each in self._rounds:
            each.start()
        log.info("worker_started", name=self._name)

    def build_rounds(self) -> list[Rounds]:
        """Return the periodic rounds of this worker. Each has its own thread, and blocks no other."""
        return [
            self._dispatch_rounds,
            Rounds("schema", self._look_at_schema, retry_seconds=schema_watch.CHECK_INTERVAL_SECONDS),
            self._repeat_task(REMINDER_SECONDS, "hand-overs", self._hand_overs.process_some),
            self._repeat_task(REMINDER_SECONDS, "reminders", self._remind),
            self._repeat_task(REMINDER_SECONDS, "campaigns", self._campaigns.process_some),
            self._repeat_task(CHECKPOINT_SECONDS, "checkpoints", self._wiring.checkpoint_maker.make),
            self._repeat_task(DIGEST_SECONDS, "digests", self._post_digests),
            self._repeat_task(DIGEST_SECONDS, "checkpoint-posts", self._post_checkpoint),
            self._repeat_task(self._sweep_seconds, "sweeps", self._start_sweep),
            self._repeat_task(LOOK_INTERVAL.total_seconds(), "alarms", self._check_conditions),
            self._repeat_task(MAINTENANCE_SECONDS, "lost-claims", self._release_lost_claims),
            self._repeat_task(MAINTENANCE_SECONDS, "forgetting", lambda: self._forget(self._wiring.clock())),
            self._repeat_task(MAINTENANCE_SECONDS, "figures", self._sum_up),
            self._repeat_task(MAINTENANCE_SECONDS, "memory", return_free_memory),
            *self._groups.build_rounds(),
            *([self._webhook.rounds] if self._webhook else []),
            self._retention.rounds,
            *self._canaries.build_rounds(),
            *self._witnesses.build_rounds(),
            *self._without_review.build_rounds(),
            *build_timestamp_rounds(self._wiring),
            *self._calendar.build_rounds(),
            *self._slack.build_rounds(),
        ]

    @property
    def _sweep_seconds(self) -> float:
        return SWEEP_SECONDS if self._wiring.settings.has_receiver else SWEEP_SECONDS_WITHOUT_WEBHOOK

    def _repeat_task(self, seconds: float, name: str, task: Callable[[], bool | None]) -> Rounds:
        """Return the rounds of a task; if it returns `True`, it has not finished and is due again at once."""
        return Rounds(
            name, lambda: 0.0 if task() else seconds, retry_seconds=seconds, may_work=self._may_work
        )

    def wake(self) -> None:
        """Wake the worker: there may be something to do now."""
        self._dispatch_rounds.wake()

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
        slack = threading.Thread(target=self._slack.stop, name="slack", daemon=True)
        slack.start()
        _join_all(self._rounds, ROUNDS_SECONDS)
        jobs = threading.Thread(target=self._jobs.stop, name="jobs", daemon=True)
        jobs.start()
        until = time.monotonic() + DRAIN_SECONDS
        for part in (slack, jobs):
            part.join(max(until - time.monotonic(), 0.0))
            if part.is_alive():
                log.warning("thread_left_behind", thread=part.name, seconds=DRAIN_SECONDS)
        try:
            self._registry.retire(self._name)
        except sa.exc.SQLAlchemyError as error:
            log.warning("worker_not_signed_off", name=self._name, reason=type(error).__name__)
        self._wiring.heartbeat_engine.dispose()
        log.info("worker_stopped", name=self._name)

    def run_maintenance(self, *, now: datetime) -> None:
        """Run all maintenance jobs once."""
        self._release_lost_claims()
        self._forget(now)
        self._sum_up()

    def _dispatch(self) -> float:
        return self._dispatcher.dispatch()

    def _release_lost_claims(self) -> None:
        released = self._lost_claims.release()
        corrected = correct_due_times(self._wiring.engine, now=self._wiring.clock(), beyond=MAX_CLOCK_ERROR)
        if released or corrected:
            self.wake()

    def _forget(self, now: datetime) -> None:
        with self._forgetting_isolation.isolate_round() as isolation:
            delete_expired(self._wiring.transactions, self._wiring.routes, now=now, isolation=isolation)

    def _sum_up(self) -> None:
        sum_up_tallies(self._wiring.engine)
        sum_up_increments(self._wiring.engine)

    def _look_at_schema(self) -> float:
        self._schema_pause.check_schema(self._heartbeats, running=self._capacity.running_count)
        return schema_watch.CHECK_INTERVAL_SECONDS

    def _remind(self) -> bool:
        """Process the reviews that are due; after a long absence there are more than can be done at once."""
        more = self._reminders.process_some()
        if more:
            self.wake()
        return more

    def _post_digests(self) -> None:
        with self._digest_isolation.isolate_round() as isolation:
            now = self._wiring.clock()
            owed = self._wiring.digests.owe_due_digests(now, isolate=isolation)
            if owed + self._wiring.review_digests.owe_due_digests(now, isolate=isolation):
                self.wake()

    def _post_checkpoint(self) -> None:
        if self._checkpoint_posting.owe_due():
            self.wake()

    def _start_sweep(self) -> None:
        """Start sweeps of due folders, as many as may run; each checks again whether it is due."""
        if self._sweep.interval and self._jobs.free_sweep_count:
            due = self._sweep.list_due_folders(started_at=self._started_at)
            self._jobs.start_sweeps(due, started_at=self._started_at)

    def _check_conditions(self) -> None:
        if self._condition_watch.check(self._wiring.clock()):
            self.wake()


def _join_all(rounds: Sequence[Rounds], seconds: float) -> None:
    """Wait for the running rounds, for so many seconds in all."""
    until = time.monotonic() + seconds
    for each in rounds:
        each.join(max(until - time.monotonic(), 0.0))
