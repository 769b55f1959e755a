"""A remote service that never finishes its answer: each byte comes soon enough for a socket's timeout."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import ssl

INTERVAL = 0.01
MAX_BYTES = 3000
"""A client that waits for all of them has failed, and does so in half a minute."""
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
ANSWERS = {
    "headers": (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a"),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a body of a length": (_HEAD + b"Content-Length: 60000\r\n\r\n", b"a"),
    "a body until the end": (_HEAD + b"Connection: close\r\n\r\n", b"a"),
    "a body in chunks": (_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    "the length of a chunk": (_HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;", b"a"),
}
"""How each begins, and what comes again and again."""


class DrippingSender:
    """Use as a context manager; `place` is its host and port."""

    def __init__(self, answer: str, tls: ssl.SSLContext | None = None) -> None:
        self._beginning, self._again = ANSWERS[answer]
        self._tls, self._closing = tls, threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.place = f"127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._closing.set()
        self._thread.join(30)
        self._listener.close()

    def _serve(self) -> None:
        connection, _address = self._listener.accept()
        with connection:
            try:
                secured = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
                with secured:
                    self._answer(secured)
            except OSError:
                return  # the client gave up waiting

    def _answer(self, connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(self._beginning)
        for _ in range(MAX_BYTES):
            if self._closing.wait(INTERVAL):
                return
            connection.sendall(self._again)
