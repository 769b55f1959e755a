"""Connections on which a request never becomes whole: half a head, or a body that comes byte by byte."""

from __future__ import annotations

import contextlib
import itertools
import select
import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HALF_A_HEAD = b"POST /docspace/webhook HTTP/1.1\r\nHost: x\r\nX-Slow:"


def bodies(*doors: str) -> list[bytes]:
    """Return a head for each of these doors, with a signature of the right form that no key has made."""
    slack = f"X-Slack-Request-Timestamp: {time.time():.0f}\r\nX-Slack-Signature: v0={'a' * 64}"
    signed = {
        "/docspace/webhook": f"x-docspace-signature-256: sha256={'a' * 64}",
        "/slack/events": slack,
        "/teams/messages": "Authorization: Bearer e30.e30.e30",
        "/teams/command": f"Authorization: HMAC {'a' * 43}=",
        "/ack/token": "Content-Type: application/x-www-form-urlencoded",
    }
    return [
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n{signed[path]}\r\n\r\n".encode()
        for path in doors
    ]


class SlowSenders:
    def __init__(self, connections: list[socket.socket]) -> None:
        self._connections = connections

    def drip(self) -> None:
        """Send one more byte on each."""
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.sendall(b"x")

    def waiting(self) -> int:
        """Return on how many the server still waits for the rest, without a word."""
        return len(self._connections) - len(select.select(self._connections, [], [], 0)[0])


@contextlib.contextmanager
def slow_senders(address: tuple[str, int], beginnings: list[bytes], *, count: int) -> Iterator[SlowSenders]:
    """Open so many connections that begin so, one after the other."""
    with contextlib.ExitStack() as opened:
        connections = []
        for beginning in itertools.islice(itertools.cycle(beginnings), count):
            connections.append(opened.enter_context(socket.create_connection(address)))
            connections[-1].sendall(beginning)
        yield SlowSenders(connections)
