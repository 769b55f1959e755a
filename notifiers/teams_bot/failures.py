"""The meaning of Teams' answers for the next attempt: one table (facts on Teams, 2.4)."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

import requests

from notifiers.shared.http import read_retry_after, was_never_sent
from notifiers.shared.json_members import get_text
from reviews.errors import MessageGone, OutcomeUnknown, Permanent, RemoteError, TryLater

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_RETRY_SECONDS = 5.0  # seconds, if Teams asks to slow down and does not say for how long

_CODE = re.compile("[A-Za-z0-9_ ]{1,80}")
_ADD_AGAIN = "add the app to the team again, then `deliveries replay`"
_ACCESS_REFUSED_HINT = (
    "Teams rejects the bot's token: check TEAMS_APP_ID, TEAMS_APP_PASSWORD and "
    "TEAMS_TENANT_ID; cards wait until it is fixed"
)
_RETRY_STATUSES = frozenset(
    {
        HTTPStatus.PRECONDITION_FAILED,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
_ERROR_BY_CODE: dict[str, tuple[type[RemoteError], str]] = {
    "ActivityNotFoundInConversation": (MessageGone, "the message was deleted in Teams"),
    "BotDisabledByAdmin": (Permanent, "an administrator of Teams has blocked the app"),
    "BotNotInConversationRoster": (Permanent, f"the bot was removed from the team: {_ADD_AGAIN}"),
    "BotNotRegistered": (Permanent, "no bot is registered under TEAMS_APP_ID: create the Azure Bot resource"),
    "ConversationBlockedByUser": (Permanent, "the bot is blocked in this conversation"),
    "ConversationNotFound": (
        Permanent,
        f"Teams knows no such channel, or the bot is not in its team: check the route, {_ADD_AGAIN}",
    ),
    "ForbiddenOperationException": (Permanent, f"the app is not installed there: {_ADD_AGAIN}"),
    "InvalidBotApiHost": (
        Permanent,
        f"the tenant belongs to another cloud than the stored service address: {_ADD_AGAIN}",
    ),
    "MemberNotFoundInConversation": (Permanent, "Teams has no such person there"),
    "MessageSizeTooBig": (Permanent, "the message is too large for Teams"),
    "MessageWritesBlocked": (Permanent, f"no one may write there, or the bot was removed: {_ADD_AGAIN}"),
}
_ERROR_BY_STATUS: dict[int, tuple[type[RemoteError], str]] = {
    HTTPStatus.UNAUTHORIZED: (TryLater, _ACCESS_REFUSED_HINT),
    HTTPStatus.NOT_FOUND: _ERROR_BY_CODE["ConversationNotFound"],
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _ERROR_BY_CODE["MessageSizeTooBig"],
}


def check_answer(operation: str, call: Callable[[], requests.Response]) -> requests.Response:
    """Return an answer that reports success, or raise the error for its absence.

    No address, header or body goes into a message: they may hold what must not be read.
    """
    try:
        response = call()
    except requests.RequestException as error:
        raise _explain_no_answer(operation, error) from error
    if HTTPStatus.OK <= response.status_code < HTTPStatus.MULTIPLE_CHOICES:
        return response
    raise explain_answer(operation, response)


def explain_answer(operation: str, response: requests.Response) -> RemoteError:
    """Return the error for the next attempt, for an answer that is no success."""
    status, code = response.status_code, get_error_code(response)
    if status in _RETRY_STATUSES:
        return TryLater(
            f"{operation}: Teams can't do it now ({status})", retry_after=_read_retry_after(response)
        )
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return TryLater(
            f"{operation}: the service address redirects ({status}), and redirects are not followed"
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return OutcomeUnknown(f"{operation}: Teams had an internal error ({status})")
    kind, text = _ERROR_BY_CODE.get(code) or _ERROR_BY_STATUS.get(status) or (Permanent, "Teams refuses")
    return kind(f"{operation}: {text} ({code or status})")


def get_error_code(response: requests.Response) -> str:
    """Return the name of the error in an answer; empty if there is none."""
    try:
        content = response.json()
    except (ValueError, RecursionError):
        return ""
    code = get_text(content, "error", "code") or get_text(content, "error")
    return code if _CODE.fullmatch(code) else ""


def _explain_no_answer(operation: str, error: requests.RequestException) -> RemoteError:
    if was_never_sent(error):
        return TryLater(f"{operation}: Teams can't be reached ({type(error).__name__})")
    return OutcomeUnknown(f"{operation}: Teams did not answer ({type(error).__name__})")


def _read_retry_after(response: requests.Response) -> float | None:
    """Return the seconds that Teams asks for; a short while if it asks to slow down and names none."""
    slow_down = response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    return read_retry_after(response, default=DEFAULT_RETRY_SECONDS) or (
        DEFAULT_RETRY_SECONDS if slow_down else None
    )
