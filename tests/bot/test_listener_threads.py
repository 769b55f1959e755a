"""The thread of a request waits for a listener's answer; Bolt's own way is to sleep and to look again."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from slack_bolt import BoltResponse

from bot.slack.listener_threads import AwaitableAck
from tests.bot.slack_installation import CHANNEL, DANA

if TYPE_CHECKING:
    from types import FrameType

    import sqlalchemy as sa
    from slack_bolt import Ack

    from tests.bot.slack_installation import SlackInstallation

PATIENCE = 60.0  # seconds


class RequestThread:
    """Profiler of a request's thread: its sleeps, and the outcomes of its waits for a response."""

    def __init__(self) -> None:
        self.sleeps = 0
        self.waits: list[bool] = []
        self.is_idle = threading.Event()

    def __call__(self, frame: FrameType, event: str, value: Any) -> None:
        is_sleep = event == "c_call" and value is time.sleep
        is_in_wait = frame.f_code is AwaitableAck.wait.__code__
        if is_sleep or (is_in_wait and event == "call"):
            self.is_idle.set()
        self.sleeps += is_sleep
        if is_in_wait and event == "return":
            self.waits.append(value)


def test_a_click_is_answered_without_a_poll(installation: SlackInstallation) -> None:
    request_thread = RequestThread()
    installation.settles = False

    @installation.bolt.action("held_back")
    def acknowledge_late(ack: Ack) -> None:
        assert request_thread.is_idle.wait(PATIENCE)
        ack()

    payload = {
        "type": "block_actions",
        "user": {"id": DANA, "team_id": installation.slack.team_id},
        "team": {"id": installation.slack.team_id},
        "container": {"type": "message", "channel_id": CHANNEL, "message_ts": "1.000100"},
        "actions": [{"action_id": "held_back"}],
    }
    sys.setprofile(request_thread)
    try:
        answer = installation.side.interaction(payload)
    finally:
        sys.setprofile(None)

    assert answer.status == 200
    assert (request_thread.waits, request_thread.sleeps) == ([True], 0)


def test_a_click_is_answered_while_the_database_is_locked(
    installation: SlackInstallation, engine: sa.Engine
) -> None:
    card = installation.card()
    installation.settles = False

    with engine.begin():  # SQLite has no other writer until this ends
        answer = installation.side.click(DANA, card, "acknowledge_review")
        answers_at_first = installation.review().answers
    installation.close()

    assert (answer.status, answers_at_first) == (404, ())
    assert len(installation.review().answers) == 1


def test_the_first_response_of_a_listener_ends_the_wait_and_stands() -> None:
    for respond, status in ((lambda ack: ack(), 200), (set_failure, 503), (lambda _ack: None, 500)):
        ack = AwaitableAck()
        ack()  # by Bolt, of an event that no one has looked at
        assert not ack.wait(0)

        ack.expect_listener()
        ack.run_listener(respond, ack)
        ack.response = None

        assert ack.wait(0)
        assert getattr(ack.response, "status", None) == status


def set_failure(ack: AwaitableAck) -> None:
    ack.response = BoltResponse(status=503)
