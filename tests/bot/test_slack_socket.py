"""The connection to Slack that a worker keeps: refused, replaced, lost, switched off, and closed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

import notifiers.slack
from bot.slack.socket_mode.failures import NoConnection
from bot.slack.socket_mode.tickets import is_usable, request_ticket
from store.unit_of_work import SqlUnitOfWork
from tests.bot.slack_installation import DANA, SlackInstallation
from tests.bot.socket_installation import QUICK, keep_socket, make_socket, open_socket
from tests.edge.slack_socket import APP_TOKEN, MAX_CONNECTIONS
from tests.journeys.processes import eventually
from tests.meta.pages_of_docs import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from tests.edge.fake_slack import FakeSlack

RECONNECTS = 200
MAKES_TOKEN = "App-Level Tokens"
SWITCHES_ON = "Enable Socket Mode"


@pytest.fixture
def alone(slack: FakeSlack, engine: sa.Engine) -> Iterator[SlackInstallation]:
    """Return an installation whose connection is not opened yet."""
    made = SlackInstallation(slack, engine, partial(SqlUnitOfWork, engine))
    yield made
    made.close()


@pytest.fixture
def installation(alone: SlackInstallation) -> Iterator[SlackInstallation]:
    with open_socket(alone):
        yield alone


def refuse(slack: FakeSlack, token: str = APP_TOKEN) -> NoConnection:
    with pytest.raises(NoConnection) as refusal:
        request_ticket(notifiers.slack.make_client(token, slack.api_url))
    return refusal.value


def test_a_wrong_token_is_named_with_the_next_step(slack: FakeSlack) -> None:
    failure = refuse(slack, "xapp-1-A0FAKEAPP-1234-wrong")

    assert "SLACK_APP_TOKEN" in failure.reason
    assert MAKES_TOKEN in failure.remedy
    assert "wrong" not in str(failure)


def test_a_bot_token_is_no_token_for_a_connection(slack: FakeSlack) -> None:
    assert "no app-level token" in refuse(slack, slack.token).reason


def test_a_token_without_the_scope_is_named_with_the_next_step(slack: FakeSlack) -> None:
    slack.sockets.scopes.clear()

    failure = refuse(slack)

    assert "connections:write" in failure.reason
    assert MAKES_TOKEN in failure.remedy


def test_socket_mode_that_is_switched_off_is_named_with_the_next_step(slack: FakeSlack) -> None:
    slack.sockets.switched_off = "error"

    failure = refuse(slack)

    assert "switched off" in failure.reason
    assert SWITCHES_ON in failure.remedy


def test_a_ticket_with_a_warning_is_used_and_the_warning_kept(slack: FakeSlack) -> None:
    slack.sockets.switched_off = "warning"

    ticket = request_ticket(notifiers.slack.make_client(APP_TOKEN, slack.api_url))

    assert "not turned on" in ticket.warning
    assert "ticket" not in repr(ticket).replace("Ticket", "")


@pytest.mark.parametrize("mode", ["429", "500_before", "drop_before", "fatal_error"])
def test_slack_that_is_out_is_tried_again_without_a_remedy(slack: FakeSlack, mode: str) -> None:
    slack.fail("apps.connections.open", mode)

    assert refuse(slack).remedy == ""


@pytest.mark.parametrize("address", ["", "ws://", "http://127.0.0.1/", "wss:///link", 7, None, "x" * 5000])
def test_an_address_that_is_none_is_not_connected_to(slack: FakeSlack, address: object) -> None:
    slack.answer("apps.connections.open", {"ok": True, "url": address})

    assert "no usable address" in refuse(slack).reason


@pytest.mark.parametrize("proxy", ["not a proxy", "http://proxy:port"])
def test_a_proxy_that_is_no_address_is_named_with_the_next_step(tmp_path: Path, proxy: str) -> None:
    program = (
        "from bot.slack.socket_mode.tickets import request_ticket\n"
        "from bot.slack.socket_mode.failures import NoConnection\n"
        "from notifiers.slack import make_client\n"
        "try:\n    request_ticket(make_client('xapp-1', 'https://slack.test/api/'))\n"
        "except NoConnection as failure:\n    print(failure.reason, failure.remedy, sep=', ')\n"
    )
    environment = {"PATH": os.defpath, "HTTPS_PROXY": proxy, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "HTTPS_PROXY is not the address of a proxy, write it as http://host:port\n"


def test_a_connection_that_is_not_encrypted_is_for_a_stand_in_alone(slack: FakeSlack) -> None:
    client = notifiers.slack.make_client(APP_TOKEN, slack.api_url)

    assert request_ticket(client).address.startswith("ws://")


SLACK_API, GOV_API, LOCAL_API = (
    "https://slack.com/api/",
    "https://slack-gov.com/api/",
    "http://127.0.0.1:8/api/",
)


@pytest.mark.parametrize(
    ("address", "api_url"),
    [
        ("wss://wss-primary.slack.com/link/?ticket=a@b", SLACK_API),
        ("WSS://WSS.Slack.COM:443/link", SLACK_API),
        ("wss://slack.com/link", "https://www.slack.com/api/"), ("wss://wss.slack-gov.com/link", GOV_API),
        ("wss://stand-in.example/link", "https://stand-in.example/api/"),
        ("wss://stand-in.example:8443/link", "http://stand-in.example/api/"),
        ("ws://127.0.0.1:9/link", LOCAL_API), ("ws://[::1]:9/link", "http://[::1]:8/api/"),
    ],
)  # fmt: skip
def test_a_connection_goes_to_the_side_that_gave_the_ticket(address: str, api_url: str) -> None:
    assert is_usable(address, api_url)


@pytest.mark.parametrize(
    ("address", "api_url"),
    [
        *((address, SLACK_API) for address in (
            "ws://wss.slack.com/link", "wss://evil.example/link", "wss://slack.com@evil.example/link",
            "wss://evil@slack.com/", "wss://slack.com.evil.example/", "wss://notslack.com/", "wss://slack.com./",
            "wss://wss.slack.com:8443/", "wss://wss.slack.com:port/", "wss://wss.slack.com:0/", "wss://\uff53lack.com/",
            "wss://slack.com\\@evil.example/", "wss://evil.example\\.slack.com/", "wss://wss.slack.com/\n",
            " wss://wss.slack.com/", "wss://evil.example/.slack.com", "wss://evil.example#.slack.com",
            "wss://evil.example?.slack.com", "wss://[::1]/", "wss://127.0.0.1/", "https://wss.slack.com/",
            "wss://wss.slack-gov.com/", "wss://evil.example%2eslack.com/", "wss://a b.slack.com/",
        )),
        ("wss://wss.slack.com/link", GOV_API), ("wss://wss.slack.com/link", LOCAL_API),
        ("wss://sub.stand-in.example/link", "https://stand-in.example/api/"),
        ("ws://stand-in.example/link", "http://stand-in.example/api/"), ("ws://localhost:9/link", LOCAL_API),
        ("ws://127.0.0.1:9/link", "https://127.0.0.1:8/api/"), ("wss://slack.com/", ""),
    ],
)  # fmt: skip
def test_a_connection_goes_nowhere_else(address: str, api_url: str) -> None:
    assert not is_usable(address, api_url)


def test_a_redirect_is_not_followed(alone: SlackInstallation) -> None:
    sockets = alone.slack.sockets
    sockets.redirects = True
    socket = make_socket(alone)

    socket.maintain()

    assert (socket.reason, sockets.opened) == ("Slack refuses the connection (HTTP 302)", 0)


def test_slack_that_says_goodbye_again_and_again_is_heard_once(alone: SlackInstallation) -> None:
    socket, changes = make_socket(alone, waits=replace(QUICK, steady=60.0)), []
    socket.on_change = lambda: changes.append(1)
    socket.maintain()
    [link] = alone.slack.sockets.wait_for_links()

    for _ in range(500):
        alone.slack.sockets.disconnect(link, "refresh_requested", close=False)
        link.socket.ping()
    alone.slack.sockets.disconnect(link, "refresh_requested")
    alone.slack.sockets.wait_for_links(0)
    socket.stop(60)

    eventually(lambda: len(changes) >= 2)
    assert len(changes) == 2


def test_a_token_of_another_app_is_not_taken(alone: SlackInstallation) -> None:
    alone.slack.sockets.app_id = "A0OTHER"
    socket = make_socket(alone)

    socket.maintain()

    assert socket.reason == "SLACK_APP_TOKEN belongs to the app A0OTHER, SLACK_BOT_TOKEN to the app A0FAKEAPP"
    alone.slack.sockets.wait_for_links(0)


def test_an_eleventh_connection_waits_and_says_why(alone: SlackInstallation) -> None:
    sockets = [make_socket(alone) for _ in range(MAX_CONNECTIONS + 1)]
    try:
        for socket in sockets:
            socket.maintain()

        assert [socket.reason for socket in sockets[:-1]] == [""] * MAX_CONNECTIONS
        assert "ten connections" in sockets[-1].reason
    finally:
        for socket in sockets:
            socket.stop(60)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "something new"])
def test_a_connection_that_slack_replaces_is_replaced_before_it_ends(
    installation: SlackInstallation, reason: str
) -> None:
    sockets = installation.slack.sockets
    [before] = sockets.wait_for_links()
    card = installation.card()

    sockets.disconnect(before, reason, close=False)
    sockets.wait_for_opened(2)
    before.is_closing = False
    sockets.wait_for_links(2)
    for _ in range(2):
        assert installation.side.open_home(DANA).status == 200

    assert before.delivered
    sockets.disconnect(before, "refresh_requested")
    sockets.wait_for_links(1)
    assert installation.side.click(DANA, card, "acknowledge_review").status == 200


def test_a_connection_that_is_lost_is_opened_again(installation: SlackInstallation) -> None:
    sockets = installation.slack.sockets
    for opened in range(1, 4):
        [link] = sockets.wait_for_links()
        link.cut()
        sockets.wait_for_opened(opened + 1)

    sockets.wait_for_links(1)
    assert installation.side.open_home(DANA).status == 200


def test_a_connection_that_is_dead_without_a_word_is_replaced(alone: SlackInstallation) -> None:
    sockets = alone.slack.sockets
    with keep_socket(make_socket(alone, waits=replace(QUICK, ping=0.5))) as socket:
        [link] = sockets.wait_for_links()
        with link.fall_silent():
            sockets.wait_for_opened(2)
            eventually(lambda: not socket.reason)
        sockets.wait_for_links(1)


@pytest.mark.skipif(
    sys.platform != "linux", reason="without TCP_USER_TIMEOUT only a stop ends such a connection"
)
def test_a_connection_that_sends_and_reads_nothing_is_replaced(alone: SlackInstallation) -> None:
    """Our answers to its pings fill what the system holds, and behind them our own pings wait."""
    sockets = alone.slack.sockets
    with keep_socket(make_socket(alone, waits=replace(QUICK, ping=0.5))) as socket:
        [link] = sockets.wait_for_links()
        with link.fall_silent():
            link.flood()
            sockets.wait_for_opened(2)
            eventually(lambda: not socket.reason)


def test_a_stop_waits_for_no_connection_that_reads_nothing(alone: SlackInstallation) -> None:
    sockets = alone.slack.sockets
    socket = make_socket(alone)
    socket.maintain()
    [link] = sockets.wait_for_links()
    with link.fall_silent():
        link.flood()
        socket.stop(60)


def test_many_connections_leave_no_thread_and_no_file_behind(installation: SlackInstallation) -> None:
    sockets = installation.slack.sockets
    assert installation.side.open_home(DANA).status == 200
    sockets.wait_for_links(1)
    before = count_threads_and_files()

    for number in range(RECONNECTS):
        [link] = sockets.wait_for_links(1)
        if number % 2:
            link.cut()
        else:
            sockets.disconnect(link, "refresh_requested")
        sockets.wait_for_opened(number + 2)
    sockets.wait_for_links(1)

    def is_as_before() -> bool:
        return all(now <= then for now, then in zip(count_threads_and_files(), before, strict=True))

    eventually(is_as_before)


def count_threads_and_files() -> tuple[int, int]:
    return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))


def test_socket_mode_that_is_switched_off_and_on_again_is_connected_to_again(
    alone: SlackInstallation,
) -> None:
    sockets = alone.slack.sockets
    with capture_logs() as logs, keep_socket(make_socket(alone)) as socket:
        [link] = sockets.wait_for_links()
        sockets.switched_off = "error"
        sockets.disconnect(link, "link_disabled")
        eventually(lambda: "switched off" in socket.reason)
        alone.slack.wait_for(lambda: len(alone.slack.calls("apps.connections.open")) > 2)
        sockets.switched_off = ""
        sockets.wait_for_links(1)
        eventually(lambda: not socket.reason)

    warnings = [line for line in logs if line["event"] == "slack_socket_failed"]
    assert [line["remedy"] for line in warnings if SWITCHES_ON in str(line["remedy"])] == [
        warnings[0]["remedy"]
    ]
    assert "ticket-" not in json.dumps(logs)
    assert APP_TOKEN not in json.dumps(logs)


def test_a_refused_token_is_tried_slowly(alone: SlackInstallation) -> None:
    alone.slack.sockets.scopes.clear()
    socket = make_socket(alone)

    assert socket.maintain() >= QUICK.longest


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", "7", "{}", "{", "[" * 100_000, '{"type":"hello"}', '{"type":[]}', b"\x00\x01",
        '{"type":"events_api"}', '{"type":"events_api","envelope_id":"e","payload":[]}',
        '{"type":"interactive","envelope_id":7,"payload":{}}', '{"type":"unheard_of","envelope_id":"e"}',
        '{"type":"interactive","envelope_id":"e","payload":{"type":"block_actions"}}',
        '{"type":"events_api","envelope_id":"e","payload":{"type":"event_callback","event":{"type":{}}}}',
        '{"type":"slash_commands","envelope_id":"e","payload":{"command":"/reviews","user_id":{}}}',
        json.dumps({"type": "events_api", "envelope_id": "e" * 300, "payload": {"type": "x"}}),
    ],
)  # fmt: skip
def test_odd_messages_end_nothing(installation: SlackInstallation, text: str | bytes) -> None:
    installation.slack.sockets.send_raw(text)

    assert installation.side.open_home(DANA).status == 200
    assert installation.slack.sockets.opened == 1


@pytest.mark.parametrize("text", ["x" * 3_000_000, b"\xff" * 3_000_000])
def test_a_message_that_is_too_large_ends_the_connection_and_the_next_one_serves(
    installation: SlackInstallation, text: str | bytes
) -> None:
    installation.slack.sockets.send_raw(text)
    installation.slack.sockets.wait_for_opened(2)

    assert installation.side.open_home(DANA).status == 200


def test_a_stop_answers_what_was_read_and_closes(alone: SlackInstallation) -> None:
    card = alone.card()
    with open_socket(alone) as socket:
        assert alone.side.click(DANA, card, "acknowledge_review").status == 200
        opened = len(alone.slack.sockets.wait_for_links())
        socket.stop(60)
        alone.slack.sockets.wait_for_links(0)

        assert socket.maintain() > 0
        assert alone.slack.sockets.opened == opened
