"""The worker: the durable engine, and the hand-over of what was received and what is owed."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog
from dbos import DBOS

from runtime.wiring import utc_now
from runtime.workflows import LATER, QUEUE_POLL, Workflows
from store import handover
from store.workers import Roll

if TYPE_CHECKING:
    import sqlite3

    from dbos import DBOSConfig

    from runtime.wiring import Wiring

APPLICATION = "docspace-review"
# Fixed on purpose: the engine re-runs interrupted work of its own version only, and the workflows are so thin
# that any release can take up another's.
VERSION = "1"
HAND_OVER_POLL = 0.2  # seconds
HAND_OVER_LIMIT = 50
THREADS = 16
MOST_RUNNING = 64
DRAIN_SECONDS = 20
BEAT_SECONDS = 2.0

log = structlog.get_logger()


class Worker:
    """Starts the engine and hands work over to it until it is stopped.

    Each process has an engine id of its own, kept on a roll with its heartbeat: the engine takes up
    interrupted work by id, so whoever finds a dead one on the roll takes its work over.
    """

    def __init__(self, wiring: Wiring) -> None:
        """Build what the workflows need, so that a missing setting is said before anything starts."""
        self._wiring = wiring
        self._intake = wiring.intake
        self._delivery = wiring.delivery
        self._roll = Roll(wiring.engine, utc_now)
        self._work = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hand-over", daemon=True)

    def start(self) -> None:
        logging.getLogger("dbos").setLevel(logging.WARNING)
        self._name = self._roll.enlist()
        DBOS(config=self._engine_config(self._name))
        self._workflows = Workflows(self._intake, self._delivery, worker=self._name, settled=self.wake)
        DBOS.launch()
        DBOS.register_queue(LATER, polling_interval_sec=QUEUE_POLL, worker_concurrency=THREADS)
        self._thread.start()
        log.info("worker_started", name=self._name)

    def wake(self) -> None:
        """Tell the worker that there may be something to do now."""
        self._work.set()

    def stop(self) -> None:
        """Stop taking work, let what runs finish, and leave the rest to whoever comes next."""
        self._stopping.set()
        self._work.set()
        self._thread.join()
        DBOS.destroy(workflow_completion_timeout_sec=DRAIN_SECONDS)
        self._roll.retire(self._name)
        log.info("worker_stopped", name=self._name)

    def _run(self) -> None:
        last_beat = 0.0
        while not self._stopping.is_set():
            try:
                if time.monotonic() - last_beat >= BEAT_SECONDS:
                    last_beat = time.monotonic()
                    self._beat()
                self._hand_over()
            except Exception as error:  # noqa: BLE001 - the edge of the thread: it has to outlive a database
                log.warning("hand_over_failed", reason=type(error).__name__)
                self._stopping.wait(1)
            self._work.wait(HAND_OVER_POLL)
            self._work.clear()

    def _beat(self) -> None:
        if not self._roll.beat(self._name):
            log.error("worker_believed_dead", name=self._name)
            self._roll.enlist_again(self._name)
        for name in self._roll.dead():
            self._roll.free(name)
            taken = DBOS._recover_pending_workflows([name])  # noqa: SLF001 - the engine has no other call for it
            self._roll.strike(name)
            log.info("work_taken_over", dead=name, workflows=len(taken))

    def _hand_over(self) -> None:
        if self._workflows.running >= MOST_RUNNING:
            return
        engine = self._wiring.engine
        cards = handover.cards_due(engine, HAND_OVER_LIMIT)
        for card_id, drawing in cards:
            self._workflows.start_card(card_id, drawing)
        handover.cards_handed_over(engine, cards)
        events = handover.events_due(engine, HAND_OVER_LIMIT)
        for event_id, run in events:
            self._workflows.start_event(event_id, run)
        handover.events_handed_over(engine, events)
        if len(cards) + len(events) >= HAND_OVER_LIMIT:
            self._work.set()

    def _engine_config(self, name: str) -> DBOSConfig:
        """Return the engine's settings: our database, no console, no connection to the outside."""
        url = self._wiring.engine.url
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
        if url.get_backend_name() == "sqlite":
            config["system_database_engine"] = _engine_for_sqlite(url)
        return config


def _engine_for_sqlite(url: sa.URL) -> sa.Engine:
    """Return the engine's own connections to the SQLite file: as durable as ours, and more patient."""
    engine = sa.create_engine(url)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
