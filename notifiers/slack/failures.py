"""The meaning of Slack's answers for the next attempt: one table (facts on Slack, 1.2)."""

from __future__ import annotations

import http.client
import re
import urllib.error
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError, SlackClientError

from notifiers.shared.json_members import get_text
from reviews.backoff import parse_retry_after
from reviews.errors import MessageGone, OutcomeUnknown, Permanent, RemoteError, ScopeMissing, TryLater

if TYPE_CHECKING:
    from collections.abc import Iterator

# Slack refuses these blocks: our mistake, or a block that this workspace does not have yet.
BLOCKS_REFUSED_CODES = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long"}
)

_CODE = re.compile("[a-z0-9_]{1,80}")
DEFAULT_RETRY_SECONDS = 1.0  # if Slack asks to slow down and does not say for how long
ACCESS_REFUSED = "Slack refuses the token"
_ACCESS_REFUSED_HINT = f"{ACCESS_REFUSED} ({{error}}): check SLACK_BOT_TOKEN; cards wait until it is fixed"
_SCOPE = "the app lacks {needed}: add it and reinstall the app"
_ERROR_BY_CODE: dict[str, tuple[type[RemoteError], str]] = {
    **dict.fromkeys(
        ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"),
        (TryLater, _ACCESS_REFUSED_HINT),
    ),
    "channel_not_found": (
        Permanent,
        (
            "Slack knows no such channel, or it is private and the bot is not in it: "
            "check the id in the route, or type /invite @docspace-review there"
        ),
    ),
    "not_in_channel": (Permanent, "the bot is not in the channel: type /invite @docspace-review there"),
    "is_archived": (Permanent, "the channel is archived: name another one in the route"),
    "restricted_action": (Permanent, "this workspace restricts who may post there"),
    "message_not_found": (MessageGone, "the card was deleted in Slack"),
    "cant_update_message": (Permanent, "the card was posted by another app"),
    "edit_window_closed": (Permanent, "this workspace no longer lets the card be edited"),
    **dict.fromkeys(
        ("internal_error", "fatal_error", "request_timeout", "service_unavailable"),
        (OutcomeUnknown, "Slack had an internal error ({error})"),
    ),
    "ratelimited": (TryLater, "Slack asks to slow down"),
}


@contextmanager
def translate_errors(method: str) -> Iterator[None]:
    """Turn any error of a call of Slack's API into the product's errors."""
    try:
        yield
    except SlackApiError as error:
        raise _explain_error(method, error) from error
    except (OSError, http.client.HTTPException, SlackClientError) as error:
        raise _explain_no_answer(method, error) from error
    except (AttributeError, LookupError, ValueError, RecursionError) as error:
        # The client expects a JSON object in UTF-8, and fails at any other answer.
        raise OutcomeUnknown(f"{method}: Slack's answer has an unknown format") from error


def get_error_code(error: SlackApiError) -> str:
    return get_text(_get_response_data(error), "error")


def _explain_error(method: str, error: SlackApiError) -> RemoteError:
    code, status = get_error_code(error), getattr(error.response, "status_code", HTTPStatus.OK)
    if status == HTTPStatus.TOO_MANY_REQUESTS or code == "ratelimited":
        return TryLater(f"{method}: Slack asks to slow down", retry_after=_read_retry_after(error))
    if code == "missing_scope":
        scope = get_text(_get_response_data(error), "needed")
        return ScopeMissing(
            f"{method}: {_SCOPE.format(needed=f'the scope {scope}' if scope else 'a scope')}", scope=scope
        )
    if code in _ERROR_BY_CODE:
        kind, text = _ERROR_BY_CODE[code]
        return kind(f"{method}: {text.format(error=code)}")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or not _CODE.fullmatch(code):
        return OutcomeUnknown(f"{method}: Slack answered {status} without saying what happened")
    return Permanent(f"{method}: Slack refuses ({code})")


def _explain_no_answer(method: str, error: Exception) -> RemoteError:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, ConnectionRefusedError) or type(reason).__name__ == "gaierror":
        return TryLater(f"{method}: Slack can't be reached ({type(reason).__name__})")
    return OutcomeUnknown(f"{method}: Slack did not answer ({type(reason).__name__})")


def _read_retry_after(error: SlackApiError) -> float:
    headers = {
        name.lower(): value for name, value in (getattr(error.response, "headers", None) or {}).items()
    }
    return parse_retry_after(str(headers.get("retry-after", "")), default=DEFAULT_RETRY_SECONDS)


def _get_response_data(error: SlackApiError) -> Any:
    return error.response if isinstance(error.response, dict) else getattr(error.response, "data", None)
