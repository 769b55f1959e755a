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
    config = settings.load()
    logs.prepare(config)
    # With Socket Mode people wait for this process, as they do for one that has a web server too.
    working = Worker(open_wiring(WorkKind.SERVE if config.uses_slack_socket else WorkKind.WORKER))
    working.start()
    stop_requested.wait()
    stop_and_exit(working)
