"""How many of our files a click and an event enter on their way, file by file.

    .venv/bin/python -m bench.ways [--files]

One process without a server around it: the whole application on a migrated SQLite file, the stand-ins of
DocSpace and Slack at real sockets. A first event and a first click warm everything up. Of the second ones
each file counts in which a function is called, in any thread: from the request until the click is answered
or the event's review is open, and then until the card is redrawn or posted. With `--files` the files are
listed in the order in which they are entered.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from rich.console import Console
from rich.table import Table

from demo import BOB, COMPLIANCE, OLGA, DemoPortal, Sender, run_portal
from demo.starting_data import API_KEY
from demo.transport import HttpAnswer
from runtime.settings.settings import parse_settings
from runtime.web.application import build_application
from runtime.wiring.wiring import Wiring
from tests.databases import SqliteDatabases
from tests.edge.fake_slack import FakeSlack
from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import through_flask
from tests.reviews.deliveries import deliver_card
from tests.reviews.webhook_sender import RECEIVER, SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

CHANNEL, PERSON = "C1", "U1"
SIGNATURE_KEY = "8f742231b10e8888abcd99yyyzzz85a5"
HERE = Path(__file__).parents[1]
OURS = ("bot", "docspace", "documents", "notifiers", "pages", "reviews", "runtime", "store", "webhook")
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
        self._files_entered: dict[str, None] | None = None
        self._names: dict[str, str | None] = {}
        threading.setprofile(self._note)
        sys.setprofile(self._note)

    @contextmanager
    def entered(self) -> Iterator[dict[str, None]]:
        files: dict[str, None] = {}
        self._files_entered = files
        try:
            yield files
        finally:
            self._files_entered = None

    def _note(self, frame: FrameType, event: str, _argument: Any) -> None:
        entered = self._files_entered
        if entered is None or event != "call":
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


class BenchApplication:
    """The application in front of one database, with the use cases of its worker."""

    def __init__(self, stack: ExitStack, address: str) -> None:
        self._portal = DemoPortal(lambda: datetime.now(UTC))
        self._sender = Sender(self._portal, transport=lambda _request: HttpAnswer(200), wait_factor=0)
        self._sender.register(RECEIVER, secret=SECRET, triggers=["*"])
        host = stack.enter_context(run_portal(self._portal, self._sender))
        self.slack = stack.enter_context(FakeSlack(rate_limit=False))
        self.slack.add_person(PERSON, OLGA.display_name, OLGA.email)
        self.slack.add_channel(CHANNEL, "compliance")
        settings: dict[str, Any] = {
            "database_url": address,
            "routes": ROUTES,
            "docspace_api_host": host,
            "docspace_api_key": API_KEY,
            "docspace_webhook_secret": SECRET,
            "slack_bot_token": self.slack.token,
            "slack_api_url": self.slack.api_url,
            "slack_signing_secret": SIGNATURE_KEY,
            "sweep_minutes": 0,
        }
        self._wiring = Wiring(parse_settings(settings))
        self._client = build_application(self._wiring, wake=threading.Event().set).test_client()
        self._intake = self._wiring.build_worker_intake(lambda _seconds: False)
        self._side = SlackSide(self.slack, SIGNATURE_KEY, through_flask(self._client))

    def change(self, title: str) -> None:
        """Have a file come, receive its event, and open its review."""
        self._portal.create_file(title, COMPLIANCE, by=BOB.id)
        for delivery in self._sender.pending():
            request = self._sender.request(delivery)
            answer = self._client.post("/docspace/webhook", data=request.body, headers=dict(request.headers))
            if answer.status_code != HTTPStatus.ACCEPTED:
                raise SystemExit(f"the receiver answered {answer.status_code}: {answer.text}")
        self._sender.lose_queue()
        self._process_events()

    def click(self, title: str) -> None:
        """Acknowledge the review of a file on its card."""
        card = next(each for each in self.slack.messages(CHANNEL) if title in json.dumps(each["blocks"]))
        answer = self._side.click(PERSON, card, "acknowledge_review")
        if answer.status != HTTPStatus.OK:
            raise SystemExit(f"the click was answered {answer.status}: {answer.text}")

    def deliver(self) -> None:
        """Post or redraw each card that is due."""
        with self._wiring.transactions(reading=True) as work:
            cards = [card.id for review in work.reviews.list_recent(10) for card in review.cards]
        for card_id in cards:
            while wait := deliver_card(self._wiring.delivery, card_id, "bench"):
                time.sleep(wait)

    def _process_events(self) -> None:
        with self._wiring.transactions(reading=True) as work:
            events = [stored.id for stored in work.events.list_recent(10)]
        for event_id in events:
            while wait := self._intake.process(event_id):
                time.sleep(wait)


def count_files() -> dict[str, list[str]]:
    """Return the files that each way enters, in the order in which it does."""
    trace = Trace()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        house = BenchApplication(stack, SqliteDatabases(Path(folder)).new())
        house.change("Warm-up.docx")
        house.deliver()
        house.click("Warm-up.docx")
        house.deliver()
        with trace.entered() as opened:
            house.change("AML Policy.docx")
        with trace.entered() as posted:
            house.deliver()
        with trace.entered() as answered:
            house.click("AML Policy.docx")
        with trace.entered() as redrawn:
            house.deliver()
    return {
        "an event, until its review is open": list(opened),
        "an event, until its card is posted": list(opened | posted),
        "a click, until it is answered": list(answered),
        "a click, until its card is redrawn": list(answered | redrawn),
    }


def report(files_by_way: dict[str, list[str]], *, prints_files: bool) -> None:
    console = Console(width=120)
    table = Table("way", "files", *OURS, box=None)
    for name, entered in files_by_way.items():
        folders = Counter(path.partition("/")[0] for path in entered)
        table.add_row(name, str(len(entered)), *(str(folders[folder]) for folder in OURS))
    console.print(table)
    for name, entered in files_by_way.items() if prints_files else ():
        console.print("", f"{name}:", *(f"  {path}" for path in entered), sep="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", action="store_true", help="list the files")
    logging.disable()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    report(count_files(), prints_files=parser.parse_args().files)


if __name__ == "__main__":
    main()
