"""The one place where HTTP to DocSpace happens."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests

from docspace import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONNECT_SECONDS = 3.05
READ_SECONDS = 10.0  # between two pieces of a response
ANSWER_SECONDS = 30.0  # for the whole response
MAX_ANSWER_BYTES = 4 * 1024 * 1024
"""Bytes. A page of 100 files has 1.2 MB if each text has its maximum length and each sign is escaped."""
MAX_LIST_BYTES = 16 * 1024 * 1024
"""The same for a file's versions, which all come at once, and for logs, whose rows hold whole bodies."""
MAX_PARALLEL_CALLS = 48  # the portal allows 50 at once for one key (facts on DocSpace, 4.1)
MAX_RETRY_AFTER_SECONDS = 3600.0
FULL_WAIT = 2.0  # seconds, if no slot has become free
MAX_REASON_LENGTH = 500
KEY_REFUSED = "DocSpace refuses the API key"
_PIECE = 64 * 1024
_NOT_THE_API = "the answer is not from DocSpace's API: check the host"

# 4xx that means "not now" and not "never".
_RETRYABLE_STATUSES = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.LOCKED, HTTPStatus.TOO_EARLY})


@dataclass(frozen=True, kw_only=True)
class ResponsePage:
    """The `response` and the `total` members of a response; without a total it is 0."""

    response: Any
    total: int


class ConcurrencyLimit:
    """Limit of concurrent calls; it may change while calls run."""

    def __init__(self, limit: int = MAX_PARALLEL_CALLS) -> None:
        self._changed = threading.Condition()
        self._limit = limit
        self._running = 0

    def divide_among(self, processes: int) -> None:
        """Take this process's part of the portal's limit, which applies to all processes together."""
        with self._changed:
            self._limit = max(MAX_PARALLEL_CALLS // max(processes, 1), 1)
            self._changed.notify_all()

    @contextmanager
    def hold_slot(self, *, within: float) -> Iterator[None]:
        """Wait at most so many seconds for a free slot and hold it; `OwnLimitReached` if there is none."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._running < self._limit, timeout=within):
                raise errors.OwnLimitReached(
                    "the portal answers slowly, and takes no more calls at once", after=FULL_WAIT
                )
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify()


class Http:
    """HTTP client with limits on time and size; responses become values or one of `docspace.errors`.

    `permit` is called before each call and returns how many seconds it has to wait: the portal counts the
    calls of all processes that use the key. `share` is how many may be under way at once.
    """

    def __init__(
        self,
        host: str,
        key: str,
        permit: Callable[[], float] = lambda: 0.0,
        share: ConcurrencyLimit | None = None,
        *,
        patience: float = READ_SECONDS,
    ) -> None:
        """`patience` is how many seconds the portal may take to connect, and again to answer."""
        self.date = ""
        """The time of the portal's last response, by its own clock."""
        self._permit = permit
        self._patience = patience
        self._share = share or ConcurrencyLimit()
        self._base = host if "://" in host else f"https://{host}"
        self._session = requests.Session()
        self._session.auth = _Bearer(key)
        self._session.headers["Accept"] = "application/json"
        adapter = requests.adapters.HTTPAdapter(pool_maxsize=MAX_PARALLEL_CALLS)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def get(self, path: str, *, largest: int = MAX_ANSWER_BYTES, **query: str) -> Any:
        """Return the `response` member of a response of at most `largest` bytes; a larger one is an error."""
        return self._ask("GET", path, largest=largest, params=query)

    def get_page(self, path: str, *, largest: int = MAX_ANSWER_BYTES, **query: str) -> ResponsePage:
        """Return a page of a list, with how many rows there are in all, if the portal reports it."""
        answer = self._answer("GET", path, largest=largest, params=query)
        total = answer.get("total")
        return ResponsePage(response=answer["response"], total=total if isinstance(total, int) else 0)

    def put(self, path: str, *, within: float = READ_SECONDS, **sent: Any) -> Any:
        """Send members as JSON. After `errors.Unavailable` the outcome is unknown.

        `within` is how many seconds the portal may take.
        """
        return self._ask("PUT", path, within=within, json=sent)

    def post(self, path: str, *, within: float = READ_SECONDS, **sent: Any) -> Any:
        """Create something in the same way."""
        return self._ask("POST", path, within=within, json=sent)

    def _ask(self, method: str, path: str, **content: Any) -> Any:
        return self._answer(method, path, **content)["response"]

    def _answer(
        self,
        method: str,
        path: str,
        *,
        within: float | None = None,
        largest: int = MAX_ANSWER_BYTES,
        **content: Any,
    ) -> dict[str, Any]:
        wait = self._permit()
        if wait > 0:
            raise errors.OwnLimitReached("the portal's limit on requests is reached", after=wait)
        url = f"{self._base.rstrip('/')}/api/2.0/{path}"
        timeout = (min(CONNECT_SECONDS, self._patience), within or self._patience)
        try:
            with (
                self._share.hold_slot(within=self._patience),
                self._session.request(
                    method, url, timeout=timeout, allow_redirects=False, stream=True, **content
                ) as answer,
            ):
                self.date = answer.headers.get("Date", "")
                _raise_for(answer)
                body = _read(answer, largest)
        except requests.RequestException as error:
            raise errors.Unavailable(f"DocSpace did not answer: {type(error).__name__}") from error
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise errors.Unavailable(_NOT_THE_API) from error
        if not isinstance(answer, dict) or "response" not in answer:
            raise errors.Unavailable(_NOT_THE_API)
        return answer


class _Bearer(requests.auth.AuthBase):
    """The key, set explicitly on each request: otherwise a `.netrc` on the machine would replace it."""

    def __init__(self, key: str) -> None:
        self._header = f"Bearer {key.removeprefix('Bearer ')}"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._header
        return request


def _read(answer: requests.Response, largest: int = MAX_ANSWER_BYTES) -> bytearray:
    """Return the body; a portal that sends too slowly or without an end counts as not answering."""
    deadline = time.monotonic() + ANSWER_SECONDS
    body = bytearray()
    for piece in answer.iter_content(_PIECE):
        body += piece
        if len(body) > largest:
            raise errors.Unavailable(f"DocSpace's answer is too large: more than {largest // 2**20} MiB")
        if time.monotonic() > deadline:
            raise errors.Unavailable(f"DocSpace's answer takes too long: more than {ANSWER_SECONDS:.0f} s")
    return body


def _raise_for(answer: requests.Response) -> None:
    status = answer.status_code
    if status == HTTPStatus.OK:
        return
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise errors.Throttled("DocSpace asks to slow down (429)", after=_seconds(answer))
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
        raise errors.BadRequest(f"DocSpace does not take the request ({status})", reason=_reason(answer))
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        raise errors.ServerFailed(f"DocSpace answered {status}")
    raise errors.Unavailable(f"DocSpace answered {status}")


def _reason(answer: requests.Response) -> str:
    """Return the sentence of a refusal, without the stack that comes with it."""
    try:
        sentence = json.loads(_read(answer))["error"]["message"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return sentence[:MAX_REASON_LENGTH] if isinstance(sentence, str) else ""


def _seconds(answer: requests.Response) -> float:
    """Return `Retry-After` in seconds; a date or an invalid value counts as a minute."""
    text = answer.headers.get("Retry-After", "")
    return min(float(text), MAX_RETRY_AFTER_SECONDS) if text.isascii() and text.isdigit() else 60.0
