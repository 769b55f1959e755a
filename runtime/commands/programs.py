"""The programs that run until they are stopped."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from contextlib import closing

import click

from runtime import logs, settings
from runtime.commands.shared import wired
from runtime.demo import run_demo
from runtime.serve import command as server_command
from runtime.settings import UnusableSettings
from runtime.web import application
from runtime.wiring import Wiring
from runtime.worker import Worker
from store.migrate import migrate


@click.command()
def serve() -> None:
    """Run the web application and the worker in one process."""
    config = settings.load()
    wiring = Wiring(config)
    # Built here once too: what is missing is said in one line, before the server starts its own process.
    application(wiring)
    Worker(wiring)
    _check_port(config.host, config.port)
    migrate(wiring.engine)
    wiring.engine.dispose()
    click.echo(f"docspace-review listens on http://{config.host}:{config.port}")
    sys.stdout.flush()
    # This process becomes the server: what the checks above have loaded need not stay in memory.
    command = server_command(config.host, config.port)
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


@click.command()
def demo() -> None:
    """Run everything here with a stand-in portal and the console as chat: no account, no key."""
    run_demo(command=sys.argv[0])


@click.command()
def worker() -> None:
    """Run the worker alone, beside the web processes."""
    logs.configure(settings.load().log_level)
    working = Worker(wired())
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    working.start()
    stopped.wait()
    working.stop()


def _check_port(host: str, port: int) -> None:
    """Refuse a port that another program serves: the server would share it, and requests go to either."""
    with closing(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UnusableSettings(f"PORT: can't listen on {host}:{port} ({error.strerror})") from error
