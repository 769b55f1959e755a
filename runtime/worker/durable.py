"""The durable engine of a process: its setup, the take-over of work from dead workers, its shutdown."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from dbos import DBOS
from dbos._dbos import _get_dbos_instance
from dbos._queue import queue_thread

from runtime.capacity import MAX_FLOOD_JOBS, MAX_FORMER_QUEUE_JOBS, MAX_RETRIES, MAX_TAKEN_OVER_JOBS, THREADS
from runtime.worker.queues import FLOODS_QUEUE, LANES_QUEUE
from store.engine import create_durable_engine

if TYPE_CHECKING:
    import sqlalchemy as sa
    from dbos import DBOSConfig

APPLICATION = "docspace-review"
# Fixed on purpose: the engine re-runs interrupted work of its own version only, and the workflows are so thin
# that any release can resume those of another.
VERSION = "1"
QUEUE_POLL = 1.0  # seconds
FORMER_QUEUE = "later"
"""The queue of earlier releases, which had no lanes. Jobs that one of them left there, or leaves while both
run, are still done."""
FORMER_POLL = 5.0  # seconds
_LISTENER = "queue-worker-"
"""The prefix of the engine's threads that take work from its queues, one for each."""


def prepare(url: sa.URL, *, name: str) -> sa.Engine:
    """Create the engine, under the id of this process in the worker registry; return its connections."""
    logging.getLogger("dbos").setLevel(logging.WARNING)
    connections = create_durable_engine(url)
    dbos = DBOS(config=_build_config(connections, name))
    # Work that is taken over comes through a queue of the engine's own, which takes all of it at once.
    own = dbos._registry.get_internal_queue()  # noqa: SLF001 - the engine has no setting for it
    own._worker_concurrency = MAX_TAKEN_OVER_JOBS  # noqa: SLF001
    return connections


def launch() -> None:
    """Start the engine, after the workflows have been registered."""
    DBOS.launch()
    _register_queues()


def stop_listening() -> None:
    """Take nothing more from the queues; running work continues, and what it hands over is queued.

    The engine stops the threads of its queues by events, of which it has a list, and does so at shutdown. It
    has no call for that alone, and a queue's limits apply to all processes.
    """
    for stop in _get_dbos_instance().background_thread_stop_events:
        stop.set()


def is_listening() -> bool:
    """Return whether a thread may still take work from a queue: it ends after its current poll."""
    return any(each.name.startswith(_LISTENER) for each in threading.enumerate())


def resume_listening() -> None:
    """Take work from the queues again, as after the launch. A restored database may not have them yet."""
    _register_queues()
    dbos, stop = _get_dbos_instance(), threading.Event()
    dbos.background_thread_stop_events.append(stop)
    listening = threading.Thread(target=queue_thread, args=(stop, dbos), name="queues", daemon=True)
    dbos._background_threads.append(listening)  # noqa: SLF001 - the engine waits for it at shutdown
    listening.start()


def _register_queues() -> None:
    DBOS.register_queue(
        LANES_QUEUE, polling_interval_sec=QUEUE_POLL, partition_worker_concurrency=MAX_RETRIES
    )
    DBOS.register_queue(
        FLOODS_QUEUE, polling_interval_sec=QUEUE_POLL, partition_worker_concurrency=MAX_FLOOD_JOBS
    )
    if DBOS.retrieve_queue(FORMER_QUEUE) is not None:
        DBOS.register_queue(
            FORMER_QUEUE, polling_interval_sec=FORMER_POLL, worker_concurrency=MAX_FORMER_QUEUE_JOBS
        )


def stop(connections: sa.Engine, *, seconds: int) -> None:
    """Wait so many seconds for running work, and stop the engine."""
    DBOS.destroy(workflow_completion_timeout_sec=seconds)
    connections.dispose()


def take_over(name: str) -> int:
    """Re-run the work of a dead process wherever there is room; return how many workflows that is."""
    return len(DBOS._recover_pending_workflows([name]))  # noqa: SLF001 - the engine has no other call for it


def has_left_work(name: str) -> bool:
    """Return whether a process has started work that has not been taken over."""
    pending = DBOS.list_workflows(
        status="PENDING",
        executor_id=name,
        app_version=VERSION,
        limit=1,
        load_input=False,
        load_output=False,
    )
    return bool(pending)


def _build_config(connections: sa.Engine, name: str) -> DBOSConfig:
    """Return the engine's configuration: our database, no console, no outside connection."""
    return {
        "name": APPLICATION,
        "application_version": VERSION,
        "executor_id": name,
        "system_database_url": connections.url.render_as_string(hide_password=False),
        "system_database_engine": connections,
        "max_executor_threads": THREADS,
        "use_listen_notify": False,
        "log_level": "WARNING",
        "enable_otlp": False,
    }
