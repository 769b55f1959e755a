"""The command `worker`: the worker alone."""

from __future__ import annotations

import threading

import click

from runtime.commands.opened_wiring import open_wiring
from runtime.observe import logs
from runtime.settings import settings
from runtime.worker.shutdown import listen_for_signals, stop_and_exit
from runtime.worker.worker import Worker
from store.limits import WorkKind


@click.command()
def worker() -> None:
    """Run the worker alone, beside the web processes."""
    stop_requested = threading.Event()
    listen_for_signals(lambda _: stop_requested.set())
    logs.prepare(settings.load())
    working = Worker(open_wiring(WorkKind.WORKER))
    working.start()
    stop_requested.wait()
    stop_and_exit(working)
