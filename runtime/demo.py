"""The whole product on this machine, with a stand-in portal and the console as chat: no account, no key."""

from __future__ import annotations

import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click
import requests

from demo import BOB, COMPLIANCE, DEEP, OLGA, Portal, Sender, add_documents, running
from runtime import settings
from runtime.serve import command as command_of
from runtime.wiring import Wiring, utc_now
from store.migrate import migrate

if TYPE_CHECKING:
    from runtime.settings import Settings

WEBHOOK_SECRET_BYTES = 9  # DocSpace takes 8 to 30 characters (facts on DocSpace, 3)
START_SECONDS = 30

_WELCOME = """
docspace-review demo: a stand-in DocSpace, the receiver and the worker run on this machine.

  Bob changes a document three folders below the watched folder; a signed webhook goes over HTTP;
  the card appears here. Open its link, acknowledge, and the card is drawn again.

  Then, in another terminal:
    DATABASE_URL={database} {command} reviews list
    DATABASE_URL={database} {command} ledger verify

  Ctrl-C stops everything and leaves nothing behind.
"""


def run_demo(command: str) -> None:
    """Run until Ctrl-C; everything lives in a temporary folder."""
    portal = Portal(utc_now)
    sender = Sender(portal)
    add_documents(portal)
    with (
        tempfile.TemporaryDirectory(prefix="docspace-review-demo-") as folder,
        running(portal, sender) as address,
    ):
        config = _settings(portal, address, Path(folder))
        migrate(Wiring(config).engine)
        database = config.database_url.get_secret_value()
        click.echo(_WELCOME.format(database=database, command=command))
        threading.Thread(target=_change_something, args=(portal, sender, config), daemon=True).start()
        _serve_until_stopped(command_of(config.host, config.port))


def _serve_until_stopped(server: list[str]) -> None:
    """Run the server until Ctrl-C or SIGTERM, and never leave it behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    process = subprocess.Popen(server)
    try:
        process.wait()
    except KeyboardInterrupt:
        pass
    finally:
        process.terminate()
        process.wait()


def _settings(portal: Portal, address: str, folder: Path) -> Settings:
    """Return the demo's settings, after giving them to the processes that the server will start."""
    port = _free_port(settings.load().port)
    values = {
        "DATABASE_URL": f"sqlite:///{folder / 'demo.db'}",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": secrets.token_urlsafe(32),
        "LOG_LEVEL": "warning",
        "DOCSPACE_API_HOST": address,
        "DOCSPACE_API_KEY": portal.api_key,
        "DOCSPACE_WEBHOOK_SECRET": f"Demo1!{secrets.token_urlsafe(WEBHOOK_SECRET_BYTES)}",
        "ROUTES": f'[[route]]\nname = "compliance"\nwatch = ["{COMPLIANCE}"]\nowners = ["{OLGA.email}"]\n'
        'notify = ["console"]\nquiet_period = "0s"\n',
    }
    settings.publish(values)
    return settings.load()


def _change_something(portal: Portal, sender: Sender, config: Settings) -> None:
    """Once the receiver answers, register the webhook and save a document as Bob."""
    address = config.outside_address
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            requests.get(f"{address}/healthz", timeout=1)
            break
        except requests.ConnectionError:
            time.sleep(0.1)
    sender.register(f"{address}/docspace/webhook", secret=config.docspace_webhook_secret.get_secret_value())
    document = portal.add_file("AML Policy 2026.docx", DEEP, by=OLGA.id)
    portal.save(document.id, by=BOB.id)
    sender.flush()


def _free_port(wanted: int) -> int:
    """Return the wanted port, or any free one where another program has it."""
    for port in (wanted, 0):
        with closing(socket.socket()) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    raise settings.UnusableSettings("PORT: there is no free port on this machine")
