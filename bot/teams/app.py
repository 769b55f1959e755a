"""One Flask route for everything that Teams says to the bot: verified, then told apart by its kind."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from bot.teams import cards
from bot.teams.activity import read
from bot.teams.authorization import LARGEST_BODY, brings_token
from bot.teams.canary import Tests
from bot.teams.clicks import NOT_RECORDED, Clicks, is_submitted, spoken
from bot.teams.commands import Command
from bot.teams.keys import KeysUnavailable
from bot.teams.menu import MenuClicks
from bot.teams.people import People
from bot.teams.places import Places
from bot.teams.replies import Replies
from bot.teams.token import Unverified
from bot.teams.wishes import Wishes
from reviews.language import _, speaking

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.teams.activity import Activity
    from bot.teams.token import Verifier
    from bot.use_cases import UseCases
    from notifiers.teams_bot.connector import Connector
    from reviews.clock import Clock
    from reviews.ports.unit_of_work import Transactions

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Bot:
    """What the bot does about an activity that is known to be genuine."""

    transactions: Transactions
    clock: Clock
    places: Places
    clicks: Clicks
    command: Command
    replies: Replies

    def hear(self, activity: Activity) -> dict[str, Any]:
        """Do what an activity asks for and return the body of the response."""
        if activity.kind == "invoke":
            return self._invoke(activity)
        self.places.notice(activity)
        if activity.kind == "message":
            self._message(activity)
        return {}

    def _invoke(self, activity: Activity) -> dict[str, Any]:
        try:
            self.places.notice(activity)
            return self.command.turned(activity) or self.command.again(activity, self.clicks.invoke)
        except Exception:
            # The edge of the process: the response is all that whoever clicked will see, and Teams shows
            # nothing of one that failed.
            log.exception("click_failed")
            return spoken(_(NOT_RECORDED))

    def _message(self, activity: Activity) -> None:
        """Answer a message once: Teams sends it again where our response came too late.

        A click is taken first, since the same click can't be recorded twice.
        """
        if is_submitted(activity):
            told = self.clicks.submit(activity)
            if told and self._is_new(activity):
                self.replies.tell(activity, cards.sentence(told))
        elif self._is_new(activity):
            self.replies.answer(activity, self.command.answered(activity), private=activity.is_targeted)

    def _is_new(self, activity: Activity) -> bool:
        with self.transactions() as work:
            first = work.told.first(f"{activity.request}:answered", at=self.clock())
            work.commit()
        return first


def build_bot(
    *,
    connector: Connector,
    use_cases: UseCases,
    clock: Clock,
    tenant: str,
    later: Callable[[Callable[[], None]], None],
) -> Bot:
    """Return the bot; `connector` should have little patience, `later` runs what can wait a moment."""
    answers, commands = use_cases.answers, use_cases.commands
    replies = Replies(connector, use_cases.directory)
    people = People(connector, use_cases.directory, tenant=tenant)
    wishes = Wishes(people=people, transactions=commands.transactions, routes=answers.routes)
    menu = MenuClicks(
        menu=use_cases.menu,
        answers=answers,
        hand_over=use_cases.hand_over,
        people=people,
        wishes=wishes,
    )
    return Bot(
        transactions=commands.transactions,
        clock=clock,
        places=Places(transactions=commands.transactions, clock=clock),
        clicks=Clicks(answers, wishes, replies, menu=menu, tests=Tests(use_cases.canaries), later=later),
        command=Command(commands=commands, people=people),
        replies=replies,
    )


def teams_blueprint(bot: Bot, verifier: Verifier) -> Blueprint:
    """Return the route `POST /teams/messages`."""
    blueprint = Blueprint("teams", __name__)

    @blueprint.post("/teams/messages")
    def messages() -> Response:
        header = request.headers.get("Authorization", "")
        if not brings_token(header):
            return refuse(HTTPStatus.UNAUTHORIZED, "the request brings no bearer token")
        body = sized_body()
        if body is None:
            return refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large")
        activity = read(body)
        if activity is None:
            return refuse(HTTPStatus.BAD_REQUEST, "the body is no activity")
        try:
            verifier.check(header, activity)
        except Unverified as reason:
            return refuse(HTTPStatus.UNAUTHORIZED, str(reason))
        except KeysUnavailable as reason:
            return refuse(HTTPStatus.SERVICE_UNAVAILABLE, str(reason))
        with speaking(activity.locale):
            return jsonify(bot.hear(activity))

    return blueprint


def sized_body() -> bytes | None:
    """Return the request's body; `None` for one that is larger than any of Teams'."""
    request.max_content_length = LARGEST_BODY
    try:
        return request.get_data()
    except RequestEntityTooLarge:
        return None


def refuse(status: HTTPStatus, reason: str) -> Response:
    """Refuse a request without a word of why, which is for the log alone."""
    log.info("teams_request_refused", status=status, reason=reason)
    return Response(f"{status.phrase}.\n", status, mimetype="text/plain")
