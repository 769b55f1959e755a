"""Everything on one machine: the web server's one process runs the worker too."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.text import clean_text
from runtime.observe import logs
from runtime.settings import settings
from runtime.settings.settings import UnusableSettings
from runtime.web.application import build_application
from runtime.wiring.wiring import Wiring
from runtime.worker.shutdown import listen_for_server, stop_and_exit
from runtime.worker.worker import WOKEN_POLL, Worker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask

    from pages.demo_sign_in import DemoPerson

KILL_SECONDS = 25


def create_app() -> Flask:
    """Return the web application of a process with a worker; the worker stops when the process ends."""
    return create_working_app()


def create_working_app(demo_people: Sequence[DemoPerson] = ()) -> Flask:
    """Return the same application; only the demo has `demo_people`."""
    listen_for_server()
    try:
        config = settings.load()
        logs.prepare(config)
        wiring = Wiring(config)
        worker = Worker(wiring, poll=WOKEN_POLL)
        app = build_application(wiring, wake=worker.wake, demo_people=demo_people)
        worker.start()
    except UnusableSettings as error:
        sys.exit(f"docspace-review: {clean_text(str(error))}")
    except sa.exc.SQLAlchemyError as error:
        sys.exit(f"docspace-review: DATABASE_URL: the database takes no work ({type(error).__name__})")
    # Only functions registered here run before Python joins the threads of jobs, one of which may hang.
    threading._register_atexit(stop_and_exit, worker)  # type: ignore[attr-defined]  # noqa: SLF001
    return app


def build_command(host: str, port: int, *, app: str = f"{__name__}:create_app") -> list[str]:
    """Return the command line of the web server, whose one process runs the worker too."""
    options = {
        "interface": "rsgi",
        "http": "1",  # no one needs HTTP/2 without TLS
        "host": host,
        "port": port,
        "workers": 1,
        "workers-kill-timeout": KILL_SECONDS,
        "log-level": "error",
    }
    option_words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    flags = ["--factory", "--no-ws", "--respawn-failed-workers"]
    return [sys.executable, "-m", "granian", *option_words, *flags, app]
