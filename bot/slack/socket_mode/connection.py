"""One connection to Slack: it reads requests, and acknowledges each on the connection that it came by."""

from __future__ import annotations

import logging
import socket
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from bot.slack.request_checks import MAX_BODY_BYTES
from bot.slack.socket_mode.failures import NoConnection, explain_code, explain_error
from bot.slack.socket_mode.messages import Disconnect, Envelope, Hello, parse_message

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.slack.socket_mode.envelope_handler import EnvelopeHandler
    from bot.slack.socket_mode.envelope_threads import EnvelopeThreads
    from bot.slack.socket_mode.tickets import Ticket

OPEN_SECONDS = 10.0
"""For the connection to open, and again for Slack's greeting."""
CLOSE_SECONDS = 1.0
"""For Slack's part in closing; it does not close the underlying connection (slackapi/node-slack-sdk#2752)."""
MAX_MESSAGE_BYTES = MAX_BODY_BYTES + 16 * 1024
"""A request by HTTP, and what its envelope adds."""

log = structlog.get_logger()


class _CheckedConnection(ClientConnection):
    """Takes a redirect for a refusal: it would lead to a host that was not checked."""

    def handshake(self, *args: Any, **options: Any) -> None:
        try:
            super().handshake(*args, **options)
        except InvalidStatus as refusal:
            raise explain_error(refusal) from None  # the library follows what is an `InvalidStatus`


class SocketConnection:
    """A connection, with a thread of its own that opens it and reads.

    `on_change` is called when Slack says that it will close the connection, and when it has ended. Between
    two pings are `ping_seconds`, and as many for the answer to one: a connection that is dead without a word
    is noticed.
    """

    def __init__(
        self,
        ticket: Ticket,
        handler: EnvelopeHandler,
        threads: EnvelopeThreads,
        *,
        ping_seconds: float,
        on_change: Callable[[], None],
    ) -> None:
        self._ticket, self._handler, self._threads = ticket, handler, threads
        self._ping_seconds, self._on_change = ping_seconds, on_change
        self._changed = threading.Condition()
        self._websocket: ClientConnection | None = None
        self._hello: Hello | None = None
        self._has_ended = False
        self._is_given_up = False
        self._pending = 0
        self._failure: NoConnection | None = None
        self._reader = threading.Thread(target=self._run, name="slack-socket-reader", daemon=True)
        self.disconnect_reason = ""
        """Slack's word for why it will close the connection; empty until it says so."""

    def open(self) -> Hello:
        """Open the connection and return Slack's greeting; raise `NoConnection` without one."""
        self._reader.start()
        with self._changed:
            self._changed.wait_for(
                lambda: self._hello or self._has_ended or self.disconnect_reason, 2 * OPEN_SECONDS
            )
            if self._hello and not self._has_ended:
                return self._hello
            self._is_given_up = True
            failure = self._failure or explain_code(self.disconnect_reason)
        self.close()
        raise failure or NoConnection("Slack opened a connection and did not greet")

    @property
    def is_open(self) -> bool:
        """Whether requests come in: Slack has greeted, and the connection has not ended."""
        return self._hello is not None and not self._has_ended

    @property
    def is_steady(self) -> bool:
        """Whether it is open, and Slack has not said that it will close it."""
        return self.is_open and not self.disconnect_reason

    def finish(self, seconds: float) -> None:
        """Close it when each request that was read is answered, or after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: not self._pending or self._has_ended, seconds)
        self.close()

    def close(self) -> None:
        """Close it, without its consent where Slack does not read what it is sent."""
        websocket = self._websocket
        if websocket is None:
            return
        closing = threading.Thread(target=websocket.close, name="slack-socket-close", daemon=True)
        closing.start()
        closing.join(2 * CLOSE_SECONDS)
        if closing.is_alive():
            with suppress(OSError):
                websocket.socket.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        try:
            self._read()
        except ConnectionClosed:
            pass  # the usual end, by either side or by none
        except NoConnection as failure:
            self._failure = failure
        except (OSError, WebSocketException, ImportError) as error:
            self._failure = explain_error(error)
        except Exception:
            # The edge of the thread: an unexpected error ends the connection, and the next one is opened.
            log.exception("slack_reader_failed")
        finally:
            with self._changed:
                self._has_ended = True
                self._changed.notify_all()
            self._on_change()

    def _read(self) -> None:
        with connect(
            self._ticket.address,
            create_connection=_CheckedConnection,
            logger=_make_quiet_logger(),
            compression=None,
            open_timeout=OPEN_SECONDS,
            ping_interval=self._ping_seconds,
            ping_timeout=self._ping_seconds,
            close_timeout=CLOSE_SECONDS,
            max_size=MAX_MESSAGE_BYTES,
        ) as websocket:
            self._websocket = websocket
            if sys.platform == "linux":
                # Who sends and reads nothing holds up our pings too, so that none is missed.
                unread = round(1000 * self._ping_seconds)
                with suppress(OSError):  # it has ended already
                    websocket.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, unread)
            while not self._is_given_up:
                self._receive(websocket.recv(), websocket)

    def _receive(self, text: str | bytes, websocket: ClientConnection) -> None:
        message = parse_message(text)
        if isinstance(message, Envelope):
            self._count(1)
            self._threads.run(lambda: self._answer(message, websocket))
        elif isinstance(message, Hello):
            with self._changed:
                self._hello = message
                self._changed.notify_all()
        elif isinstance(message, Disconnect) and self.disconnect_reason:
            pass  # said before: a second one wakes no one
        elif isinstance(message, Disconnect):
            self.disconnect_reason = message.reason or "no reason"
            with self._changed:
                self._changed.notify_all()
            self._on_change()
        else:
            log.info("slack_message_ignored", size=len(text))

    def _answer(self, envelope: Envelope, websocket: ClientConnection) -> None:
        try:
            acknowledgement = self._handler.handle_envelope(envelope)
            if acknowledgement is not None:
                websocket.send(acknowledgement)
        except ConnectionClosed:
            # Whatever the request asked for is done; Slack sends an event again, which counts once.
            log.info("slack_acknowledgement_not_sent", type=envelope.type)
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        with self._changed:
            self._pending += more
            self._changed.notify_all()


def _make_quiet_logger() -> logging.Logger:
    """Return a logger for what is broken: below that, the library logs what people wrote, and the ticket."""
    logger = logging.getLogger("websockets.client")
    logger.setLevel(logging.CRITICAL)
    return logger
