"""The post through pymsteams, and the meaning of Power Automate's answers for the next attempt: one table.

The errors of the library and of `requests` hold the address, which is a secret, so none of them is passed on
(facts on Teams, 1 and 2.2).
"""

from __future__ import annotations

import re
import time
from http import HTTPStatus
from typing import Any

import requests
from pymsteams import connectorcard
from urllib3.exceptions import HTTPError

from notifiers.shared.http import read_retry_after, skip_netrc_auth, was_never_sent
from reviews.errors import OutcomeUnknown, Permanent, RemoteError, TryLater

CONNECT_TIMEOUT_SECONDS = 10
ANSWER_TIMEOUT_SECONDS = 30.0  # seconds, for a request to slow down that gives no time: its shortest limit's

_HIDDEN_ERROR = re.compile(rb"HTTP error ([45]\d\d)\b")
_MAX_ANSWER_BYTES = 64 * 1024  # how much of an answer is read
_MAKE_ANEW_HINT = "create it again in Teams and put its address there"
_REFUSALS: dict[int, str] = {
    HTTPStatus.BAD_REQUEST: (
        "the workflow rejects the request: check in Power Automate that it is turned on and "
        "begins with 'When a Teams webhook request is received'"
    ),
    HTTPStatus.UNAUTHORIZED: (
        "the workflow asks for a sign-in: let it accept requests from 'Anyone' and copy its whole "
        "address again"
    ),
    HTTPStatus.FORBIDDEN: (
        "the workflow can't be started: check in Power Automate that it is turned on, and ask "
        "your administrator whether a policy forbids it"
    ),
    HTTPStatus.NOT_FOUND: f"there is no such workflow: it was deleted, or its owner left; {_MAKE_ANEW_HINT}",
    HTTPStatus.GONE: f"the workflow is gone: it was deleted, or its owner left; {_MAKE_ANEW_HINT}",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "the card is too large for the workflow",
}


class _Connector(connectorcard):  # type: ignore[misc]  # published without types
    """A card of pymsteams that is never redirected: a redirect would take the link to answer along."""

    def send(self) -> bool:
        self.last_http_response = requests.post(
            self.hookurl,
            json=self.payload,
            timeout=self.http_timeout,
            allow_redirects=False,
            stream=True,
            auth=skip_netrc_auth,
        )
        return bool(self.last_http_response.ok)


def send(setting: str, workflow: str, message: dict[str, Any], *, timeout: float) -> None:
    """Post a message to a workflow's secret address; errors name it by its setting.

    `timeout` is the timeout in seconds. Only the flow's own history shows whether an accepted message was
    posted to the channel.
    """
    connector = _Connector(workflow, http_timeout=timeout)
    connector.payload = message
    deadline = time.monotonic() + timeout
    try:
        connector.send()
        with connector.last_http_response as response:
            status = _read_status(response, deadline)
    except requests.RequestException as error:
        raise _explain_no_answer(setting, error) from None
    except (HTTPError, ValueError) as error:
        raise OutcomeUnknown(f"{setting}: the call failed ({type(error).__name__})") from None
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        raise _explain_status(setting, status, read_retry_after(response, default=ANSWER_TIMEOUT_SECONDS))


def _read_status(response: requests.Response, deadline: float) -> int:
    """Return the status; for a success whose text reports an error, the error's status."""
    if response.status_code >= HTTPStatus.MULTIPLE_CHOICES:
        return response.status_code
    hidden = _HIDDEN_ERROR.search(_read_start(response, deadline))
    return int(hidden[1]) if hidden else response.status_code


def _read_start(response: requests.Response, deadline: float) -> bytes:
    """Return the part of the text that arrives in time: a slow or endless one must delay no other card."""
    text = b""
    while len(text) < _MAX_ANSWER_BYTES and time.monotonic() < deadline:
        chunk = response.raw.read1(_MAX_ANSWER_BYTES, decode_content=True)
        if not chunk:
            break
        text += chunk
    return text


def _explain_status(setting: str, status: int, retry_after: float | None) -> RemoteError:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return TryLater(
            f"{setting}: Power Automate asks to slow down (429)",
            retry_after=retry_after or ANSWER_TIMEOUT_SECONDS,
        )
    if status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.SERVICE_UNAVAILABLE}:
        return TryLater(
            f"{setting}: Power Automate can't take the card now ({status})", retry_after=retry_after
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return OutcomeUnknown(f"{setting}: Power Automate had an internal error ({status})")
    if status < HTTPStatus.BAD_REQUEST:
        return Permanent(f"{setting}: the address redirects ({status}), and redirects are not followed")
    return Permanent(f"{setting}: {_REFUSALS.get(status, 'Power Automate refuses the card')} ({status})")


def _explain_no_answer(setting: str, error: requests.RequestException) -> RemoteError:
    if was_never_sent(error):
        return TryLater(f"{setting}: Power Automate can't be reached ({type(error).__name__})")
    return OutcomeUnknown(f"{setting}: Power Automate did not answer ({type(error).__name__})")
