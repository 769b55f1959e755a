"""The command `serve`: the web application and the worker in one process."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import closing

import click

from runtime.commands.ledger.ledger_keys import prepare_ledger_key
from runtime.settings import settings
from runtime.settings.environment import publish_defaults
from runtime.settings.settings import UnusableSettings
from runtime.web.application import build_application
from runtime.web.serve import build_command as server_command
from runtime.wiring.wiring import Wiring
from runtime.worker.worker import Worker
from store.migrate import migrate


@click.command()
def serve() -> None:
    """Run the web application and the worker in one process."""
    config = settings.load()
    wiring = Wiring(config)
    # Built here once too: a missing setting is reported in one line, before the server starts its own
    # process.
    build_application(wiring)
    Worker(wiring)
    address = resolve_listen_address(config.host, config.port)
    migrate(wiring.engine)
    prepare_ledger_key(wiring)
    wiring.engine.dispose()
    click.echo(f"docspace-review listens on {config.inside_address}")
    sys.stdout.flush()
    # Otherwise the C library has a heap for each of the threads, and lists of what each has freed, which take
    # a tenth of the memory. It reads its settings when a program starts.
    publish_defaults({"MALLOC_ARENA_MAX": "2", "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"})
    # This process becomes the server: what the checks above have loaded need not stay in memory.
    command = server_command(address, config.port)
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


def resolve_listen_address(host: str, port: int) -> str:
    """Return the numeric address to listen on; the server resolves no names.

    A port that another program serves is refused: the server would share it, and requests go to either.
    """
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UnusableSettings(f"HOST: there is no address {host!r} on this machine") from None
    family, _, _, _, address = min(addresses)
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise UnusableSettings(
                f"HOST, PORT: can't listen on {host}, port {port} ({error.strerror})"
            ) from error
    return str(address[0])
