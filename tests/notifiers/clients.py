"""The product's own client, but with less patience."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.slack import make_client

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from tests.edge.fake_slack import FakeSlack


def web_client(fake: FakeSlack, *, timeout: int = 60) -> WebClient:
    made = make_client(fake.token, fake.api_url)
    made.timeout = timeout
    return made
