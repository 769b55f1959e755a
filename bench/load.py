"""A load generator that takes little: one thread, prepared requests, kept connections."""

from __future__ import annotations

import contextlib
import re
import selectors
import socket
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class LoadFigures:
    """Requests a second, latencies in milliseconds, and the share of a core that the generator took."""

    rate: float
    p50: float
    p99: float
    refused: int
    generator: float


def request(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """Return a whole POST request."""
    lines = [f"POST {path} HTTP/1.1", "Host: bench", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def drive(
    address: tuple[str, int], requests: Iterable[bytes], *, connections: int = 16, rate: float | None = None
) -> LoadFigures:
    """Send the requests over so many connections, each waiting for its answer, and measure.

    With a `rate` in requests a second, each has its time, and its latency counts from then, also if no
    connection was free.
    """
    latencies, refused = list[float](), 0
    with contextlib.ExitStack() as stack:
        idle = [stack.enter_context(_connect(address)) for _ in range(connections)]
        started, processor = time.perf_counter(), time.process_time()
        for seconds, accepted in _exchange(idle, requests, rate):
            latencies.append(seconds)
            refused += not accepted
        seconds = time.perf_counter() - started
    quantiles = statistics.quantiles(latencies, n=100)
    return LoadFigures(
        rate=len(latencies) / seconds,
        p50=quantiles[49] * 1000,
        p99=quantiles[98] * 1000,
        refused=refused,
        generator=(time.process_time() - processor) / seconds,
    )


def _connect(address: tuple[str, int]) -> socket.socket:
    connection = socket.create_connection(address)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _exchange(
    idle: list[socket.socket], requests: Iterable[bytes], rate: float | None
) -> Iterator[tuple[float, bool]]:
    """Send each request once it is due and a connection is idle; yield its seconds and whether it was 2xx."""
    selector = selectors.DefaultSelector()
    for connection in idle:
        selector.register(connection, selectors.EVENT_READ)
    started, sent, since = time.perf_counter(), 0, dict[socket.socket, float]()
    waiting = iter(requests)
    following = next(waiting, None)
    while following is not None or since:
        wait = None
        while idle and following is not None:
            now = time.perf_counter()
            due = now if rate is None else started + sent / rate
            if due > now:
                wait = due - now
                break
            connection = idle.pop()
            since[connection] = due
            connection.sendall(following)
            following, sent = next(waiting, None), sent + 1
        for key, _ in selector.select(wait):
            connection = cast("socket.socket", key.fileobj)
            answer = read_answer(connection)
            idle.append(connection)
            yield time.perf_counter() - since.pop(connection), answer.startswith(b"HTTP/1.1 2")


def read_answer(connection: socket.socket) -> bytes:
    """Read one whole answer; some servers send head and body apart."""
    answer = b""
    while (part := connection.recv(65536)) != b"":
        answer += part
        head, separator, body = answer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if separator and (length is None or len(body) >= int(length[1])):
            return answer
    raise ConnectionError("the server closed a connection")
