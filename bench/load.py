"""A load generator that takes little: one thread, prepared requests, kept connections."""

from __future__ import annotations

import re
import selectors
import socket
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class LoadFigures:
    """Requests a second, and latencies in milliseconds."""

    rate: float
    p50: float
    p99: float
    refused: int


def request(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """Return a whole POST request."""
    lines = [f"POST {path} HTTP/1.1", "Host: bench", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def drive(address: tuple[str, int], requests: Sequence[bytes], *, connections: int = 16) -> LoadFigures:
    """Send the requests over so many connections, each waiting for its answer, and measure."""
    waiting = iter(requests)
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        connection = socket.create_connection(address)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection, selectors.EVENT_READ)
    started = time.perf_counter()
    sent_at: dict[int, float] = {}
    latencies: list[float] = []
    refused = sum(_pump(selector, waiting, sent_at, latencies))
    seconds = time.perf_counter() - started
    quantiles = statistics.quantiles(latencies, n=100)
    return LoadFigures(
        rate=len(latencies) / seconds, p50=quantiles[49] * 1000, p99=quantiles[98] * 1000, refused=refused
    )


def _pump(
    selector: selectors.BaseSelector,
    requests: Iterator[bytes],
    sent_at: dict[int, float],
    latencies: list[float],
) -> Iterator[int]:
    """Keep every connection busy until the requests are used up; yield 1 for each answer that is no 2xx."""
    for key in list(selector.get_map().values()):
        _send(selector, cast("socket.socket", key.fileobj), requests, sent_at)
    while selector.get_map():
        for key, _ in selector.select():
            connection = cast("socket.socket", key.fileobj)
            answer = _answer(connection)
            latencies.append(time.perf_counter() - sent_at[connection.fileno()])
            yield int(not answer.startswith(b"HTTP/1.1 2"))
            _send(selector, connection, requests, sent_at)


def _answer(connection: socket.socket) -> bytes:
    """Read one whole answer; some servers send head and body apart."""
    answer = b""
    while (part := connection.recv(65536)) != b"":
        answer += part
        head, separator, body = answer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if separator and (length is None or len(body) >= int(length[1])):
            return answer
    raise ConnectionError("the server closed a connection")


def _send(
    selector: selectors.BaseSelector,
    connection: socket.socket,
    requests: Iterator[bytes],
    sent_at: dict[int, float],
) -> None:
    following = next(requests, None)
    if following is None:
        selector.unregister(connection)
        connection.close()
        return
    sent_at[connection.fileno()] = time.perf_counter()
    connection.sendall(following)
