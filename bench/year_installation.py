"""An installation in processes of its own, with a portal of twenty departments and a Slack beside it."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import requests

from bench.installation import (
    SIGNING_SECRET,
    WEBHOOK_PATH,
    WEBHOOK_SECRET,
    build_settings,
    slack_settings,
    write_route,
)
from bench.patience import wait_for
from bench.servers import running_installation
from demo import ALICE, BOB, COMPLIANCE, OLGA, DemoPortal, Sender, run_portal
from tests.edge.fake_slack import FakeSlack
from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import over_http

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bench.servers import Installed

DEPARTMENTS, FOLDERS, FILES_IN_A_FOLDER = 20, 20, 50
FILES = DEPARTMENTS * FOLDERS * FILES_IN_A_FOLDER
FIRST_DEPARTMENT, FIRST_FOLDER, FIRST_FILE = 700_000, 800_000, 900_000
WITH_TWO_PLACES = 4
"""One of so many departments has its cards in two channels; by name, the second comes before the first."""
OLGA_IN_SLACK = "U0OLGA"
PATIENCE = 300.0  # seconds


@dataclass(kw_only=True)
class YearInstallation:
    """One installation and its stand-ins; times are in seconds."""

    product: Installed
    portal: DemoPortal
    sender: Sender
    slack: FakeSlack
    side: SlackSide
    settings: dict[str, str]
    folder: Path
    stop: Callable[[], None]
    """Ends its processes; the portal and Slack go on."""
    refused: list[str] = field(default_factory=list)
    """Why clicks were refused, in the words of the log."""

    def save(self, number: int) -> None:
        """Have a person save the document of this number."""
        self.portal.save(FIRST_FILE + number % FILES, by=BOB.id)

    def deliver(self) -> None:
        """Send what the portal has emitted; all of it has to be taken."""
        refused = [outcome.status for outcome in self.sender.flush() if outcome.status not in {200, 202}]
        if refused:
            raise SystemExit(f"deliveries were answered {refused[:5]}")

    def time_card(self, number: int) -> tuple[float, dict[str, Any]]:
        """Save a document; return how long it took until its card stood in the channel, and the card."""
        channel, text = channel_of(number), f"Paper {number % FILES}.docx"
        before = len(self.slack.channel(channel).messages)
        self.save(number)
        began = time.perf_counter()
        self.deliver()

        def new() -> list[dict[str, Any]]:
            return [each for each in self.slack.channel(channel).messages[before:] if text in str(each)]

        with self.slack.changed:
            if not self.slack.changed.wait_for(new, timeout=PATIENCE):
                raise SystemExit(f"no card of {text} came")
            return time.perf_counter() - began, dict(new()[0])

    def time_click(self, card: dict[str, Any]) -> float:
        """Acknowledge the review of a card; return how long the answer took.

        A person told to click again, since the database did not answer in time, does so, and has waited.
        """
        began = time.perf_counter()
        while (answer := self.side.click(OLGA_IN_SLACK, card, "acknowledge_review")).status == 503:
            self.refused.append(self._last_warning())
            if time.perf_counter() - began > PATIENCE:
                break
        took = time.perf_counter() - began
        if answer.status != 200:
            raise SystemExit(f"a click was answered {answer.status}: {answer.text}")
        return took

    def _last_warning(self) -> str:
        lines = [line for log in self.folder.glob("*.log") for line in log.read_text().splitlines()]
        return next(
            (line for line in reversed(lines) if "click_not_recorded" in line), "no reason in the log"
        )

    def time_list(self, text: str) -> float:
        began = time.perf_counter()
        answer = self.side.slash(OLGA_IN_SLACK, "/reviews", text, channel_of(0))
        took = time.perf_counter() - began
        if answer.status != 200 or "could not be looked up" in answer.text:
            raise SystemExit(f"{text}: {answer.status} {answer.text[:200]}")
        return took

    def time_health(self) -> float:
        began = time.perf_counter()
        self.health()
        return time.perf_counter() - began

    def health(self) -> dict[str, Any]:
        health: dict[str, Any] = requests.get(f"{self.product.url}/healthz", timeout=30).json()
        return health

    def wait_until_idle(self) -> None:
        """Wait until nothing that was accepted is left to be done."""

        def idle() -> bool:
            backlog = self.health()["parts"]["backlog"]
            return bool(backlog["events"] == backlog["cards"] == 0)

        wait_for(idle, "the backlog is done", patience=PATIENCE)

    def wait_until_looked_at(self) -> None:
        """Wait until the first look at each department has come to its end."""

        def looked_at() -> bool:
            folders = self.health()["parts"]["completeness"]["folders"].values()
            return all(each["complete_up_to"] for each in folders)

        wait_for(looked_at, "each folder was looked at", patience=PATIENCE)


@contextmanager
def open_office(database_url: str, folder: Path) -> Iterator[YearInstallation]:
    """Start an installation on a database; it watches twenty departments, each with a channel of its own."""
    portal = DemoPortal(lambda: datetime.now(UTC))
    _build_departments(portal)
    sender = Sender(portal)
    with ExitStack() as opened:
        address = opened.enter_context(run_portal(portal, sender))
        slack = opened.enter_context(FakeSlack(rate_limit=False))
        slack.add_person(OLGA_IN_SLACK, "Olga Owner", OLGA.email)
        for number in range(DEPARTMENTS):
            slack.add_channel(channel_of_department(number), f"department-{number}")
            slack.add_channel(_second_channel(number), f"all-of-{number}")
        routes = folder / "routes.toml"
        routes.write_text("\n".join(_route(number) for number in range(DEPARTMENTS)))
        others = {"ROUTES_FILE": str(routes), "SLACK_TEAM_ID": slack.team_id, **slack_settings(slack)}
        settings = build_settings(database_url, portal, address, **others)
        processes = opened.enter_context(ExitStack())
        product = processes.enter_context(running_installation(settings, folder))
        sender.register(f"{product.url}{WEBHOOK_PATH}", secret=WEBHOOK_SECRET)
        side = SlackSide(slack, SIGNING_SECRET, over_http(product.url, timeout=30))
        yield YearInstallation(
            product=product,
            portal=portal,
            sender=sender,
            slack=slack,
            side=side,
            settings=settings,
            folder=folder,
            stop=processes.close,
        )


def channel_of(number: int) -> str:
    return channel_of_department(number % FILES // (FOLDERS * FILES_IN_A_FOLDER))


def channel_of_department(department: int) -> str:
    return f"C0DEPARTMENT{department}"


def route_of(department: int) -> str:
    return f"department-{department}"


def run_on_all(action: Callable[[YearInstallation], None], installations: list[YearInstallation]) -> None:
    """Have all do something at the same time."""
    failed: list[BaseException] = []

    def run(installation: YearInstallation) -> None:
        try:
            action(installation)
        except BaseException as error:  # noqa: BLE001 - raised again below, in the thread that waits
            failed.append(error)

    threads = [threading.Thread(target=run, args=(installation,)) for installation in installations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def _build_departments(portal: DemoPortal) -> None:
    for department in range(DEPARTMENTS):
        top = FIRST_DEPARTMENT + department
        portal.add_folder(f"Department {department}", COMPLIANCE, folder_id=top)
        for number in range(department * FOLDERS, (department + 1) * FOLDERS):
            portal.add_folder(f"Folder {number}", top, folder_id=FIRST_FOLDER + number)
    for number in range(FILES):
        parent = FIRST_FOLDER + number // FILES_IN_A_FOLDER
        portal.add_file(f"Paper {number}.docx", parent, by=ALICE.id, file_id=FIRST_FILE + number)


def _second_channel(department: int) -> str:
    return f"C0ALL{department}"


def _route(number: int) -> str:
    places = [channel_of_department(number)]
    if number % WITH_TWO_PLACES == 0:
        places.append(_second_channel(number))
    # A whole day passes in minutes here, which is not to count as a flood.
    targets = (f"slack:{place}" for place in places)
    more = 'quiet_period = "0s"\nbulk = 0'
    return write_route(route_of(number), FIRST_DEPARTMENT + number, *targets, more=more)
