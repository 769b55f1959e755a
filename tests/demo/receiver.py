"""A real HTTP server on loopback that takes deliveries and answers as told."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes


class Receiver:
    """Answers each request with the next of `statuses`, then 200; a status of 0 closes the connection."""

    def __init__(self) -> None:
        self.url = ""
        self.statuses: list[int] = []
        self.received: list[Received] = []
        self.posted = threading.Event()
        self._lock = threading.Lock()

    @property
    def posts(self) -> list[Received]:
        return [each for each in self.received if each.method == "POST"]

    @property
    def bodies(self) -> list[Any]:
        """What was posted, read as JSON."""
        return [json.loads(post.body) for post in self.posts]

    def note(self, received: Received) -> int:
        with self._lock:
            self.received.append(received)
            if received.method == "POST":
                self.posted.set()
            return self.statuses.pop(0) if self.statuses else 200


@contextmanager
def listening() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            status = receiver.note(Received(self.command, self.path, self.headers.items(), body))
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", receiver.url + "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_HEAD = do_POST = do_GET = _answer  # noqa: N815 - the names http.server looks for

        def log_message(self, *_args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
