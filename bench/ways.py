"""How many of our files a click and an event enter on their way, file by file.

    .venv/bin/python -m bench.ways [--files]

One process without a server around it: the whole application on a migrated SQLite file, DocSpace's and Slack's
stand-ins at real sockets. A first event and a first click warm everything up; of the second ones each file
counts in which a function is called, whichever thread calls it, from the request to what is due afterwards
(the card posted or redrawn). With `--files` the files are listed, in the order in which they are entered.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from demo import BOB, COMPLIANCE, OLGA, DemoPortal, Sender, run_portal
from demo.cast import API_KEY
from runtime.settings.settings import Settings
from runtime.web.application import build_application
from runtime.wiring.wiring import Wiring
from tests.databases import SqliteDatabases
from tests.edge.fake_slack import FakeSlack
from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import through_flask
from tests.reviews.webhook_sender import RECEIVER, SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from flask import Flask

CLICK_AT_MOST, EVENT_AT_MOST = 35, 45
CHANNEL, PERSON = "C1", "U1"
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
HERE = Path(__file__).parents[1]
OURS = ("bot", "docspace", "notifiers", "pages", "reviews", "runtime", "store", "webhook")
ROUTES = f"""
[[route]]
name = "compliance"
watch = ["{COMPLIANCE}"]
owners = ["{OLGA.email}"]
notify = ["slack:{CHANNEL}"]
quiet_period = "0s"
"""


class Trace:
    """Notes our files in the order in which a function in one of them is called, in any thread."""

    def __init__(self) -> None:
        self._entered: dict[str, None] | None = None
        self._names: dict[str, str | None] = {}
        threading.setprofile(self._note)
        sys.setprofile(self._note)

    @contextmanager
    def entered(self) -> Iterator[dict[str, None]]:
        self._entered = found = {}
        try:
            yield found
        finally:
            self._entered = None

    def _note(self, frame: FrameType, happened: str, _argument: Any) -> None:
        entered = self._entered
        if entered is None or happened != "call":
            return
        path = frame.f_code.co_filename
        if path not in self._names:
            self._names[path] = _name(path)
        name = self._names[path]
        if name is not None:
            entered.setdefault(name)


def _name(path: str) -> str | None:
    """Return one of our files as it is called in the checkout; `None` for any other."""
    try:
        name = Path(path).relative_to(HERE)
    except ValueError:
        return None
    return str(name) if name.parts[0] in OURS else None


class House:
    """The application in front of one database, with its worker's two use cases."""

    def __init__(self, stack: ExitStack, address: str) -> None:
        self._portal = DemoPortal()
        self._sender = Sender(self._portal, pace=0)
        self._sender.register(RECEIVER, secret=SECRET, triggers=["*"])
        host = stack.enter_context(run_portal(self._portal, self._sender))
        self._slack = stack.enter_context(FakeSlack(rate_limit=False))
        self._slack.add_person(PERSON, OLGA.display_name, OLGA.email)
        self._slack.add_channel(CHANNEL, "compliance")
        given = {
            "database_url": address,
            "routes": ROUTES,
            "docspace_api_host": host,
            "docspace_api_key": API_KEY,
            "docspace_webhook_secret": SECRET,
            "slack_bot_token": self._slack.token,
            "slack_api_url": self._slack.api_url,
            "slack_signing_secret": SIGNING_SECRET,
            "sweep_minutes": 0,
        }
        self._wiring = Wiring(Settings.model_validate(given))
        self._app: Flask = build_application(self._wiring)
        self._intake = self._wiring.build_worker_intake(lambda _seconds: False)
        self._side = SlackSide(self._slack, SIGNING_SECRET, through_flask(self._app.test_client()))

    def change(self, title: str) -> None:
        """Let a file come, take its event in, and post the card that is due for it."""
        self._portal.add_file(title, COMPLIANCE, by=BOB.id)
        self._portal.create_file(title, COMPLIANCE, by=BOB.id) if False else None
        self._receive()

    def _receive(self) -> None:
        for each in self._sender.pending():
            request = self._sender.request(each)
            self._app.test_client().post("/docspace/webhook", data=request.body, headers=request.headers)
