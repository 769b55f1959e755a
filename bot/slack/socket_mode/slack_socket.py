"""The connection to Slack that a worker keeps: opened, replaced before it ends, and opened again."""

from __future__ import annotations

import random as randomness
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bot.slack.socket_mode.connection import SocketConnection
from bot.slack.socket_mode.envelope_threads import EnvelopeThreads
from bot.slack.socket_mode.failures import NoConnection, explain_code, explain_other_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.slack.socket_mode.envelope_handler import EnvelopeHandler
    from bot.slack.socket_mode.tickets import Ticket

NOT_YET = "no connection has been opened yet"
LOST = "the connection was lost, and the next one is not open yet"

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class SocketWaits:
    """Times in seconds; the tests have shorter ones."""

    first: float = 1.0
    """After the first failure; it doubles with each further one."""
    longest: float = 60.0
    """Between two attempts, and after a failure that a person has to mend."""
    steady: float = 60.0
    """A connection that stood for so long was no failure: the next one is opened at once."""
    overlap: float = 30.0
    """For a connection that Slack replaces, beside the new one; Slack warns some ten seconds before."""
    idle: float = 30.0
    """Between two looks at a connection that stands; its end is noticed at once."""
    ping: float = 15.0
    """Between two pings, and for the answer to one."""


class SlackSocket:
    """A connection that stands. One thread calls `maintain`, others may ask for the state and stop it.

    Several workers have one each: Slack sends a request over any of them.
    """

    def __init__(
        self,
        request_ticket: Callable[[], Ticket],
        handler: EnvelopeHandler,
        *,
        find_app_id: Callable[[], str] = str,
        waits: SocketWaits | None = None,
        clock: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = randomness.random,
    ) -> None:
        """`find_app_id` returns the app of the bot token, whose clicks are waited for; empty if unknown."""
        self._request_ticket, self._handler, self._find_app_id = request_ticket, handler, find_app_id
        self._waits, self._clock, self._random = waits or SocketWaits(), clock, random
        self._threads = EnvelopeThreads()
        self._stopping = threading.Event()
        self._current: SocketConnection | None = None
        self._opened_at = 0.0
        self._replaced: list[tuple[SocketConnection, float]] = []
        self._failures = 0
        self._not_before = float("-inf")
        self._bot_app_id = ""
        self._reason = NOT_YET
        self.on_change: Callable[[], None] = lambda: None
        """Called when `maintain` should be called at once."""

    @property
    def reason(self) -> str:
        """Why no requests come in; empty while they do."""
        connections = [self._current, *(connection for connection, _ in self._replaced)]
        return "" if any(each and each.is_open for each in connections) else self._reason

    def maintain(self) -> float:
        """Open a connection unless one stands; return in how many seconds to call again."""
        self._close_replaced()
        if self._stopping.is_set() or (self._current is not None and self._current.is_steady):
            return self._waits.idle
        if self._current is not None:
            self._leave(self._current)
        remaining = self._not_before - self._clock()
        if remaining > 0:
            return remaining
        try:
            self._open()
        except NoConnection as failure:
            return self._postpone(failure)
        return self._waits.idle

    def stop(self, seconds: float) -> None:
        """Open no further connection, answer what was read within so many seconds, and close."""
        self._stopping.set()
        until = time.monotonic() + seconds
        for connection in [self._current, *(connection for connection, _ in self._replaced)]:
            if connection is not None:
                connection.finish(max(until - time.monotonic(), 0.0))

    def finish_listeners(self) -> None:
        """Wait for what has been read, and for the listeners that still run after their answer."""
        self._threads.shut_down()
        self._handler.shut_down()

    def _open(self) -> None:
        ticket = self._request_ticket()
        connection = SocketConnection(
            ticket,
            self._handler,
            self._threads,
            ping_seconds=self._waits.ping,
            on_change=self._report_change,
        )
        hello = connection.open()
        self._refuse_other_app(connection, hello.app_id)
        self._current, self._opened_at = connection, self._clock()
        self._reason = LOST
        log.info("slack_socket_open", connections=hello.connections, warning=ticket.warning or None)
        if self._stopping.is_set():
            connection.close()

    def _report_change(self) -> None:
        self.on_change()

    def _refuse_other_app(self, connection: SocketConnection, app_id: str) -> None:
        """Raise `NoConnection` if the requests of another app come in: clicks on our cards never would."""
        self._bot_app_id = self._bot_app_id or self._find_app_id()
        if app_id and self._bot_app_id and app_id != self._bot_app_id:
            connection.close()
            raise explain_other_app(app_id, self._bot_app_id)

    def _leave(self, connection: SocketConnection) -> None:
        """Give up the current connection, and set when the next one may be opened.

        That is at once if Slack replaces it, which it does every few hours, or if it was lost after a while.
        """
        self._current = None
        now, reason = self._clock(), connection.disconnect_reason
        log.info("slack_socket_ended", reason=reason or "lost", seconds=round(now - self._opened_at))
        if connection.is_open:
            self._replaced.append((connection, now + self._waits.overlap))
        explained, was_steady = explain_code(reason), now - self._opened_at >= self._waits.steady
        if was_steady:
            self._failures = 0
        if explained is not None or not was_steady:
            self._postpone(explained or NoConnection(LOST))

    def _close_replaced(self) -> None:
        now = self._clock()
        for connection, until in self._replaced:
            if connection.is_open and until <= now:
                connection.close()
        self._replaced = [(each, until) for each, until in self._replaced if each.is_open]

    def _postpone(self, failure: NoConnection) -> float:
        """Set when the next attempt may be made; return in how many seconds."""
        if failure.reason != self._reason:
            log.warning("slack_socket_failed", reason=failure.reason, remedy=failure.remedy or None)
        self._reason = failure.reason
        waits = self._waits
        wait = waits.longest if failure.remedy else min(waits.first * 2.0**self._failures, waits.longest)
        self._failures = min(self._failures + 1, 20)
        wait = max(wait, failure.retry_after or 0.0) * (1 + self._random() / 4)
        self._not_before = self._clock() + wait
        return wait
