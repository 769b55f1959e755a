"""The one place where HTTP to DocSpace happens. It is imported by the first connection, with its library."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests

from docspace import errors
from docspace.errors import KEY_REFUSED
from docspace.limits import MAX_ANSWER_BYTES, MAX_PARALLEL_CALLS, READ_SECONDS, ConcurrencyLimit
from reviews.backoff import parse_retry_after

if TYPE_CHECKING:
    from collections.abc import Callable

CONNECT_SECONDS = 3.05
ANSWER_SECONDS = 30.0  # for the whole response
MAX_REASON_LENGTH = 500
_PIECE = 64 * 1024
_NOT_THE_API = "the answer is not from DocSpace's API: check the host"

# 4xx that means "not now" and not "never".
_RETRYABLE_STATUSES = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.LOCKED, HTTPStatus.TOO_EARLY})


@dataclass(frozen=True, kw_only=True)
class ResponsePage:
    """The `response` and the `total` members of a response; without a total it is 0."""

    response: Any
    total: int


class Http:
    """HTTP client with limits on time and size; responses become values or one of `docspace.errors`.

    `take_permit` is called before each call and returns how many seconds it has to wait: the portal counts
    the calls of all processes that use the key. `concurrency_limit` holds back calls while too many are under
    way.
    """

    def __init__(
        self,
        host: str,
        key: str,
        take_permit: Callable[[], float] = lambda: 0.0,
        concurrency_limit: ConcurrencyLimit | None = None,
        *,
        timeout: float = READ_SECONDS,
    ) -> None:
        """`timeout` is how many seconds the portal may take to connect, and again to answer."""
        self.date = ""
        """The time of the portal's last response, by its own clock."""
        self._take_permit = take_permit
        self._timeout = timeout
        self._concurrency_limit = concurrency_limit or ConcurrencyLimit()
        self._base = host if "://" in host else f"https://{host}"
        self._session = requests.Session()
        self._session.auth = _Bearer(key)
        self._session.headers["Accept"] = "application/json"
        adapter = requests.adapters.HTTPAdapter(pool_maxsize=MAX_PARALLEL_CALLS)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def get(self, path: str, *, max_bytes: int = MAX_ANSWER_BYTES, **query: str) -> Any:
        """Return the `response` member of a response of at most `max_bytes`; a larger one is an error."""
        return self._ask("GET", path, max_bytes=max_bytes, params=query)

    def get_page(self, path: str, *, max_bytes: int = MAX_ANSWER_BYTES, **query: str) -> ResponsePage:
        """Return a page of a list, with how many rows there are in all, if the portal reports it."""
        response = self._request_answer("GET", path, max_bytes=max_bytes, params=query)
        total = response.get("total")
        return ResponsePage(response=response["response"], total=total if isinstance(total, int) else 0)

    def put(self, path: str, *, read_timeout: float = READ_SECONDS, **members: Any) -> Any:
        """Send members as JSON. After `errors.Unavailable` the outcome is unknown.

        `read_timeout` is how many seconds the portal may take.
        """
        return self._ask("PUT", path, read_timeout=read_timeout, json=members)

    def post(self, path: str, *, read_timeout: float = READ_SECONDS, **members: Any) -> Any:
        """Create something in the same way."""
        return self._ask("POST", path, read_timeout=read_timeout, json=members)

    def _ask(self, method: str, path: str, **content: Any) -> Any:
        return self._request_answer(method, path, **content)["response"]

    def _request_answer(
        self,
        method: str,
        path: str,
        *,
        read_timeout: float | None = None,
        max_bytes: int = MAX_ANSWER_BYTES,
        **content: Any,
    ) -> dict[str, Any]:
        wait = self._take_permit()
        if wait > 0:
            raise errors.OwnLimitReached("the portal's limit on requests is reached", retry_after=wait)
        url = f"{self._base.rstrip('/')}/api/2.0/{path}"
        timeout = (min(CONNECT_SECONDS, self._timeout), read_timeout or self._timeout)
        try:
            with (
                self._concurrency_limit.hold_slot(timeout=self._timeout),
                self._session.request(
                    method, url, timeout=timeout, allow_redirects=False, stream=True, **content
                ) as response,
            ):
                self.date = response.headers.get("Date", "")
                _raise_for(response)
                body = _read(response, max_bytes)
        except requests.RequestException as error:
            raise errors.Unavailable(f"DocSpace did not answer: {type(error).__name__}") from error
        try:
            response = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise errors.Unavailable(_NOT_THE_API) from error
        if not isinstance(response, dict) or "response" not in response:
            raise errors.Unavailable(_NOT_THE_API)
        return response


class _Bearer(requests.auth.AuthBase):
    """The key, set explicitly on each request: otherwise a `.netrc` on the machine would replace it."""

    def __init__(self, key: str) -> None:
        self._header = f"Bearer {key.removeprefix('Bearer ')}"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._header
        return request


def _read(response: requests.Response, max_bytes: int = MAX_ANSWER_BYTES) -> bytearray:
    """Return the body; a portal that sends too slowly or without an end counts as not answering."""
    deadline = time.monotonic() + ANSWER_SECONDS
    body = bytearray()
    for chunk in response.iter_content(_PIECE):
        body += chunk
        if len(body) > max_bytes:
            raise errors.Unavailable(f"DocSpace's answer is too large: more than {max_bytes // 2**20} MiB")
        if time.monotonic() > deadline:
            raise errors.Unavailable(f"DocSpace's answer takes too long: more than {ANSWER_SECONDS:.0f} s")
    return body


def _raise_for(response: requests.Response) -> None:
    status = response.status_code
    if status == HTTPStatus.OK:
        return
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise errors.Throttled("DocSpace asks to slow down (429)", retry_after=_read_retry_seconds(response))
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED}:
        raise errors.KeyRefused(f"{KEY_REFUSED} ({status}): check DOCSPACE_API_KEY")
    if status == HTTPStatus.FORBIDDEN:
        raise errors.Forbidden("the API key's user may not see this (403)")
    if status == HTTPStatus.NOT_FOUND:
        raise errors.NotFound("DocSpace does not know this (404)")
    if (
        HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        and status not in _RETRYABLE_STATUSES
    ):
        raise errors.BadRequest(
            f"DocSpace does not take the request ({status})", reason=_read_reason(response)
        )
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        raise errors.ServerFailed(f"DocSpace answered {status}")
    raise errors.Unavailable(f"DocSpace answered {status}")


def _read_reason(response: requests.Response) -> str:
    """Return the sentence of a refusal, without the stack that comes with it."""
    try:
        sentence = json.loads(_read(response))["error"]["message"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return sentence[:MAX_REASON_LENGTH] if isinstance(sentence, str) else ""


def _read_retry_seconds(response: requests.Response) -> float:
    """Return `Retry-After` in seconds; a date or an invalid value counts as a minute."""
    return parse_retry_after(response.headers.get("Retry-After", ""), default=60.0)
