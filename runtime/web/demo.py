"""The demo: the product on this machine, with a stand-in portal and the inbox as chat; no account or key."""

from __future__ import annotations

import secrets
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click
import requests

from demo import (
    ALICE,
    BOB,
    COMPLIANCE,
    DEEP,
    OLGA,
    DemoPortal,
    Guide,
    Sender,
    add_documents,
    create_page,
    run_portal,
)
from pages.demo_sign_in import DemoSignInLinks
from runtime.evidence.key_file import find_key_file, read_key_file
from runtime.evidence.key_source import create_missing_key
from runtime.ledger_verification import ledger_check
from runtime.settings import settings
from runtime.settings.environment import publish
from runtime.web import demo_app
from runtime.web.serve import build_command as command_of
from runtime.wiring.databases import get_utc_time
from runtime.wiring.wiring import Wiring
from store.engine import create_engine
from store.migrate import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Blueprint

    from demo import PortalPerson
    from runtime.settings.settings import Settings

WEBHOOK_SECRET_BYTES = 9  # DocSpace takes 8 to 30 characters (facts on DocSpace, 3)
DATABASE = "demo.db"
ENVIRONMENT_FILE = "demo.env"
_IN_COMMANDS = ("DATABASE_URL", "DOCSPACE_API_HOST", "DOCSPACE_API_KEY", "ROUTES")
"""The settings of a command in another terminal."""
CAMPAIGN_TIME = timedelta(days=14)
START_SECONDS = 30
PACE = 0.1  # the fraction of the portal's wait between two attempts
_PARTS = {OLGA.id: "owns the folder", ALICE.id: "is her deputy", BOB.id: "edits documents"}
_ROUTES = f"""
[[route]]
name = "compliance"
watch = ["{COMPLIANCE}"]
owners = ["{OLGA.email}"]
deputies = ["{ALICE.email}"]
notify = ["inbox"]
due = "8h"
quiet_period = "2s"
"""
_WELCOME = """
docspace-review demo: a stand-in DocSpace, the receiver, the worker and the inbox run on this machine.

  Stand-in DocSpace   {portal}/
  Inbox               {inbox}

  1. Open both side by side, the inbox as Olga: Bob has just changed a document, and she has to review it.
  2. Edit, rename, move or trash documents as Bob: each card appears shortly after the last edit.
  3. Lock one: DocSpace reports it, but no review is opened. Edit one as Olga: Alice has to review it.
  4. Verify the ledger: with the button of the stand-in, or in another terminal:
     DATABASE_URL={database} {command} ledger verify
  5. See all reviews as Olga, with charts and as a spreadsheet: {reviews}
  6. Start a campaign, in another terminal: Alice and Bob are asked to acknowledge each document, as it is.
     (set -a; . {environment}; {command} campaign start "All policies" {campaign})

  Ctrl-C stops everything and removes all data.
"""


