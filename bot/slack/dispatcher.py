"""The way of a request to Bolt, which is the same by HTTP and through Socket Mode."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
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

        Raises `RequestRefused` for a request that Bolt must not see, or stumbles over.
        """
        request_checks.check_payload(payload, team_id=self.team_id)
        try:
            with use_language(self._find_locale(request_checks.get_user(payload))):
                return handle()
        except (AttributeError, LookupError, TypeError, ValueError):
            # Bolt assumes the type of each member before it checks the signature.
            sentence = "The body has members of types that Slack does not send."
            raise RequestRefused(HTTPStatus.BAD_REQUEST, sentence) from None

    def _find_locale(self, user: str) -> str:
        try:
            return self.directory.find_locale(CHAT_NAME, user)
        except self.outage_errors:
            return DEFAULT_LANGUAGE
