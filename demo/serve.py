"""Servers of the stand-in: its REST side on its own port, its sender in the background."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from demo.rest import create_rest
from demo.sender import PARALLEL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Blueprint

    from demo.portal import DemoPortal
    from demo.sender import Sender


class _QuietHandler(WSGIRequestHandler):
    """One request per connection, so that no idle client delays the shutdown; no access log."""

    protocol_version = "HTTP/1.0"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002, ARG002
        return


class _Server(ThreadedWSGIServer):
    daemon_threads = False
    block_on_close = True


@contextmanager
def run_portal(
    portal: DemoPortal,
    sender: Sender | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    page: Blueprint | None = None,
) -> Iterator[str]:
    """Serve the portal in a thread and yield its base address. On exit, port and threads are released.

    `page` is the page for people, if any.
    """
    app = create_rest(portal, sender)
    if page is not None:
        app.register_blueprint(page)
    server = _Server(host, port, app, _QuietHandler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.port}"
    finally:
        portal.faults.clear()  # a hanging answer would delay the close, which waits for every handler
        server.shutdown()
        thread.join()


@contextmanager
def run_sender(sender: Sender, *, interval_seconds: float = 0.5) -> Iterator[None]:
    """Flush the sender's queue in a thread every so many seconds, ten at once, until the exit."""
    stopped = threading.Event()

    def deliver() -> None:
        while not stopped.wait(interval_seconds):
            sender.flush(parallel=PARALLEL)

    thread = threading.Thread(target=deliver, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()
