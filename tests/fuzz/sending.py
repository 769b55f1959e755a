"""Requests as a server hands them to the application, whatever they hold, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from wsgiref.types import WSGIApplication, WSGIEnvironment

SHOWN = 2000
"""Bytes of a body that are shown of a request."""


@dataclass(frozen=True, kw_only=True)
class RawRequest:
    """`path` is as on the wire, with the query; `headers` hold Latin-1 as on the wire.

    `proven` says whether its sender had the secret, or the session, that the door asks for.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    proven: bool = False

    def with_headers(self, more: Mapping[str, str]) -> RawRequest:
        return replace(self, headers={**self.headers, **more})

    def with_body(self, body: bytes, *, proven: bool = False) -> RawRequest:
        return replace(self, body=body, proven=proven)

    def __str__(self) -> str:
        """What is needed to send it again."""
        cut = f" ... of {len(self.body)} bytes" if len(self.body) > SHOWN else ""
        return f"{self.method} {self.path!r}\nheaders {dict(self.headers)!r}\nbody {self.body[:SHOWN]!r}{cut}"


@dataclass(frozen=True, kw_only=True)
class RawAnswer:
    """`headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def send(app: WSGIApplication, request: RawRequest) -> RawAnswer:
    """Return what the application answers; of a stream of events only its beginning."""
    response_start: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Any:
        response_start.update(
            status=int(status[:3]), headers={name.lower(): value for name, value in headers}
        )
        return lambda _written: None

    parts = app(_environ(request), start)
    body = b""
    try:
        for part in parts:
            body += part
            if response_start["headers"].get("content-type", "").startswith("text/event-stream"):
                break
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    return RawAnswer(status=response_start["status"], headers=response_start["headers"], body=body)


def _environ(request: RawRequest) -> WSGIEnvironment:
    path, _, query = request.path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "3000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:3000",
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(request.body),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
    if environ.get("HTTP_TRANSFER_ENCODING") == "chunked":
        environ.pop("CONTENT_LENGTH")
        environ["wsgi.input_terminated"] = True
    return environ
