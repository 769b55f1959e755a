"""What the installations of the benches have in common: secrets, settings, routes, and who sends to them."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

from demo import OLGA
from demo.serve import run_sender

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.portal_process import PortalProcess
    from demo import DemoPortal, Sender
    from tests.edge.fake_slack import FakeSlack

WEBHOOK_PATH = "/docspace/webhook"
WEBHOOK_SECRET, SIGNING_SECRET = "Compl1ance!Bench", "5igning-5ecret-0f-the-bench"
SEND_SECONDS = 0.05
BY_LINK = 'identity = "link"\nsegregation_of_duties = "off"'
"""Of a route whose cards lead to the page, where no one can sign in."""


def build_settings(
    database_url: str, portal: DemoPortal | PortalProcess, portal_address: str, **others: str
) -> dict[str, str]:
    """Return the settings of an installation beside a portal; what is measured is in the others."""
    return {
        "DATABASE_URL": database_url,
        "DOCSPACE_API_HOST": portal_address,
        "DOCSPACE_API_KEY": portal.api_key,
        "DOCSPACE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "LOG_LEVEL": "warning",
        **others,
    }


def slack_settings(slack: FakeSlack) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": slack.api_url,
    }


def write_route(name: str, folder: int | str, *targets: str, more: str = 'quiet_period = "0s"') -> str:
    """Return a route of the routing file: the folder it watches, and where its cards go."""
    return (
        f'[[route]]\nname = "{name}"\nwatch = ["{folder}"]\nowners = ["{OLGA.email}"]\n'
        f"notify = {list(targets)}\n{more}\n\n"
    )


@contextmanager
def sending(sender: Sender, url: str) -> Iterator[None]:
    """Register the webhook of an installation at this address, and send to it meanwhile."""
    sender.register(f"{url}{WEBHOOK_PATH}", secret=WEBHOOK_SECRET)
    with run_sender(sender, interval_seconds=SEND_SECONDS):
        yield
