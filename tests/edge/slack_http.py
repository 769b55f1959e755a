"""The HTTP face of the fake Slack: reads requests as slack_sdk sends them, answers, drops connections."""

import json
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.edge.slack_state import Json, Refused

_JSON_ARGUMENTS = ("blocks", "metadata", "view", "attachments")


class Dropped(Exception):
    """Close the connection without a word."""


@dataclass(frozen=True)
class Request:
    """`headers` have lower-case names."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


def json_reply(content: Json, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status, json.dumps(content).encode(), headers=headers or {})


def arguments(request: Request) -> dict[str, Any]:
    """Read form, query and JSON arguments alike; what a form carries as a JSON string is decoded."""
    given: dict[str, Any] = dict(parse_qsl(urlsplit(request.path).query, keep_blank_values=True))
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "application/json":
        body = _decoded(request.body, "invalid_json")
        if not isinstance(body, dict):
            raise Refused("json_not_object")
        given |= body
    elif kind == "application/x-www-form-urlencoded":
        given |= parse_qsl(request.body.decode(), keep_blank_values=True)
    elif request.body:
        raise Refused("invalid_post_type")
    for name in _JSON_ARGUMENTS:
        if isinstance(given.get(name), str):
            given[name] = _decoded(
                given[name], "invalid_blocks_format" if name == "blocks" else "invalid_json"
            )
    return given


def _decoded(text: str | bytes, error: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as cause:
        raise Refused(error) from cause


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
        """Keep the fake's own mistakes for the end of the test; a client that went away is none."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            self.crashes.append(traceback.format_exc())

    def wait_until_idle(self, timeout: float) -> None:
        with self._idle:
            self._idle.wait_for(lambda: self._busy == 0, timeout)


class Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = 5

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            reply = self.server.answer(
                Request(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            )
        except Dropped:
            return
        try:
            self._send(reply)
        except ConnectionError:
            return  # the client gave up waiting

    do_GET = do_POST  # noqa: N815 - the base class looks for this name

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing: the fake keeps its own list of calls."""
