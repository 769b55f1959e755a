"""A server that answers in PostgreSQL's place, and wants a password or says something odd.

It speaks as much of the protocol (PostgreSQL, Frontend/Backend Protocol) as a client needs
to give itself away.
"""

from __future__ import annotations

import socketserver
import struct
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

_TLS, _ENCRYPTION = 80877103, 80877104
CLEARTEXT = b"R" + struct.pack("!ii", 8, 3)


def refuse(sentence: bytes) -> bytes:
    """Return an ErrorResponse with this sentence."""
    fields = b"SFATAL\0VFATAL\0C28000\0M" + sentence + b"\0\0"
    return b"E" + struct.pack("!i", 4 + len(fields)) + fields


class HostilePostgresql:
    """Use as a context manager; `answer` follows a greeting, `heard` is what clients said after it."""

    def __init__(self, answer: bytes) -> None:
        heard: list[bytes] = []

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                while True:
                    size, code = struct.unpack("!ii", self.rfile.read(8))
                    self.rfile.read(size - 8)
                    if code not in {_TLS, _ENCRYPTION}:
                        break
                    self.wfile.write(b"N")
                self.wfile.write(answer)
                heard.append(self.rfile.read1())

        self.heard = heard
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
