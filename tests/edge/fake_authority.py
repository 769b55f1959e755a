"""A timestamping authority on loopback, as strict as RFC 3161 and the real ones, with `openssl` behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.edge.authority_certificates import AuthorityCertificates
from tests.edge.loopback import Reply, Request
from tests.edge.loopback_service import LoopbackService
from tests.edge.openssl import make_response
from tests.reviews.samples import START

if TYPE_CHECKING:
    from datetime import datetime

    from tests.edge.authority_certificates import SigningPair

QUERY_TYPE, REPLY_TYPE = "application/timestamp-query", "application/timestamp-reply"
MAX_QUERY_BYTES = 4096


@cache
def certify_authority(name: str = "Example") -> AuthorityCertificates:
    """Return the certificates of an authority, made once in a process."""
    return AuthorityCertificates(name)


def build_rejection(status: int, text: str = "") -> bytes:
    """Return an answer without a timestamp (RFC 3161, 2.4.2, and RFC 4210, 5.2.3 for its status)."""
    words = text.encode()
    strings = _element(0x30, _element(0x0C, words)) if words else b""
    return _element(0x30, _element(0x30, _element(0x02, bytes((status,))) + strings))


def set_status(response: bytes, status: int) -> bytes:
    """Return the answer with another status, which is not signed."""
    granted = bytes.fromhex("3003020100")
    return response.replace(granted, granted[:-1] + bytes((status,)), 1)


def set_version(certificates: bytes, version: int) -> bytes:
    """Return DER with another version in its first certificate (X.509; 2 means v3)."""
    third = bytes.fromhex("a003020102")
    assert third in certificates
    return certificates.replace(third, third[:-1] + bytes((version,)), 1)


@dataclass(eq=False)
class FakeAuthority(LoopbackService):
    """Timestamps what it is asked for.

    `time` is its clock, and `digits` how many of a fraction of a second it has. Its own answers have the
    certificate of `more` too.
    """

    certificates: AuthorityCertificates = field(default_factory=certify_authority)
    time: datetime = START
    digits: int = 0
    more: Path | None = None

    def __post_init__(self) -> None:
        self.pair: SigningPair = self.certificates.valid

    @property
    def url(self) -> str:
        return f"{self.root}/tsr"

    def reply_strictly(self, request: Request) -> Reply:
        if (request.method, request.path) != ("POST", "/tsr"):
            return Reply(404, b"", content_type="text/plain")
        if request.headers.get("content-type") != QUERY_TYPE:
            return Reply(415, b"", content_type="text/plain")  # RFC 3161, 3.4
        if len(request.body) > MAX_QUERY_BYTES:
            return Reply(413, b"", content_type="text/plain")
        return Reply(200, self.timestamp(request.body), content_type=REPLY_TYPE)

    def timestamp(self, query: bytes) -> bytes:
        """Return the answer to a request, which echoes its nonce, or says that it can't be read."""
        if not query.startswith(b"\x30"):
            return build_rejection(2, "bad request")
        with TemporaryDirectory() as folder:
            return make_response(
                query, self.pair, Path(folder), time=self.time, digits=self.digits, more=self.more
            )


def _element(tag: int, content: bytes) -> bytes:
    length = len(content)
    return bytes((tag, length) if length < 0x80 else (tag, 0x82, *length.to_bytes(2))) + content
