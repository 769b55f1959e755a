"""What the answers of Teams mean for the next attempt: one table (facts on Teams, 2.4)."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

import requests

from notifiers.shared.http import retry_after, was_never_sent
from notifiers.shared.members import string
from reviews.errors import FarSideError, Gone, OutcomeUnknown, Permanent, TryLater

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 5.0  # seconds, where Teams asks to slow down and does not say for how long

_CODE = re.compile("[A-Za-z0-9_ ]{1,80}")
_ADD_AGAIN = "add the app to the team again, then `deliveries replay`"
_REFUSED = (
    "Teams does not take the bot's token: check TEAMS_APP_ID, TEAMS_APP_PASSWORD and TEAMS_TENANT_ID; "
    "cards wait until it is mended"
)
_AGAIN = frozenset(
    {
        HTTPStatus.PRECONDITION_FAILED,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
_MEANING: dict[str, tuple[type[FarSideError], str]] = {
    "ActivityNotFoundInConversation": (Gone, "the message was deleted in Teams"),
    "BotDisabledByAdmin": (Permanent, "an administrator of Teams has blocked the app"),
    "BotNotInConversationRoster": (Permanent, f"the bot was removed from the team: {_ADD_AGAIN}"),
    "BotNotRegistered": (Permanent, "no bot is registered under TEAMS_APP_ID: make the Azure Bot resource"),
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
    "MemberNotFoundInConversation": (Permanent, "Teams knows no such person there"),
    "MessageSizeTooBig": (Permanent, "the message is too large for Teams"),
    "MessageWritesBlocked": (Permanent, f"nobody may write there, or the bot was removed: {_ADD_AGAIN}"),
}
_BY_STATUS: dict[int, tuple[type[FarSideError], str]] = {
    HTTPStatus.UNAUTHORIZED: (TryLater, _REFUSED),
    HTTPStatus.NOT_FOUND: _MEANING["ConversationNotFound"],
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _MEANING["MessageSizeTooBig"],
}


def answered(what: str, call: Callable[[], requests.Response]) -> requests.Response:
    """Return an answer that says that it was done, or raise what it means that there is none.

    No address, header or body goes into a message: they may hold what nobody is to read.
    """
    try:
        answer = call()
    except requests.RequestException as error:
        raise _unanswered(what, error) from error
    if HTTPStatus.OK <= answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
        return answer
    raise meaning(what, answer)


def meaning(what: str, answer: requests.Response) -> FarSideError:
    """Return what an answer that is no success means for the next attempt."""
    status, code = answer.status_code, error_code(answer)
    if status in _AGAIN:
        return TryLater(f"{what}: Teams can't do it now ({status})", after=_wish(answer))
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return TryLater(f"{what}: the service address sends the bot elsewhere ({status}), and it does not go")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return OutcomeUnknown(f"{what}: Teams had an error of its own ({status})")
    kind, text = _MEANING.get(code) or _BY_STATUS.get(status) or (Permanent, "Teams refuses")
    return kind(f"{what}: {text} ({code or status})")


def error_code(answer: requests.Response) -> str:
    """Return the name of the error that an answer tells; empty where it tells none."""
    try:
        said = answer.json()
    except (ValueError, RecursionError):
        return ""
    code = string(said, "error", "code") or string(said, "error")
    return code if _CODE.fullmatch(code) else ""


def _unanswered(what: str, error: requests.RequestException) -> FarSideError:
    if was_never_sent(error):
        return TryLater(f"{what}: Teams can't be reached ({type(error).__name__})")
    return OutcomeUnknown(f"{what}: Teams did not answer ({type(error).__name__})")


def _wish(answer: requests.Response) -> float | None:
    """Return the seconds that Teams asks for; a short while where it asks to slow down and names none."""
    slow_down = answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    return retry_after(answer, otherwise=PATIENCE) or (PATIENCE if slow_down else None)
