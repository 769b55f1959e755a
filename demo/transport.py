"""One HTTP exchange as the portal makes it: without extra headers, redirects or a proxy."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True)
class HttpRequest:
    """The request; `verify` requires a valid certificate over https."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    timeout: float = 100
    verify: bool = True


@dataclass(frozen=True)
class HttpAnswer:
    """The response."""

    status: int
    reason: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


Transport = Callable[[HttpRequest], HttpAnswer]
"""One exchange; raises OSError or http.client.HTTPException if there was no answer."""


def exchange(request: HttpRequest) -> HttpAnswer:
    """Make the exchange over a socket. `requests` would add headers that the real sender does not send."""
    parts = urlsplit(request.url)
    connection = _connection(request)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.putrequest(request.method, target, skip_accept_encoding=True)
        for name, value in request.headers.items():
            connection.putheader(name, value)
        if request.method == "POST":
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body or None)
        response = connection.getresponse()
        body = response.read().decode("utf-8", "replace")
        return HttpAnswer(response.status, response.reason, dict(response.getheaders()), body)
    finally:
        connection.close()


def _connection(request: HttpRequest) -> http.client.HTTPConnection:
    parts = urlsplit(request.url)
    host = parts.hostname or ""
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, parts.port, timeout=request.timeout)
    context = ssl.create_default_context()
    if not request.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(host, parts.port, timeout=request.timeout, context=context)
