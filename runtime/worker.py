"""The worker: the durable engine, and the hand-over of what was received and what is owed."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog
from dbos import DBOS

from reviews.alarms import APART
from reviews.reminders import AT_ONCE
from runtime import schema_watch, sweeps
from runtime.canary import CanaryRounds
from runtime.conditions import Lookout
from runtime.groups import GroupRounds
from runtime.housekeeping import forget_canaries, forget_codes, forget_told, keep_house, resume_stranded
from runtime.stuck import StuckEvents
from runtime.webhook_rounds import WebhookRounds
from runtime.workflows import LATER, QUEUE_POLL, Workflows
from store import handover
from store.private_files import keep_private
from store.tallies import sum_up
from store.workers import Roll

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from datetime import datetime

    from dbos import DBOSConfig

    from runtime.wiring import Wiring

APPLICATION = "docspace-review"
# Fixed on purpose: the engine re-runs interrupted work of its own version only, and the workflows are so thin
# that any release can take up another's.
VERSION = "1"
HAND_OVER_POLL = 0.25  # seconds
WOKEN_POLL = 0.5  # where the receiver is in the same process, it wakes the worker
HAND_OVER_LIMIT = 50
THREADS = 16
MOST_RUNNING = 64
# How long a stop waits for each; together, and with a moment to sign off, less than `END_SECONDS`.
HAND_OVER_SECONDS = 3
DRAIN_SECONDS = 12
ENGINE_SECONDS = 5  # for its own threads; it would give each of them ten
BEAT_SECONDS = 2.0
HOUSEKEEPING_SECONDS = 30.0
REMINDER_SECONDS = 2.0
DIGEST_SECONDS = 60.0
SWEEP_SECONDS = 10.0

log = structlog.get_logger()


class Worker:
    """Starts the engine and hands work over to it until it is stopped.

    Each process has an engine id of its own, kept on a roll with its heartbeat: the engine takes up
    interrupted work by id, so whoever finds a dead one on the roll takes its work over.
    """

    def __init__(self, wiring: Wiring, *, poll: float = HAND_OVER_POLL) -> None:
        """Build what the workflows need, so that a missing setting is said before anything starts.

        So many seconds apart it looks for work of which nobody has told it.
        """
        self._poll = poll
        self._wiring = wiring
        self._intake = wiring.intake
        self._delivery = wiring.delivery
        self._groups = GroupRounds(wiring)
        self._webhook = WebhookRounds(wiring)
        self._canaries = CanaryRounds(wiring)
        self._lookout = Lookout(wiring)
        self._reminders = wiring.reminders
        self._roll = Roll(wiring.engine)
        self._stuck = StuckEvents(wiring.engine)
        self._work = threading.Event()
        self._stopping = threading.Event()
        self._sweep = sweeps.gap_sweep(wiring, wait=self._stopping.wait, stopping=self._stopping.is_set)
        self._thread = threading.Thread(target=self._run, name="hand-over", daemon=True)

    def start(self) -> None:
        logging.getLogger("dbos").setLevel(logging.WARNING)
        self._started_at = self._wiring.clock()
        self._name = self._roll.enlist()
        url = self._wiring.engine.url
        self._file = _engine_for_sqlite(url) if url.get_backend_name() == "sqlite" else None
        DBOS(config=_engine_config(url, self._name, self._file))
        self._workflows = Workflows(
            self._intake,
            self._delivery,
            self._sweep,
            worker=self._name,
            settled=self.wake,
            may_work=self._wiring.schema.fits,
        )
        DBOS.launch()
        DBOS.register_queue(LATER, polling_interval_sec=QUEUE_POLL, worker_concurrency=THREADS)
        self._thread.start()
        self._groups.start()
        self._webhook.start()
        self._canaries.start()
        log.info("worker_started", name=self._name)

    def wake(self) -> None:
        """Tell the worker that there may be something to do now."""
        self._work.set()

    def stop(self) -> None:
        """Stop taking work, let what runs finish, and leave the rest to whoever comes next.

        What hangs has the time that it is given here. Only the database may hang to the last, when the worker
        signs off.
        """
        self._stopping.set()
        self._groups.stop()
        self._webhook.stop()
        self._canaries.stop()
        self._work.set()
        _joined(self._thread, HAND_OVER_SECONDS)
        engine = threading.Thread(target=self._stop_engine, name="engine", daemon=True)
        engine.start()
        _joined(engine, DRAIN_SECONDS + ENGINE_SECONDS)
        try:
            self._roll.retire(self._name)
        except sa.exc.SQLAlchemyError as error:
            log.warning("worker_not_signed_off", name=self._name, reason=type(error).__name__)
        log.info("worker_stopped", name=self._name)

    def _stop_engine(self) -> None:
        DBOS.destroy(workflow_completion_timeout_sec=DRAIN_SECONDS)
        if self._file is not None:
            self._file.dispose()

    def keep_house(self, *, now: datetime) -> None:
        """Look after what the engine leaves behind, once."""
        engine = self._wiring.engine
        if self._workflows.running < THREADS:
            resume_stranded(engine, self._workflows, worker=self._name, now=now)
        keep_house(engine, self._workflows, now=now)
        self._stuck.run_again()
        forget_codes(self._wiring.transactions, now=now)
        forget_told(self._wiring.transactions, now=now)
        forget_canaries(self._wiring.transactions, now=now)
        sum_up(engine)

    def _run(self) -> None:
        sweep = _Every(SWEEP_SECONDS, self._start_sweep)
        digests = _Every(DIGEST_SECONDS, self._post_digests)
        lookout = _Every(APART.total_seconds(), self._look_out)
        beat = _Every(BEAT_SECONDS, self._beat)
        schema = _Every(schema_watch.APART, self._look_at_schema)
        reminders = _Every(REMINDER_SECONDS, self._remind)
        housekeeping = _Every(HOUSEKEEPING_SECONDS, lambda: self.keep_house(now=self._wiring.clock()))
        while not self._stopping.is_set():
            try:
                schema.if_due()
                fits = self._wiring.schema.fits()
                if fits or self._workflows.running:
                    beat.if_due()
                if fits:
                    reminders.if_due()
                    self._hand_over()
                    housekeeping.if_due()
                    digests.if_due()
                    sweep.if_due()
                    lookout.if_due()
            except sa.exc.SQLAlchemyError as error:
                log.warning("hand_over_failed", reason=type(error).__name__)
                self._stopping.wait(1)
            except Exception:
                # The edge of the thread: without it nothing is handed over any more, and nobody would notice.
                log.exception("hand_over_failed")
                self._stopping.wait(1)
            self._work.wait(self._poll)
            self._work.clear()

    def _remind(self) -> bool:
        """Look at what is due; after a long absence that is more than can be done between two beats."""
        more = self._reminders.due() >= AT_ONCE
        if more:
            self.wake()
        return more

    def _post_digests(self) -> None:
        if self._wiring.digests.due(self._wiring.clock()):
            self.wake()

    def _start_sweep(self) -> None:
        """Start the gap sweep if it is due; whichever worker is first in a minute has it."""
        due = self._sweep.due(started_at=self._started_at) if self._sweep.every else []
        if due:
            self._workflows.start_sweep(int(self._wiring.clock().timestamp() // 60), due)

    def _look_out(self) -> None:
        if self._lookout.look(self._wiring.clock()):
            self.wake()

    def _look_at_schema(self) -> None:
        """Look whether the schema fits; where it does not, sign off: `/healthz` counts workers that work."""
        if not self._wiring.schema.look() and not self._workflows.running:
            self._roll.retire(self._name)

    def _beat(self) -> None:
        if not self._roll.beat(self._name):
            log.error("worker_believed_dead", name=self._name)
            self._roll.enlist_again(self._name)
        for name in self._roll.dead():
            if self._stopping.is_set():
                return
            self._roll.free(name)
            taken = DBOS._recover_pending_workflows([name])  # noqa: SLF001 - the engine has no other call for it
            log.info("work_taken_over", dead=name, workflows=len(taken))
            # The engine passes over what it can't take; then its owner stays on the roll, for the next look.
            if not _left_behind(name):
                self._roll.strike(name)
        self._wiring.share.among(self._roll.living())

    def _hand_over(self) -> None:
        if self._workflows.running >= MOST_RUNNING:
            return
        engine = self._wiring.engine
        due = handover.due(engine, HAND_OVER_LIMIT)
        for card_id, drawing in due.cards:
            if self._stopping.is_set():
                return  # the engine starts the same name once: what it was told of may be handed over again
            self._workflows.start_card(card_id, drawing)
        handover.cards_handed_over(engine, due.cards)
        for event in due.events:
            if self._stopping.is_set():
                return
            if not event.led:
                self._workflows.start_event(event.id, event.run)
        handover.events_handed_over(engine, [(event.id, event.run) for event in due.events])
        if len(due.cards) + len(due.events) >= HAND_OVER_LIMIT:
            self._work.set()


class _Every:
    """Something that the loop does once in a while; a failure counts as done, so that it can't crowd out.

    A task that answers `True` has not finished and is due in the next round.
    """

    def __init__(self, seconds: float, task: Callable[[], bool | None]) -> None:
        self._seconds = seconds
        self._task = task
        self._last = float("-inf")

    def if_due(self) -> None:
        if time.monotonic() - self._last >= self._seconds:
            self._last = time.monotonic()
            if self._task():
                self._last = float("-inf")


def _joined(thread: threading.Thread, seconds: float) -> None:
    thread.join(seconds)
    if thread.is_alive():
        log.warning("thread_left_behind", thread=thread.name, seconds=seconds)


def _left_behind(name: str) -> bool:
    left = DBOS.list_workflows(
        status="PENDING",
        executor_id=name,
        app_version=VERSION,
        limit=1,
        load_input=False,
        load_output=False,
    )
    return bool(left)


def _engine_config(url: sa.URL, name: str, file: sa.Engine | None) -> DBOSConfig:
    """Return the engine's settings: our database, no console, no connection to the outside."""
    config: DBOSConfig = {
        "name": APPLICATION,
        "application_version": VERSION,
        "executor_id": name,
        "system_database_url": url.render_as_string(hide_password=False),
        "max_executor_threads": THREADS,
        "use_listen_notify": False,
        "log_level": "WARNING",
        "enable_otlp": False,
    }
    if file is not None:
        config["system_database_engine"] = file
    return config


def _engine_for_sqlite(url: sa.URL) -> sa.Engine:
    """Return the engine's own connections to the SQLite file: as durable as ours, and more patient."""
    engine = sa.create_engine(url)
    keep_private(engine)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
