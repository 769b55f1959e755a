"""A server that answers with any bytes, whether or not they are HTTP, and keeps what it received."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FILE_HEAD = b"HTTP/1.1 200 OK\r\nContent-Disposition: attachment\r\n"


class OddPortal:
    """Each connection gets one answer, in pieces; use as a context manager."""

    def __init__(self, answer: Callable[[], Iterable[bytes]]) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.left = threading.Event()
        """Set when the test is over; an answer may wait for it."""
        self.requests: list[str] = []
        self.sent = 0
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.left.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # closed
            with connection:
                self._reply(connection)

    def _reply(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(4096)
        self.requests.append(head.decode())
        try:
            for piece in self._answer():
                connection.sendall(piece)
                self.sent += len(piece)
        except OSError:
            return  # the client has hung up
