"""A real HTTP server on 127.0.0.1 as a remote service: reads requests, answers, drops connections."""

import json
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

SIGN_SECONDS = 1.0


class Dropped(Exception):
    """Close the connection without a word."""


@dataclass(frozen=True)
class Request:
    """`headers` have lower-case names."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    sign: Callable[[], None] = lambda: None
    """Says that the answer is still to come, so that no client gives up (RFC 9110, 15.2)."""


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


def json_reply(content: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status, json.dumps(content).encode(), headers=headers or {})


class Loopback:
    """A remote service of tests: use as a context manager; `root` is its address.

    Leaving fails when the service itself failed on a request.
    """

    def __init__(self, answer: Callable[[Request], Reply]) -> None:
        self._closing = threading.Event()
        self._server = Server(answer)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.root = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.wait_until_idle(timeout=30)
        self._server.server_close()
        if self._server.crashes and error is None:
            raise AssertionError("\n".join(self._server.crashes))

    def hang(self, seconds: float, *, sign: Callable[[], None] = lambda: None) -> None:
        """Wait so long, or until it is let go or the server closes; give a sign of life each second."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not self._closing.wait(min(left, SIGN_SECONDS)):
            sign()

    def let_go(self) -> None:
        """End every wait, those to come too."""
        self._closing.set()


class Server(ThreadingHTTPServer):
    """Threads are daemons; `wait_until_idle` lets the last ones close their sockets."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, answer: Callable[[Request], Reply]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.crashes: list[str] = []
        self._idle = threading.Condition()
        self._busy = 0

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._idle:
            self._busy += 1
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the base class's
        """Keep the server's own mistakes for the end of the test; a client that went away is none."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            self.crashes.append(traceback.format_exc())

    def wait_until_idle(self, timeout: float) -> None:
        with self._idle:
            self._idle.wait_for(lambda: self._busy == 0, timeout)


class Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = 60  # seconds for a request to arrive

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            reply = self.server.answer(Request(self.command, self.path, headers, body, self._show_life))
        except Dropped:
            return
        try:
            self._send(reply)
        except ConnectionError:
            return  # the client gave up waiting

    do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815 - the base class looks for these names

    def _show_life(self) -> None:
        with suppress(ConnectionError):  # the client gave up waiting
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing: the stand-ins keep their own lists of calls."""