def run_demo(command: str) -> None:
    """Run until Ctrl-C; all data is in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="docspace-review-demo-") as folder:
        port, key = _free_port(settings.load().port), secrets.token_urlsafe(32)
        stage = _Stage(folder=Path(folder), address=f"http://{demo_app.HERE}:{port}", key=key)
        with run_portal(stage.portal, stage.sender, page=stage.build_page()) as portal:
            config = _build_settings(stage, portal, port)
            _prepare(Wiring(config))
            with _run_server(command_of(config.host, port, app=f"{demo_app.__name__}:create_app")) as server:
                if _wait_until_ready(stage.address, server):
                    stage.happen(config.docspace_webhook_secret.get_secret_value())
                    click.echo(stage.welcome(portal, command))
                server.wait()


@dataclass(frozen=True, kw_only=True)
class _Stage:
    """The stand-in portal and what its page needs of the product: its folder, its address and its key."""

    folder: Path
    address: str
    key: str

    @cached_property
    def portal(self) -> DemoPortal:
        portal = DemoPortal(get_utc_time)
        add_documents(portal)
        return portal

    @cached_property
    def sender(self) -> Sender:
        return Sender(self.portal, wait_factor=PACE)

    @property
    def database(self) -> str:
        return f"sqlite:///{self.folder / DATABASE}"

    def build_page(self) -> Blueprint:
        guide = Guide(
            roles=_PARTS, inbox=self.build_inbox_link, watched_folder_id=COMPLIANCE, check_ledger=self.check
        )
        return create_page(self.portal, self.sender, guide)

    def build_inbox_link(self, person: PortalPerson) -> str:
        """Return a fresh link to the inbox as this person."""
        return self.address + DemoSignInLinks(self.key, demo_app.STAND_INS).build_path(person.email)

    def welcome(self, portal: str, command: str) -> str:
        return _WELCOME.format(
            portal=portal,
            inbox=f"{self.address}/inbox",
            reviews=f"{self.address}/reviews",
            database=self.database,
            command=command,
            environment=self.folder / ENVIRONMENT_FILE,
            campaign=_list_campaign_options(),
        )

    def check(self) -> tuple[bool, str]:
        """Check the ledger as `ledger verify` does."""
        engine = create_engine(self.database)
        keys = read_key_file(find_key_file(self.folder / DATABASE))
        verdict = ledger_check.check_ledger(engine, keys=keys)
        engine.dispose()
        if verdict.problem:
            return False, f"The ledger is not intact: {verdict.problem}."
        last = verdict.head.hash[:16]
        return True, f"The ledger is intact: {verdict.checked} entries, the last one {last}…"

    def happen(self, secret: str) -> None:
        """Register the webhook, and have Bob change a document, so that the inbox is not empty."""
        self.sender.register(f"{self.address}/docspace/webhook", secret=secret)
        [document] = self.portal.children(DEEP)[1]
        self.portal.save(document.id, by=BOB.id)
        self.sender.flush()


def _list_campaign_options() -> str:
    day = (get_utc_time() + CAMPAIGN_TIME).date()
    return f"--folder {COMPLIANCE} --owners {ALICE.email},{BOB.email} --due {day.isoformat()}"


@contextmanager
def _run_server(server: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run the server until Ctrl-C or SIGTERM; it never outlives the demo."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it otherwise
    process = subprocess.Popen(server)
    try:
        yield process
    except KeyboardInterrupt:
        pass
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # the shutdown takes a moment and is not interrupted
        process.terminate()
        process.wait()


def _build_settings(stage: _Stage, portal: str, port: int) -> Settings:
    """Return the demo's settings, also set in the environment for the server's processes."""
    values = {
        "DATABASE_URL": stage.database,
        "HOST": demo_app.HERE,
        "PORT": str(port),
        "PUBLIC_URL": stage.address,
        "SECRET_KEY": stage.key,
        "LEDGER_KEY": "",
        "LEDGER_KEY_PREVIOUS": "",
        "LEDGER_WITNESSES": "",
        "TSA_URL": "",
        "TSA_CERTIFICATES": "",
        "LOG_LEVEL": "warning",
        "DOCSPACE_API_HOST": portal,
        "DOCSPACE_API_KEY": stage.portal.api_key,
        "DOCSPACE_WEBHOOK_SECRET": f"Demo1!{secrets.token_urlsafe(WEBHOOK_SECRET_BYTES)}",
        "ROUTES": _ROUTES,
    }
    lines = (f"{name}={shlex.quote(values[name])}\n" for name in _IN_COMMANDS)
    (stage.folder / ENVIRONMENT_FILE).write_text("".join(lines))
    publish(values)
    return settings.load()


def _prepare(wiring: Wiring) -> None:
    """Create the tables and take the baseline, so that a lock is recognized as no change."""
    migrate(wiring.engine)
    create_missing_key(wiring.engine, wiring.ledger_key_file)
    wiring.baseline.take(str(COMPLIANCE), progress=lambda *_: None)
    wiring.engine.dispose()


def _wait_until_ready(address: str, server: subprocess.Popen[bytes]) -> bool:
    """Wait until the receiver answers; return `False` if the server ended instead, having reported why."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            requests.get(f"{address}/healthz", timeout=1)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return True
    return False


def _free_port(wanted_port: int) -> int:
    """Return the wanted port, or a free one if another program uses it."""
    for port in (wanted_port, 0):
        with closing(socket.socket()) as probe:
            try:
                probe.bind((demo_app.HERE, port))
            except OSError:
                continue
            number: int = probe.getsockname()[1]
            return number
    raise settings.UnusableSettings("PORT: there is no free port on this machine")
