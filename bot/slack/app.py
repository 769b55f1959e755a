"""Bolt behind one Flask route: built without a call to Slack, and never without a signing secret."""

from __future__ import annotations

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog
from flask import Blueprint, Response, make_response, request
from slack_bolt import App
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult
from werkzeug.exceptions import RequestEntityTooLarge

from bot.slack import request_checks
from bot.slack.actions import SlackClicks
from bot.slack.canary import SlackCanaryClicks
from bot.slack.command import ACKNOWLEDGE_AFTER_SECONDS, SlackCommand
from bot.slack.forms import Forms
from bot.slack.menu import SlackMenuClicks
from bot.slack.reactions import Reactions
from bot.slack.replies import SlackReplies
from bot.slack.request_reader import SlackRequestReader
from bot.slack.shortcut import Shortcut
from notifiers.slack.people import SlackOwners as Owners
from reviews.language import DEFAULT_LANGUAGE, use_language

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt.context import BoltContext
    from slack_sdk import WebClient

    from bot.slack.home import Home
    from bot.use_cases import UseCases


class _Listeners(ThreadPoolExecutor):
    """Threads in which the language is spoken that was spoken where the work was handed over."""

    def submit(self, task: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        return super().submit(copy_context().run, task, *args, **more)


APP_NAME = "docspace-review"  # Bolt would otherwise look through the source of all that is being called
LISTENER_THREADS = 32  # threads; with Bolt's five, the sixth click waits for the first

log = structlog.get_logger()


def build_bolt(  # noqa: PLR0913 - the composition of one door: each is a part of it
    *,
    client: WebClient,
    signing_secret: str,
    command_name: str,
    use_cases: UseCases,
    home: Home,
    team_id: str = "",
    outages: tuple[type[Exception], ...] = (),
    acknowledged_after: float = ACKNOWLEDGE_AFTER_SECONDS,
) -> App:
    """Return the Bolt app with its listeners.

    Everything is passed in by hand: Bolt would otherwise read settings of its own from the environment, and
    ask Slack who we are. `home` knows the workspace and has a client with little patience. `outages` are
    errors after which Slack is answered 503; `acknowledged_after` are the seconds that a command's answer may
    take before it comes by itself.
    """
    if not signing_secret:
        raise ValueError("SLACK_SIGNING_SECRET is empty")

    def authorize(context: BoltContext) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=context.team_id, bot_token=client.token)

    listeners = _Listeners(LISTENER_THREADS, thread_name_prefix="slack-listener")
    bolt = App(
        name=APP_NAME,
        client=client,
        signing_secret=signing_secret,
        authorize=authorize,
        logger=_make_error_logger(),
        listener_executor=listeners,
    )
    home, owners = replace(home, later=listeners.submit), Owners(client, use_cases.directory)
    home.register(bolt)
    people = home.people
    wishes, replies = SlackRequestReader(people, home=home), SlackReplies(client, home)
    told = replace(use_cases.answers, told=home.redraw_after_answer)
    clicks = SlackClicks(told, wishes, replies=replies, owners=owners, outages=outages)
    clicks.register(bolt)
    SlackMenuClicks(use_cases.menu, told, wishes, replies=replies).register(bolt)
    Forms(told, use_cases.hand_over, wishes).register(bolt)
    Reactions(told, wishes, replies=replies).register(bolt)
    SlackCanaryClicks(use_cases.canaries, replies=replies).register(bolt)
    Shortcut(clicks, replies=replies, answers=told).register(bolt)
    SlackCommand(
        name=command_name,
        commands=use_cases.commands,
        people=people,
        replies=replies,
        team_id=team_id,
        acknowledged_after=acknowledged_after,
    ).register(bolt)
    return bolt


def slack_blueprint(
    bolt: App, *, team_id: str, locale_of: Callable[[str], str] = lambda _user: DEFAULT_LANGUAGE
) -> Blueprint:
    """Return the one route that serves events, clicks and commands alike.

    Everybody is answered in the language of their account: `locale_of` tells it as far as it is known.
    `team_id` may be empty: then every workspace that this app's secret signs for is ours.
    """
    blueprint = Blueprint("slack", __name__)
    handler = SlackRequestHandler(bolt)

    @blueprint.post("/slack/events")
    def events() -> Response:
        refusal = _check_headers()
        if refusal:
            return _refuse(*refusal)
        request.max_content_length = request_checks.MAX_BODY_BYTES + 1
        try:
            body = request.get_data()
        except RequestEntityTooLarge:
            return _refuse(413, "The body is too large.")
        refusal = _check_body(body, team_id)
        if refusal:
            return _refuse(*refusal)
        said = request_checks.parse_request(body, request.content_type or "") or {}
        try:
            with use_language(locale_of(request_checks.get_user(said))):
                return make_response(handler.handle(request))
        except (AttributeError, LookupError, TypeError, ValueError):
            # Bolt takes the type of each member for granted, before it looks at the signature.
            return _refuse(400, "The body has members of types that Slack does not send.")

    return blueprint


def _make_error_logger() -> logging.Logger:
    """Return a logger for what goes wrong: Bolt's advice on requests without a listener repeats them."""
    found = logging.getLogger("slack_bolt.App")
    found.setLevel(logging.ERROR)
    return found


def _check_headers() -> tuple[int, str] | None:
    """Return status and sentence for a request whose headers decide, before its body is read."""
    if not request_checks.is_well_formed(request.headers):
        return 401, "The request is not signed."
    if not request_checks.is_recent(request.headers, now=time.time()):
        return 401, "The request was signed too long ago, or by another clock."
    return None


def _check_body(body: bytes, team_id: str) -> tuple[int, str] | None:
    """Return status and sentence for a request that Bolt need not see."""
    if len(body) > request_checks.MAX_BODY_BYTES:
        return 413, "The body is too large."
    said = request_checks.parse_request(body, request.content_type or "")
    if said is None:
        return 400, "The body is neither a form nor JSON."
    if not request_checks.is_usable(said):
        return 400, "The body lacks what every request of its kind has."
    if team_id and request_checks.get_team(said) not in {None, team_id}:
        return 401, "The request is from another workspace."
    return None


def _refuse(status: int, sentence: str) -> Response:
    log.info("slack_request_refused", status=status, reason=sentence)
    return Response(f"{sentence}\n", status, mimetype="text/plain")
