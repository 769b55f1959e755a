"""Everything on one machine: the web server's one process runs the worker too."""

from __future__ import annotations

import sys
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

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


def command(host: str, port: int) -> list[str]:
    """Return the command line of the web server, whose one process runs the worker too."""
    options = {
        "interface": "wsgi",
        "host": host,
        "port": port,
        "workers": 1,
        "blocking-threads": BLOCKING_THREADS,
        "workers-kill-timeout": KILL_SECONDS,
        "log-level": "error",
    }
    written = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    flags = ["--factory", "--no-ws", "--respawn-failed-workers"]
    return [sys.executable, "-m", "granian", *written, *flags, f"{__name__}:create_app"]
