"""The client of Slack, for the processes of an installation with Slack: others do not load its library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.slack import SLACK_TIMEOUT_SECONDS, make_client
from notifiers.slack.groups import SlackGroups

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from runtime.settings.settings import Settings
    from runtime.wiring.channels import ChannelWiring


def connect_slack(wiring: ChannelWiring, *, timeout: int = SLACK_TIMEOUT_SECONDS) -> WebClient:
    """Return a client of Slack, which may take `timeout` seconds for each response."""
    token = wiring.settings.require("SLACK_BOT_TOKEN", "cards can't be posted to Slack")
    return make_client(token, wiring.settings.slack_api_url, timeout=timeout)


def connect_app(settings: Settings, *, timeout: int = SLACK_TIMEOUT_SECONDS) -> WebClient:
    """Return the client with the app-level token, which may do nothing but ask for a connection."""
    token = settings.require("SLACK_APP_TOKEN", "Slack can't be connected to")
    return make_client(token, settings.slack_api_url, timeout=timeout)


def build_slack_groups(wiring: ChannelWiring, client: WebClient) -> SlackGroups:
    return SlackGroups(client, wiring.directory)
