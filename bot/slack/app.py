"""Bolt, built without a call to Slack, and its one Flask route.

Through Socket Mode the same app is given the same requests (`bot.slack.socket_mode`).
"""

from __future__ import annotations

import logging
import secrets
import time
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
from bot.slack.changes import SlackChanges
from bot.slack.command import ACKNOWLEDGE_AFTER_SECONDS, SlackCommand
from bot.slack.document_links import SlackDocumentLinks
from bot.slack.forms import Forms
from bot.slack.listener_threads import ListenerThreads, provide_ack
from bot.slack.meaning import SlackMeaning
from bot.slack.menu import SlackMenuClicks
from bot.slack.reactions import Reactions
from bot.slack.replies import SlackReplies
from bot.slack.request_checks import RequestRefused
from bot.slack.request_reader import SlackRequestReader
from bot.slack.shortcut import Shortcut
from notifiers.slack.people import SlackOwners as Owners

if TYPE_CHECKING:
    from slack_bolt.context import BoltContext
    from slack_sdk import WebClient

    from bot.slack.dispatcher import SlackDispatcher
    from bot.slack.home import Home
    from bot.use_cases import UseCases


APP_NAME = "docspace-review"  # otherwise Bolt searches the source code of everything that is being called

log = structlog.get_logger()


def build_bolt(  # noqa: PLR0913 - the composition of one door: each is a part of it
    *,
    client: WebClient,
    signing_secret: str | None,
    command_name: str,
    use_cases: UseCases,
    home: Home,
    team_id: str = "",
    outage_errors: tuple[type[Exception], ...] = (),
    ack_after: float = ACKNOWLEDGE_AFTER_SECONDS,
    listeners: ListenerThreads | None = None,
) -> App:
    """Return the Bolt app with its listeners.

    `signing_secret` is `None` with Socket Mode, whose requests are not signed: then no request by HTTP can be
    verified. Everything is passed in explicitly: otherwise Bolt would read settings from the environment and
    ask Slack who we are. `home` knows the workspace and has a client with a short timeout. `outage_errors`
    are errors after which Slack gets a 503. `ack_after` is the time in seconds after which a command is
    acknowledged and its answer sent separately. `listeners` are the threads that the listeners run in.
    """
    if signing_secret == "":
        raise ValueError("SLACK_SIGNING_SECRET is empty")

    def authorize(context: BoltContext) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=context.team_id, bot_token=client.token)

    listeners = listeners or ListenerThreads()
    bolt = App(
        name=APP_NAME,
        client=client,
        signing_secret=signing_secret or secrets.token_hex(),
        authorize=authorize,
        logger=_make_error_logger(),
        listener_executor=listeners,
    )
    bolt.use(provide_ack)
    home, owners = replace(home, run_later=listeners.run_later), Owners(client, use_cases.directory)
    home.register(bolt)
    people = home.people
    request_reader, replies = SlackRequestReader(people, home=home), SlackReplies(client, home)
    answers = replace(use_cases.answers, on_answered=home.redraw_after_answer)
    clicks = SlackClicks(answers, request_reader, replies=replies, owners=owners, outage_errors=outage_errors)
    clicks.register(bolt)
    SlackDocumentLinks(use_cases.openings, request_reader).register(bolt)
    SlackMenuClicks(use_cases.menu, answers, request_reader, replies=replies).register(bolt)
    SlackMeaning(use_cases.menu, request_reader, replies=replies).register(bolt)
    SlackChanges(use_cases.change_pages, request_reader, replies=replies).register(bolt)
    Forms(answers, use_cases.reassignment, request_reader).register(bolt)
    Reactions(answers, request_reader, replies=replies).register(bolt)
    SlackCanaryClicks(use_cases.canaries, replies=replies).register(bolt)
    Shortcut(clicks, request_reader, replies=replies, answers=answers).register(bolt)
    SlackCommand(
        name=command_name,
        commands=use_cases.commands,
        people=people,
        replies=replies,
        team_id=team_id,
        ack_after=ack_after,
    ).register(bolt)
    return bolt


def build_slack_blueprint(bolt: App, dispatcher: SlackDispatcher) -> Blueprint:
    """Return the one route for events, clicks and commands."""
    blueprint = Blueprint("slack", __name__)
    handler = SlackRequestHandler(bolt)

    @blueprint.post("/slack/events")
    def events() -> Response:
        try:
            payload = _read_payload()
            return dispatcher.dispatch_request(payload, lambda: make_response(handler.handle(request)))
        except RequestRefused as refusal:
            return _refuse(refusal)

    return blueprint


def _make_error_logger() -> logging.Logger:
    """Return a logger for errors only: Bolt's hints about requests without a listener repeat them."""
    logger = logging.getLogger("slack_bolt.App")
    logger.setLevel(logging.ERROR)
    return logger


def _read_payload() -> dict[str, Any]:
    """Return what the current request says; raise `RequestRefused` for one that Bolt must not see."""
    request_checks.check_headers(request.headers, now=time.time())
    request.max_content_length = request_checks.MAX_BODY_BYTES + 1
    try:
        body = request.get_data()
    except RequestEntityTooLarge:
        raise request_checks.make_too_large() from None
    return request_checks.read_payload(body, request.content_type or "")


def _refuse(refusal: RequestRefused) -> Response:
    log.info("slack_request_refused", status=refusal.status.value, reason=refusal.sentence)
    return Response(f"{refusal.sentence}\n", refusal.status, mimetype="text/plain")
