"""The server's side of the application: a body is read before a thread is taken, and with a deadline.

A WSGI server takes a thread for each request at once, so as many slow senders as there are threads stop it.
Granian's RSGI reads without a thread, and its read can be cancelled.
"""

from __future__ import annotations

import asyncio
import io
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from granian.rsgi import ProtocolClosed, ProtocolError

from runtime.web.body_limits import BODY_SECONDS, get_body_limit
from runtime.web.front import SECURITY_HEADERS, is_delivery
from runtime.web.shared_timeout import SharedTimeout

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from wsgiref.types import WSGIApplication, WSGIEnvironment

    from granian._granian import RSGIHTTPStreamTransport
    from granian.rsgi import HTTPProtocol, Scope

    from webhook.receiver import Receiver

    Headers = list[tuple[str, str]]

THREADS = 16
SMALL_BODY = 64 * 1024  # bytes; a body up to this size takes no slot
LARGE_BODIES = 32
"""Larger bodies in memory at once; the next one is read on after an earlier one was answered.

The server accepts 1,024 connections, and a signature of the right form needs no secret.
"""
STREAM_SECONDS = 10.0  # seconds to hand one piece of a stream to the server
TOO_SLOW = f"The body did not arrive within {BODY_SECONDS:.0f} seconds.\n"
_PLAIN = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}

log = structlog.get_logger()


class RsgiServer:
    """Adapter that runs requests of a WSGI application in threads, each with its whole body.

    A delivery of DocSpace takes no thread at all: it is the hot path, and continues if every thread is busy.
    """

    def __init__(
        self, app: WSGIApplication, receiver: Receiver | None, *, seconds: float = BODY_SECONDS
    ) -> None:
        self._app = app
        self._receiver = receiver
        self._body_timeout = SharedTimeout(seconds)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")
        self._large = asyncio.Semaphore(LARGE_BODIES)

    async def serve(self, scope: Scope, exchange: HTTPProtocol) -> None:
        environ = build_environ(scope)
        max_bytes = get_body_limit(environ, now=time.time())
        if not max_bytes:
            await self._answer_in_thread(environ, exchange)
        elif int(environ.get("CONTENT_LENGTH", SMALL_BODY + 1)) <= SMALL_BODY:
            await self._answer_with_body(environ, exchange, exchange)
        else:
            async with AsyncExitStack() as stack:
                read = partial(self._read_large_body, exchange, max_bytes, stack)
                await self._answer_with_body(environ, exchange, read)

    async def _answer_with_body(
        self, environ: WSGIEnvironment, exchange: HTTPProtocol, read: Callable[[], Awaitable[bytes]]
    ) -> None:
        try:
            with self._body_timeout.limit():
                body = await read()
        except TimeoutError:
            log.info("body_too_slow", path=environ["PATH_INFO"])
            headers = [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close")]
            exchange.response_bytes(408, headers + SECURITY_HEADERS, TOO_SLOW.encode())
            return
        except (ProtocolClosed, ProtocolError):
            return  # the sender hung up
        environ["wsgi.input"] = io.BytesIO(body)
        if self._receiver is not None and is_delivery(environ):
            answer = await self._receiver.answer_in_loop(environ)
            exchange.response_bytes(answer.status, [*answer.headers, *SECURITY_HEADERS], answer.body)
            return
        await self._answer_in_thread(environ, exchange)

    async def _answer_in_thread(self, environ: WSGIEnvironment, exchange: HTTPProtocol) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._threads, self._answer, environ, exchange, loop)

    async def _read_large_body(self, exchange: HTTPProtocol, max_bytes: int, stack: AsyncExitStack) -> bytes:
        """Return the body; one without a length is read until it is too large.

        It takes a slot once so much of it has come, and holds it in `stack`.
        """
        body, is_large = bytearray(), False
        async for chunk in exchange:
            body += chunk
            if len(body) > max_bytes:
                break
            if len(body) > SMALL_BODY and not is_large:
                is_large = True
                await stack.enter_async_context(self._large)
        return bytes(body)

    def _answer(
        self, environ: WSGIEnvironment, exchange: HTTPProtocol, loop: asyncio.AbstractEventLoop
    ) -> None:
        status, headers = 500, []

        def start_response(line: str, response_headers: Headers, _error: object = None) -> Any:
            nonlocal status, headers
            status, headers = int(line[:3]), response_headers

        chunks = self._app(environ, start_response)
        try:
            if any(name.lower() == "content-length" for name, _ in headers):
                exchange.response_bytes(status, headers, b"".join(chunks))
            else:
                _send(exchange.response_stream(status, headers), chunks, loop)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()


def build_environ(scope: Scope) -> WSGIEnvironment:
    """Return a request as a WSGI environment (PEP 3333), without a body yet."""
    host, _, port = scope.server.rpartition(":")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode().decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        if "_" in name:
            continue  # it would pass for the header with a hyphen
        key = _PLAIN.get(name) or f"HTTP_{name.upper().replace('-', '_')}"
        mark = ";" if name == "cookie" else ","
        environ[key] = f"{environ[key]}{mark}{value}" if key in environ else value
    return environ


def _send(stream: RSGIHTTPStreamTransport, chunks: Iterable[bytes], loop: asyncio.AbstractEventLoop) -> None:
    """Send piece by piece, until the reader disconnects."""

    async def send(chunk: bytes) -> None:
        await stream.send_bytes(chunk)

    for chunk in chunks:
        try:
            asyncio.run_coroutine_threadsafe(send(chunk), loop).result(STREAM_SECONDS)
        except (ProtocolClosed, TimeoutError):
            return
