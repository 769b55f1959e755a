"""Connections of Socket Mode, what is sent over them, and the moments at which they end."""

from __future__ import annotations

import contextlib
import socket
import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from websockets.sync.server import ServerConnection

    from tests.edge.slack_state import Json


class Drop(StrEnum):
    """When a connection ends; of `AMID_ANSWER` the app's acknowledgement is lost on its way."""

    BEFORE_REQUEST = "before the request"
    AMID_REQUEST = "in the middle of the request"
    AFTER_REQUEST = "after the request, before the answer"
    AMID_ANSWER = "after the answer was sent, before it arrived"
    AFTER_ANSWER = "after the answer"


@dataclass
class Sent:
    """A request that was sent; `acknowledgement` is what the app sent for it."""

    envelope_id: str
    accepts_response: bool
    acknowledgement: Json | None = None
    drop: Drop | None = None


@dataclass(eq=False)
class Link:
    """A connection; `is_closing` once it ends, or Slack has said that it will."""

    socket: ServerConnection
    is_closing: bool = False
    delivered: int = 0

    @contextlib.contextmanager
    def fall_silent(self) -> Iterator[None]:
        """Read and answer nothing while the block runs, not even pings; the connection stays open."""
        self.is_closing = True
        with self.socket.protocol_mutex:
            yield

    def flood(self) -> None:
        """Send pings until no more are taken for a second, or the connection ends."""
        self.socket.socket.settimeout(1)
        with contextlib.suppress(OSError):
            while True:
                self.socket.socket.sendall((b"\x89\x7d" + bytes(125)) * 1000)

    def cut(self) -> None:
        """End it without a word, as a network does."""
        self.is_closing = True
        with contextlib.suppress(OSError):
            self.socket.socket.shutdown(socket.SHUT_RDWR)


def send_half(connection: ServerConnection, text: str) -> None:
    """Send the first half of a message's frame (RFC 6455, 5.2): text, whole, not masked."""
    body = text.encode()
    length = struct.pack("!BH", 126, len(body)) if len(body) < 2**16 else struct.pack("!BQ", 127, len(body))
    with contextlib.suppress(OSError):  # the app has gone meanwhile
        connection.socket.sendall(b"\x81" + length + body[: len(body) // 2])
