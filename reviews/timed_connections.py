"""Connections whose answers have to be there within a time, however slowly a remote service sends them.

The timeout of a socket starts anew with each byte that comes. Here the time left bounds each receive, from
the end of the request to the last byte of the answer's body.
"""

from __future__ import annotations

import io
import time
from functools import cache, partial
from http.client import HTTPConnection, HTTPResponse
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import socket

_Connection = TypeVar("_Connection", bound=HTTPConnection)


class _TimedReader(io.RawIOBase):
    """What comes from a socket until a time. Later it raises `TimeoutError`, as a socket after a silence."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._socket, self._until = connection, time.monotonic() + seconds
        self._silence_seconds = connection.gettimeout()
        # By this a socket knows that it is still read when the connection has closed it.
        self._bytes = connection.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        silence = self._silence_seconds
        self._socket.settimeout(left if silence is None else min(left, silence))
        return self._bytes.readinto(buffer)

    def close(self) -> None:
        self._bytes.close()
        super().close()


class _TimedAnswer(HTTPResponse):
    def __init__(self, connection: socket.socket, *arguments: Any, seconds: float, **options: Any) -> None:
        super().__init__(connection, *arguments, **options)
        self.fp.close()
        self.fp = io.BufferedReader(_TimedReader(connection, seconds))


@cache
def bound_connections(connection_class: type[_Connection], seconds: float) -> type[_Connection]:
    """Return such connections whose answers have to be whole within so many seconds, head included.

    Those of a class that is bounded already keep their time.
    """
    if hasattr(connection_class, "answer_seconds"):
        return connection_class
    answer_class = staticmethod(partial(_TimedAnswer, seconds=seconds))
    members = {"response_class": answer_class, "answer_seconds": seconds}
    return type(f"Timed{connection_class.__name__}", (connection_class,), members)
