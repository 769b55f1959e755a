"""The shutdown of a process: it works whatever the threads do, and a hanging thread must not block it."""

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
"""Set after this process was asked to end, for work that would otherwise go on longer."""

log = structlog.get_logger()


def listen_for_signals(on_signal: Callable[[signal.Signals], None]) -> None:
    """Wait for the stop signals in a thread of their own. Call it before there are other threads.

    A handler would run in the main thread, which sleeps on if another thread receives the signal: a thread
    that starts in that moment does, and more often the busier the machine is.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)

    def wait() -> None:
        while True:
            number = signal.Signals(signal.sigwait(STOP_SIGNALS))
            schedule_forced_exit()
            shutdown_requested.set()
            on_signal(number)

    threading.Thread(target=wait, name="signals", daemon=True).start()


def listen_for_server() -> None:
    """Listen for the signals of the server that started this process; do nothing if none did.

    The parent is watched too: if it is killed, nothing else stops this process, and it keeps the port.
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
    """Have the system end this process in `SHUTDOWN_SECONDS`, whatever it waits for; the first call counts.

    An alarm needs none of our threads and locks, nor a reader of standard error. The stack of each thread is
    written there a second earlier.
    """
    if signal.getitimer(signal.ITIMER_REAL)[0]:
        return
    signal.alarm(SHUTDOWN_SECONDS)
    if sys.stderr is not None:
        faulthandler.dump_traceback_later(SHUTDOWN_SECONDS - 1)


def stop_and_exit(worker: Worker) -> NoReturn:
    """Stop the worker and end the process.

    Python would wait for the threads of jobs, for ever if one waits for the database or a remote service.
    Their remaining work counts as broken off, and is taken over as after a crash.
    """
    schedule_forced_exit()
    code = 0
    try:
        worker.stop()
    except Exception:
        # The edge of the process: it has to end after any failure.
        log.exception("worker_not_stopped")
        code = os.EX_SOFTWARE
    os._exit(code)


def _call_server_handler(number: signal.Signals) -> None:
    """Call the server's handler; an event loop's handler is called by the loop, which Python wakes for it."""
    handler = signal.getsignal(number)
    if callable(handler):
        handler(number, None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
    signal.raise_signal(number)
    signal.pthread_sigmask(signal.SIG_BLOCK, {number})
