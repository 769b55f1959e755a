"""Bolt behind one Flask route: built without a call to Slack, and never without a signing secret."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, Response, make_response, request
from slack_bolt import App
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult
from werkzeug.exceptions import RequestEntityTooLarge

from bot.slack import actions, command, guard
from bot.slack.people import People

if TYPE_CHECKING:
    from slack_bolt.context import BoltContext
    from slack_sdk import WebClient

    from reviews.answers import Answers
    from reviews.ports import Transactions

LISTENERS = 32  # threads; with Bolt's five, the sixth click waits for the first

log = structlog.get_logger()


def build_bolt(
    *,
    client: WebClient,
    signing_secret: str,
    command_name: str,
    answers: Answers,
    transactions: Transactions,
) -> App:
    """Return the Bolt app with its listeners.

    Everything is passed in by hand: Bolt would otherwise read settings of its own from the environment, and
    ask Slack who we are.
    """
    if not signing_secret:
        raise ValueError("SLACK_SIGNING_SECRET is empty")

    def authorize(context: BoltContext) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=context.team_id, bot_token=client.token)

    bolt = App(
        client=client,
        signing_secret=signing_secret,
        authorize=authorize,
        listener_executor=ThreadPoolExecutor(LISTENERS, thread_name_prefix="slack-listener"),
    )
    people = People(client)
    actions.register(bolt, answers=answers, people=people)
    command.register(bolt, name=command_name, transactions=transactions)
    return bolt


def slack_blueprint(bolt: App, *, team_id: str) -> Blueprint:
    """Return the one route that serves events, clicks and commands alike.

    `team_id` may be empty: then every workspace that this app's secret signs for is ours.
    """
    blueprint = Blueprint("slack", __name__)
    handler = SlackRequestHandler(bolt)

    @blueprint.post("/slack/events")
    def events() -> Response:
        request.max_content_length = guard.LARGEST_BODY + 1
        try:
            body = request.get_data()
        except RequestEntityTooLarge:
            return _refuse(413, "The body is too large.")
        if len(body) > guard.LARGEST_BODY:
            return _refuse(413, "The body is too large.")
        if not guard.is_well_formed(request.headers):
            return _refuse(401, "The request is not signed.")
        said = guard.read(body, request.content_type or "")
        if said is None:
            return _refuse(400, "The body is neither a form nor JSON.")
        team = guard.team_of(said)
        if team_id and team is not None and team != team_id:
            return _refuse(401, "The request is from another workspace.")
        return make_response(handler.handle(request))

    return blueprint


def _refuse(status: int, sentence: str) -> Response:
    log.info("slack_request_refused", status=status, reason=sentence)
    return Response(f"{sentence}\n", status, mimetype="text/plain")
