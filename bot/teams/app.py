"""One Flask route for all activities that Teams sends to the bot: verified, then dispatched by kind."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from bot.teams import reply_cards
from bot.teams.activity import parse_activity
from bot.teams.authorization import MAX_BODY_BYTES, has_token
from bot.teams.canary import TeamsCanaryClicks
from bot.teams.clicks import NOT_RECORDED, TeamsClicks, is_click_message, make_sentence_reply
from bot.teams.commands import TeamsCommand
from bot.teams.conversation_registry import ConversationRegistry
from bot.teams.menu import TeamsMenuClicks
from bot.teams.people import TeamsPeople
from bot.teams.replies import TeamsReplies
from bot.teams.request_reader import TeamsRequestReader
from bot.teams.signing_keys import KeysUnavailable
from bot.teams.token_verifier import Unverified
from reviews.language import _, use_language

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.teams.activity import Activity
    from bot.teams.token_verifier import Verifier
    from bot.use_cases import UseCases
    from notifiers.teams_bot.connector import Connector
    from reviews.clock import Clock
    from reviews.ports.unit_of_work import Transactions

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Bot:
    """The bot's handling of verified activities."""

    transactions: Transactions
    clock: Clock
    conversations: ConversationRegistry
    clicks: TeamsClicks
    command: TeamsCommand
    replies: TeamsReplies

    def handle(self, activity: Activity) -> dict[str, Any]:
        """Process an activity and return the body of the response."""
        if activity.kind == "invoke":
            return self._invoke(activity)
        self.conversations.update_from(activity)
        if activity.kind == "message":
            self._answer_message(activity)
        return {}

    def _invoke(self, activity: Activity) -> dict[str, Any]:
        try:
            self.conversations.update_from(activity)
            return self.command.answer_page_click(activity) or self.command.answer_click(
                activity, self.clicks.invoke
            )
        except Exception:
            # Outermost error handler: the person who clicked sees only the response, and Teams shows nothing
            # of a failed one.
            log.exception("click_failed")
            return make_sentence_reply(_(NOT_RECORDED))

    def _answer_message(self, activity: Activity) -> None:
        """Answer a message once: Teams repeats it if our response was too late.

        A click is recorded first, since the same click can't be recorded twice.
        """
        if is_click_message(activity):
            sentence = self.clicks.submit(activity)
            if sentence and self._is_new(activity):
                self.replies.reply_privately(activity, reply_cards.make_text_message(sentence))
        elif self._is_new(activity):
            self.replies.reply_to_message(
                activity, self.command.answer_message(activity), private=activity.is_targeted
            )

    def _is_new(self, activity: Activity) -> bool:
        with self.transactions() as work:
            first = work.idempotency_keys.add_if_new(f"{activity.request_name}:answered", at=self.clock())
            work.commit()
        return first


def build_bot(
    *,
    connector: Connector,
    use_cases: UseCases,
    clock: Clock,
    tenant: str,
    run_later: Callable[[Callable[[], None]], None],
) -> Bot:
    """Return the bot; `connector` should have a short timeout, `run_later` runs tasks that can wait."""
    answers, commands = use_cases.answers, use_cases.commands
    replies = TeamsReplies(connector, use_cases.directory)
    people = TeamsPeople(connector, use_cases.directory, tenant=tenant)
    request_reader = TeamsRequestReader(
        people=people, transactions=commands.transactions, routes=answers.routes, clock=answers.clock
    )
    menu = TeamsMenuClicks(
        menu=use_cases.menu,
        change_pages=use_cases.change_pages,
        answers=answers,
        reassignment=use_cases.reassignment,
        people=people,
        request_reader=request_reader,
    )
    return Bot(
        transactions=commands.transactions,
        clock=clock,
        conversations=ConversationRegistry(transactions=commands.transactions, clock=clock),
        clicks=TeamsClicks(
            answers,
            request_reader,
            replies,
            menu=menu,
            canary_clicks=TeamsCanaryClicks(use_cases.canaries),
            run_later=run_later,
        ),
        command=TeamsCommand(commands=commands, people=people),
        replies=replies,
    )


def build_teams_blueprint(bot: Bot, verifier: Verifier) -> Blueprint:
    """Return the route `POST /teams/messages`."""
    blueprint = Blueprint("teams", __name__)

    @blueprint.post("/teams/messages")
    def messages() -> Response:
        header = request.headers.get("Authorization", "")
        if not has_token(header):
            return refuse(HTTPStatus.UNAUTHORIZED, "the request brings no bearer token")
        body = read_limited_body()
        if body is None:
            return refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large")
        activity = parse_activity(body)
        if activity is None:
            return refuse(HTTPStatus.BAD_REQUEST, "the body is no activity")
        try:
            verifier.check(header, activity)
        except Unverified as reason:
            return refuse(HTTPStatus.UNAUTHORIZED, str(reason))
        except KeysUnavailable as reason:
            return refuse(HTTPStatus.SERVICE_UNAVAILABLE, str(reason))
        with use_language(activity.locale):
            return jsonify(bot.handle(activity))

    return blueprint


def read_limited_body() -> bytes | None:
    """Return the request's body; `None` if it is larger than any that Teams sends."""
    request.max_content_length = MAX_BODY_BYTES
    try:
        return request.get_data()
    except RequestEntityTooLarge:
        return None


def refuse(status: HTTPStatus, reason: str) -> Response:
    """Refuse a request; the reason goes to the log only."""
    log.info("teams_request_refused", status=status, reason=reason)
    return Response(f"{status.phrase}.\n", status, mimetype="text/plain")
