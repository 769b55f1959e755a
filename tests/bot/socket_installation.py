"""Our side of Socket Mode, as a worker has it: the same app, and a connection that is kept."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

import pytest

import notifiers.slack
from bot.slack.socket_mode.envelope_handler import EnvelopeHandler
from bot.slack.socket_mode.slack_socket import SlackSocket, SocketWaits
from bot.slack.socket_mode.tickets import find_app_id, request_ticket
from runtime.worker.rounds import Rounds
from tests.bot.slack_installation import SECRET
from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import through_socket
from tests.edge.slack_socket import APP_TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bot.slack_installation import SlackInstallation

HTTP, SOCKET = "http", "socket"
BOTH_WAYS = (HTTP, SOCKET)
OVER_BOTH_WAYS = pytest.mark.parametrize("installation", BOTH_WAYS, indirect=True)
"""For a test in a module of which others are about HTTP."""
QUICK = SocketWaits(first=0.02, longest=0.2, steady=0.0, overlap=60.0, idle=5.0)
"""Soon tried again; a connection that Slack replaces stays for as long as a busy machine may need."""
JOIN_SECONDS = 60.0


def make_socket(installation: SlackInstallation, *, waits: SocketWaits = QUICK) -> SlackSocket:
    slack = installation.slack
    return SlackSocket(
        partial(request_ticket, notifiers.slack.make_client(APP_TOKEN, slack.api_url)),
        EnvelopeHandler(installation.bolt, installation.dispatcher),
        find_app_id=partial(find_app_id, notifiers.slack.make_client(slack.token, slack.api_url)),
        waits=waits,
    )


@contextmanager
def keep_socket(socket: SlackSocket) -> Iterator[SlackSocket]:
    """Keep a connection while the block runs, as a worker does."""
    rounds = Rounds("slack-socket", socket.maintain, retry_seconds=0.1)
    socket.on_change = rounds.wake
    rounds.start()
    try:
        yield socket
    finally:
        rounds.stop()
        socket.stop(JOIN_SECONDS)
        rounds.join(JOIN_SECONDS)


def open_way(
    installation: SlackInstallation, request: pytest.FixtureRequest
) -> AbstractContextManager[object]:
    """Open the way in that a fixture's parameter names; without one, requests come by HTTP."""
    return open_socket(installation) if getattr(request, "param", HTTP) == SOCKET else nullcontext()


@contextmanager
def open_socket(installation: SlackInstallation) -> Iterator[SlackSocket]:
    """Have all that people do come through Socket Mode, once a connection is open."""
    with keep_socket(make_socket(installation)) as socket:
        installation.slack.sockets.wait_for_links()
        send = installation.settling(through_socket(installation.slack.sockets), installation.bolt)
        installation.side = SlackSide(installation.slack, SECRET, send)
        yield socket
