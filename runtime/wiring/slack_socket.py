"""The connection through which Slack's requests come to a worker, where they do not come by HTTP."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.slack.socket_mode.envelope_handler import EnvelopeHandler
from bot.slack.socket_mode.slack_socket import SlackSocket
from bot.slack.socket_mode.tickets import find_app_id, request_ticket
from runtime.wiring.slack import build_slack_app, build_slack_dispatcher
from runtime.wiring.slack_client import connect_app, connect_slack

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtime.wiring.wiring import Wiring


def build_slack_socket(wiring: Wiring, wake: Callable[[], None]) -> SlackSocket:
    """Return the worker's connection, not yet open; `wake` is called as in `Wiring.build_answers`."""
    handler = EnvelopeHandler(build_slack_app(wiring, wake), build_slack_dispatcher(wiring))
    return SlackSocket(
        partial(request_ticket, connect_app(wiring.settings)),
        handler,
        find_app_id=partial(find_app_id, connect_slack(wiring)),
    )
