"""The way of a request to Bolt, which is the same by HTTP and through Socket Mode."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from traceback import walk_tb
from typing import TYPE_CHECKING, Any, TypeVar

from bot.slack import request_checks
from bot.slack.request_checks import RequestRefused
from notifiers.slack.account import CHAT_NAME
from reviews.language import DEFAULT_LANGUAGE, use_language

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviews.people.identification import Directory

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class SlackDispatcher:
    """Checks requests and has them handled in the language of the person who sent them.

    Their language is that of their account, if that is cached; after one of the `outage_errors`, the default.
    `team_id` may be empty: then every workspace is accepted in which the app is installed.
    """

    directory: Directory
    team_id: str
    outage_errors: tuple[type[Exception], ...] = ()

    def dispatch_request(self, payload: Mapping[str, Any], handle: Callable[[], T]) -> T:
        """Return what `handle` returns, which gives the request to Bolt.

        Raises `RequestRefused` for a request that Bolt must not see, or stumbles over. An error of our own
        code is raised as it is: Slack sends an event again.
        """
        request_checks.check_payload(payload, team_id=self.team_id)
        with use_language(self._find_locale(request_checks.get_user(payload))):
            try:
                return handle()
            except (AttributeError, LookupError, TypeError, ValueError) as error:
                if not _is_raised_by_bolt(error):
                    raise
                # Bolt assumes the type of each member before it checks the signature.
                sentence = "The body has members of types that Slack does not send."
                raise RequestRefused(HTTPStatus.BAD_REQUEST, sentence) from None

    def _find_locale(self, user: str) -> str:
        try:
            return self.directory.find_locale(CHAT_NAME, user)
        except self.outage_errors:
            return DEFAULT_LANGUAGE


def _is_raised_by_bolt(error: Exception) -> bool:
    """Return whether an error was raised in Bolt itself, and not in what it calls."""
    modules = [str(frame.f_globals.get("__name__")) for frame, _ in walk_tb(error.__traceback__)]
    return modules[-1].partition(".")[0] == "slack_bolt"
