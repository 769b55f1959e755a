"""Connections whose answers have to be there within a time, however slowly a remote service sends them.

The timeout of a socket starts anew with each byte that comes. Here the time left bounds each receive, from
the first byte of the headers to the last one of the body.
"""

from __future__ import annotations

import io
import time
from functools import partial
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any

from urllib3.connection import HTTPConnection, HTTPSConnection

if TYPE_CHECKING:
    import socket

    from urllib3.connectionpool import HTTPConnectionPool


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


class _TimedResponse(HTTPResponse):
    def __init__(self, connection: socket.socket, *arguments: Any, seconds: float, **options: Any) -> None:
        super().__init__(connection, *arguments, **options)
        self.fp.close()
        self.fp = io.BufferedReader(_TimedReader(connection, seconds))


class _TimedHttpConnection(HTTPConnection):
    response_class: Any

    def __init__(self, *arguments: Any, answer_seconds: float, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.response_class = partial(_TimedResponse, seconds=answer_seconds)


class _TimedHttpsConnection(HTTPSConnection):
    response_class: Any

    def __init__(self, *arguments: Any, answer_seconds: float, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.response_class = partial(_TimedResponse, seconds=answer_seconds)


def bound_pool(pool: HTTPConnectionPool, seconds: float) -> HTTPConnectionPool:
    """Have the connections that a pool makes from now on wait so long for an answer, in all; return it."""
    pool.ConnectionCls = _TimedHttpsConnection if pool.scheme == "https" else _TimedHttpConnection
    pool.conn_kw["answer_seconds"] = seconds
    return pool
