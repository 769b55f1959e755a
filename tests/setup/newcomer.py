"""A newcomer in an empty folder: the stand-in portal, a fake Slack, and this program as a shell starts it."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from demo import COMPLIANCE, DemoPortal, Sender, run_portal
from demo.starting_data import API_KEY, OLGA
from tests.edge.fake_slack import FakeSlack
from tests.journeys import commands
from tests.journeys.installation import COMMAND_SECONDS, free_port

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping

SIGNING_SECRET = "0123456789abcdef" * 2
CHANNEL = "C0REVIEWS1"
SECONDS = 300
"""The five minutes of README, of which it needs some seconds."""


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """The folder, what is around it, and the environment of a shell there."""

    folder: Path
    portal: DemoPortal
    sender: Sender
    address: str
    slack: FakeSlack
    port: int
    environment: dict[str, str] = field(default_factory=dict)

    def list_answers(self, **others: Any) -> dict[str, Any]:
        """Return answers that work with a public address; `None` leaves one out."""
        answers = {
            "portal": self.address,
            "key": API_KEY,
            "folder": str(COMPLIANCE),
            "owners": [OLGA.email],
            "notify": [f"slack:{CHANNEL}"],
            "public_url": f"http://127.0.0.1:{self.port}",
            "slack_bot_token": self.slack.token,
            "slack_signing_secret": SIGNING_SECRET,
            **others,
        }
        return {name: value for name, value in answers.items() if value is not None}

    def write_answers(self, answers: Mapping[str, Any]) -> None:
        lines = (f"{name} = {_write_toml(value)}\n" for name, value in answers.items())
        (self.folder / "answers.toml").write_text("".join(lines))

    def init(self, **others: Any) -> subprocess.CompletedProcess[str]:
        """Run `init` with an answers file."""
        self.write_answers(self.list_answers(**others))
        return self.run("init", "--answers", "answers.toml")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return commands.run(
            ["docspace-review", *arguments],
            folder=self.folder,
            environment=self.environment,
            within=COMMAND_SECONDS,
        )

    def is_up(self) -> bool:
        """Return whether the program that was started here answers."""
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/healthz", timeout=10).status_code == 200
        except requests.RequestException:
            return False

    def read(self, name: str) -> str:
        return (self.folder / name).read_text()

    def list_files(self) -> list[str]:
        """Return what is in the folder beside the answers."""
        return sorted(each.name for each in self.folder.iterdir() if each.name != "answers.toml")


@contextmanager
def invite_newcomer(folder: Path) -> Iterator[Newcomer]:
    """Yield a newcomer in this folder, which is empty."""
    portal = DemoPortal(lambda: datetime.now(UTC))
    sender = Sender(portal)
    with run_portal(portal, sender) as address, FakeSlack() as slack:
        slack.add_channel(CHANNEL, "reviews")
        port = free_port()
        environment = {
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.defpath)),
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "PORT": str(port),
            "SLACK_API_URL": slack.api_url,
        }
        yield Newcomer(
            folder=folder,
            portal=portal,
            sender=sender,
            address=address,
            slack=slack,
            port=port,
            environment=environment,
        )


def write_route(name: str, folder: int) -> str:
    """Return the lines of a route as an operator has written it."""
    watch = f'name = "{name}"\nwatch = ["{folder}"]\n'
    return f'[[route]]\n{watch}owners = ["o@example.com"]\nnotify = ["inbox"]\n'


def _write_toml(value: Any) -> str:
    """Return a value as TOML, which reads JSON's texts, numbers and lists as they are."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {json.dumps(text)}" for name, text in value.items()) + "}"
    return json.dumps(value)
