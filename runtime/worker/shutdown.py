"""The end of a process: it is heard of whatever the threads do, and what hangs in one must not hold it up."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, NoReturn

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtime.worker.worker import Worker

# The server kills its process after 25 seconds, Heroku its dyno after 30.
SHUTDOWN_SECONDS = 23
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
shutdown_requested = threading.Event()
"""Set once this process was asked to end, for what would go on for longer."""

log = structlog.get_logger()


def listen_for_signals(then: Callable[[signal.Signals], None]) -> None:
    """Have a thread of its own wait for the signals to end. Call it before there are other threads.

    A handler would be run by the main thread, and that one sleeps on when another takes the signal away from
    it: one that starts in that moment does, and more often the busier the machine is.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)

    def wait() -> None:
        while True:
            number = signal.Signals(signal.sigwait(STOP_SIGNALS))
            schedule_forced_exit()
            shutdown_requested.set()
            then(number)

    threading.Thread(target=wait, name="signals", daemon=True).start()


def listen_for_server() -> None:
    """Hear the signals for the server that has started this process; nothing, where none has.

    The parent is watched over too: when it was killed, nobody else stops this process, and it keeps the port.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    listen_for_signals(_call_server_handler)

    def watch() -> None:
        parent.join()
        log.warning("parent_gone", stopping=os.getpid())
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def schedule_forced_exit() -> None:
    """Have the system end this process in `END_SECONDS`, whatever it waits for; the first call counts.

    An alarm needs none of our threads and locks, nor a standard error that somebody reads. That one is told
    a second earlier where each thread stands.
    """
    if signal.getitimer(signal.ITIMER_REAL)[0]:
        return
    signal.alarm(SHUTDOWN_SECONDS)
    if sys.stderr is not None:
        faulthandler.dump_traceback_later(SHUTDOWN_SECONDS - 1)


def stop_and_exit(worker: Worker) -> NoReturn:
    """Stop the worker and end the process.

    Python would wait for the engine's threads, without an end where one waits for the database or a far side.
    What they still do counts as broken off, and is taken over like after a crash.
    """
    schedule_forced_exit()
    code = 0
    try:
        worker.stop()
    except Exception:
        # The edge of the process: whatever went wrong, it has to end.
        log.exception("worker_not_stopped")
        code = os.EX_SOFTWARE
    os._exit(code)


def _call_server_handler(number: signal.Signals) -> None:
    """Call the server's handler; an event loop's is called by the loop, which Python wakes for it."""
    handler = signal.getsignal(number)
    if callable(handler):
        handler(number, None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
    signal.raise_signal(number)
    signal.pthread_sigmask(signal.SIG_BLOCK, {number})
