"""Everything on one machine: the web server's one process runs the worker too."""

from __future__ import annotations

import sys
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from runtime import logs, settings
from runtime.settings import UnusableSettings
from runtime.web import application
from runtime.wiring import Wiring
from runtime.worker import Worker

if TYPE_CHECKING:
    from flask import Flask

BLOCKING_THREADS = 16
KILL_SECONDS = 25


def create_app() -> Flask:
    """Return the web application of a process that also works; the worker stops when the process ends."""
    try:
        config = settings.load()
        logs.configure(config.log_level)
        wiring = Wiring(config)
    except UnusableSettings as error:
        sys.exit(f"docspace-review: {error}")
    worker = Worker(wiring)
    app = application(wiring, wake=worker.wake)
    worker.start()
    # The server runs this in a process of its own that ends without `atexit`.
    Finalize(None, worker.stop, exitpriority=1)
    return app


def serve(host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    Granian(
        f"{__name__}:create_app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=1,
        blocking_threads=BLOCKING_THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_SECONDS,
        log_level=LogLevels.error,
        websockets=False,
    ).serve()
