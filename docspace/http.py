"""The one place where HTTP to DocSpace happens. It is imported by the first connection, with its library."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any

import requests
from urllib3.exceptions import HTTPError

from docspace import errors
from docspace.answers import raise_for_status, read_body
from docspace.destinations import RedirectAdapter, TimedAdapter
from docspace.downloads import HEADERS, DownloadLimits, download, read_origin
from docspace.limits import (
    DOWNLOAD_SECONDS,
    MAX_ANSWER_BYTES,
    MAX_PARALLEL_CALLS,
    READ_SECONDS,
    ConcurrencyLimit,
)

if TYPE_CHECKING:
    from collections.abc import Callable

CONNECT_SECONDS = 3.05
_OUTAGES = (requests.RequestException, HTTPError, ValueError)
"""requests reads where a redirect leads to, and raises ValueError for what is no address."""
_NOT_THE_API = "the answer is not from DocSpace's API: check the host"


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
        answer_seconds: float = DOWNLOAD_SECONDS,
    ) -> None:
        """`timeout` is how many seconds the portal may take to connect, and again to go on with an answer.

        `answer_seconds` are for any answer as a whole, from the end of the request on.

        Without a `key`, only the few calls work that DocSpace answers to everyone.
        """
        self.date = ""
        """The time of the portal's last response, by its own clock."""
        self._take_permit = take_permit
        self._timeout = timeout
        self._concurrency_limit = concurrency_limit or ConcurrencyLimit()
        self._base = (host if "://" in host else f"https://{host}").rstrip("/")
        self._session = requests.Session()
        self._session.auth = _Bearer(key) if key else _send_no_key
        self._session.headers["Accept"] = "application/json"
        self._keyless_session = requests.Session()
        self._keyless_session.auth = _send_no_key
        self._keyless_session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        redirects = RedirectAdapter(read_origin(self._base).host, answer_seconds)
        for scheme in ("http://", "https://"):
            self._keyless_session.mount(scheme, redirects)
        adapter = TimedAdapter(answer_seconds, pool_maxsize=MAX_PARALLEL_CALLS)
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

    def get_bytes(
        self,
        path: str,
        *,
        max_bytes: int,
        seconds: float = DOWNLOAD_SECONDS,
        size: int | None = None,
        **query: str,
    ) -> bytes:
        """Return a file that the portal sends outside of its API (facts on DocSpace, 10.7).

        Raises FileTooLarge beyond `max_bytes`. `seconds` are for the whole file, with up to three redirects.
        The key goes to the portal's own address only. `size` is that of the file, where it is known.
        """
        limits = DownloadLimits(max_bytes=max_bytes, seconds=seconds, size=size)
        # While it waits for its first permit, it holds no slot, and the time of the file does not run.
        self._check_permit()
        has_permit = True

        def request(url: str, *, with_key: bool) -> requests.Response:
            nonlocal has_permit
            if with_key and not has_permit:
                self._check_permit()
            has_permit = False
            return self._request_file(url, with_key=with_key)

        try:
            url = requests.Request("GET", f"{self._base}/{path}", params=query).prepare().url or ""
            with self._concurrency_limit.hold_slot(timeout=self._timeout):
                return download(url, request, limits)
        except _OUTAGES as error:  # its text has the address in it, which may be signed
            raise _describe_outage(error) from None

    def _request_file(self, url: str, *, with_key: bool) -> requests.Response:
        session = self._session if with_key else self._keyless_session
        return session.get(url, headers=HEADERS, timeout=self._timeouts(), allow_redirects=False, stream=True)

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
        self._check_permit()
        url, timeouts = f"{self._base}/api/2.0/{path}", self._timeouts(read_timeout)
        try:
            with (
                self._concurrency_limit.hold_slot(timeout=self._timeout),
                self._session.request(
                    method, url, timeout=timeouts, allow_redirects=False, stream=True, **content
                ) as answer,
            ):
                self.date = answer.headers.get("Date", "")
                raise_for_status(answer)
                body = read_body(answer, max_bytes=max_bytes)
        except _OUTAGES as error:
            raise _describe_outage(error) from error
        try:
            response = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise errors.NotTheApi(_NOT_THE_API) from error
        if not isinstance(response, dict) or "response" not in response:
            raise errors.NotTheApi(_NOT_THE_API)
        return response

    def _check_permit(self) -> None:
        wait = self._take_permit()
        if wait > 0:
            raise errors.OwnLimitReached("the portal's limit on requests is reached", retry_after=wait)

    def _timeouts(self, read_timeout: float | None = None) -> tuple[float, float]:
        """Return how many seconds it may take to connect, and then until the next piece of the answer."""
        return min(CONNECT_SECONDS, self._timeout), read_timeout or self._timeout


class _Bearer(requests.auth.AuthBase):
    """The key, set explicitly on each request: otherwise a `.netrc` on the machine would replace it."""

    def __init__(self, key: str) -> None:
        self._header = f"Bearer {key.removeprefix('Bearer ')}"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._header
        return request


def _send_no_key(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Add nothing; set explicitly, as a `.netrc` on the machine would add something otherwise."""
    return request


def _describe_outage(error: Exception) -> errors.Unavailable:
    return errors.Unavailable(f"DocSpace did not answer: {type(error).__name__}")
