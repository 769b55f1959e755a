"""Answers of remote services, read up to a size and a time: beyond that they count as none."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, Any

import requests
from urllib3 import HTTPResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_ANSWER_BYTES = 1024 * 1024
"""Bytes. The Bot Framework's list of keys has some 30,000; a person of a roster, a few hundred."""

MAX_ANSWER_SECONDS = 30.0
_PIECE = 64 * 1024
_ENCODING_HEADERS = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class AnswerTooLarge(requests.RequestException):
    """The remote service sends more than an answer can need."""


class BoundedAdapter(requests.adapters.HTTPAdapter):
    """Reads an answer fully before returning it. `AnswerTooLarge` counts as no answer, like a timeout."""

    def __init__(self, *, max_bytes: int = MAX_ANSWER_BYTES, parallel: int = 1) -> None:
        super().__init__(pool_maxsize=parallel)
        self._max_bytes = max_bytes

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - as the library calls it
        timeout: Any = None,
        verify: bool | str = True,  # noqa: FBT001, FBT002
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        response = super().send(request, stream, timeout, verify, cert, proxies)
        with response:
            body = _read_bounded(response, self._max_bytes)
        headers = {
            name: each for name, each in response.headers.items() if name.lower() not in _ENCODING_HEADERS
        }
        return self.build_response(
            request,
            HTTPResponse(
                body=io.BytesIO(body),
                headers=headers,
                status=response.status_code,
                reason=response.reason,
                preload_content=False,
            ),
        )


def bound_answers(
    session: requests.Session, *, parallel: int = 1, max_bytes: int = MAX_ANSWER_BYTES
) -> requests.Session:
    """Make a session refuse answers beyond the bounds; return it."""
    adapter = BoundedAdapter(max_bytes=max_bytes, parallel=parallel)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def _read_bounded(response: requests.Response, max_bytes: int) -> bytes:
    deadline = time.monotonic() + MAX_ANSWER_SECONDS
    body = bytearray()
    for chunk in response.iter_content(_PIECE):
        body += chunk
        if len(body) > max_bytes:
            raise AnswerTooLarge(f"more than {max_bytes} bytes")
        if time.monotonic() > deadline:
            raise requests.ReadTimeout(f"more than {MAX_ANSWER_SECONDS:.0f} s")
    return bytes(body)
