"""The one place where HTTP to DocSpace happens."""

from __future__ import annotations

import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests

from docspace import errors

if TYPE_CHECKING:
    from collections.abc import Callable

CONNECT_SECONDS = 3.05
READ_SECONDS = 10.0
PARALLEL = 8
LONGEST_WAIT = 3600.0


class Http:
    """Authorised GET requests with time limits; answers become values or one of `docspace.errors`.

    `permit` is asked before each call and returns how many seconds it has to wait: the portal counts the
    calls of all processes that use the key. `PARALLEL` calls at once leave room for five more workers.
    """

    def __init__(self, host: str, key: str, permit: Callable[[], float] = lambda: 0.0) -> None:
        self._permit = permit
        self._parallel = threading.BoundedSemaphore(PARALLEL)
        self._base = host if "://" in host else f"https://{host}"
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {key.removeprefix('Bearer ')}"
        self._session.headers["Accept"] = "application/json"
        adapter = requests.adapters.HTTPAdapter(pool_maxsize=32)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def get(self, path: str, **query: str) -> Any:
        """Return the `response` member of the answer."""
        wait = self._permit()
        if wait > 0:
            raise errors.NotYet("the portal's limit on requests is reached", after=wait)
        url = f"{self._base.rstrip('/')}/api/2.0/{path}"
        try:
            with self._parallel:
                answer = self._session.get(
                    url, params=query, timeout=(CONNECT_SECONDS, READ_SECONDS), allow_redirects=False
                )
        except requests.RequestException as error:
            raise errors.Unavailable(f"DocSpace did not answer: {type(error).__name__}") from error
        _raise_for(answer)
        try:
            return answer.json()["response"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise errors.Unavailable(
                "DocSpace answered something that is not its API: check the host"
            ) from error


def _raise_for(answer: requests.Response) -> None:
    status = answer.status_code
    if status == HTTPStatus.OK:
        return
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise errors.Throttled("DocSpace asks to slow down (429)", after=_seconds(answer))
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED}:
        raise errors.KeyRefused(f"DocSpace refuses the API key ({status}): check DOCSPACE_API_KEY")
    if status == HTTPStatus.FORBIDDEN:
        raise errors.Forbidden("the API key's user may not see this (403)")
    if status == HTTPStatus.NOT_FOUND:
        raise errors.NotFound("DocSpace does not know this (404)")
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        raise errors.BadRequest(f"DocSpace does not take the request ({status})")
    raise errors.Unavailable(f"DocSpace answered {status}")


def _seconds(answer: requests.Response) -> float:
    """Return `Retry-After` in seconds; a date or nonsense counts as a minute."""
    text = answer.headers.get("Retry-After", "")
    return min(float(text), LONGEST_WAIT) if text.isascii() and text.isdigit() else 60.0
