"""A proxy of a company on loopback: CONNECT alone, with a name and a password (RFC 9110, 9.3.6)."""

from __future__ import annotations

import socket
import threading
from base64 import b64encode
from contextlib import contextmanager, suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME, PASSWORD = "company", "pr0xy-password"


class ConnectProxy(ThreadingTCPServer):
    """Connects to this machine, whatever host is asked for; `asked` are the hosts with their ports."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://{NAME}:{PASSWORD}@127.0.0.1:{self.server_address[1]}"


class _Handler(StreamRequestHandler):
    server: ConnectProxy

    def handle(self) -> None:
        method, target, _ = self.rfile.readline().decode().split(" ", 2)
        headers = [line.decode().strip() for line in iter(self.rfile.readline, b"\r\n") if line]
        proof = b64encode(f"{NAME}:{PASSWORD}".encode()).decode()
        if method != "CONNECT":
            self.wfile.write(b"HTTP/1.1 405 Method Not Allowed\r\n\r\n")
        elif f"proxy-authorization: basic {proof}".lower() not in map(str.lower, headers):
            self.wfile.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
        else:
            self.server.asked.append(target)
            self._connect(int(target.rpartition(":")[2]))

    def _connect(self, port: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as far:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pass_on, args=(far, self.connection), daemon=True)
            back.start()
            _pass_on(self.connection, far)
            back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def run_proxy() -> Iterator[ConnectProxy]:
    with ConnectProxy() as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()
