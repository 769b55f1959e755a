"""Answers of remote services, read up to a size and a time: beyond that they count as none."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, Any

import requests
from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError

from reviews.timed_connections import bound_connections

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_ANSWER_BYTES = 1024 * 1024
"""Bytes. The Bot Framework's list of keys has some 30,000; a person of a roster, a few hundred."""

MAX_ANSWER_SECONDS = 30.0
"""From the request to the last byte of the answer. The timeout of a call is how long there may be silence."""
_PIECE = 64 * 1024
_ENCODING_HEADERS = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class AnswerTooLarge(requests.RequestException):
    """The remote service sends more than an answer can need."""


class SenselessAnswer(requests.RequestException):
    """What comes can't be read as HTTP."""


class BoundedAdapter(requests.adapters.HTTPAdapter):
    """Reads an answer fully before returning it. `AnswerTooLarge` counts as no answer, like a timeout."""

    def __init__(self, *, max_bytes: int, max_seconds: float, parallel: int) -> None:
        super().__init__(pool_maxsize=parallel)
        self._max_bytes, self._max_seconds = max_bytes, max_seconds

    def get_connection_with_tls_context(self, *arguments: Any, **options: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*arguments, **options)
        pool.ConnectionCls = bound_connections(pool.ConnectionCls, self._max_seconds)
        return pool

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - as the library calls it
        timeout: Any = None,
        verify: bool | str = True,  # noqa: FBT001, FBT002
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        until = time.monotonic() + self._max_seconds
        response = super().send(request, stream, timeout, verify, cert, proxies)
        with response:
            body = self._read(response, until)
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

    def _read(self, response: requests.Response, until: float) -> bytes:
        body = bytearray()
        try:
            for chunk in response.iter_content(_PIECE):
                body += chunk
                if len(body) > self._max_bytes:
                    raise AnswerTooLarge(f"more than {self._max_bytes} bytes")
        except requests.ConnectionError:  # also raised where the time is over within the body
            if time.monotonic() < until:
                raise
            raise requests.ReadTimeout(f"more than {self._max_seconds:.0f} s") from None
        return bytes(body)


class BoundedSession(requests.Session):
    """A session that takes no answer beyond the bounds; what it raises is a `requests.RequestException`."""

    def __init__(
        self, *, parallel: int = 1, max_bytes: int = MAX_ANSWER_BYTES, max_seconds: float = MAX_ANSWER_SECONDS
    ) -> None:
        super().__init__()
        self.bound_answers(parallel=parallel, max_bytes=max_bytes, max_seconds=max_seconds)

    def bound_answers(
        self, *, parallel: int = 1, max_bytes: int = MAX_ANSWER_BYTES, max_seconds: float = MAX_ANSWER_SECONDS
    ) -> None:
        """Make the session refuse larger and slower answers."""
        adapter = BoundedAdapter(max_bytes=max_bytes, max_seconds=max_seconds, parallel=parallel)
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Send a request.

        requests lets a plain `ValueError` through, such as that of `Location: http://[::1`, which it reads
        even where no redirect is followed, and urllib3 that of a negative length of a chunk.
        """
        try:
            return super().send(request, **options)
        except requests.RequestException:
            raise
        except (HTTPError, ValueError) as error:
            raise SenselessAnswer(type(error).__name__) from error
