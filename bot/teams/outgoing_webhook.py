"""An outgoing webhook of a team: commands without a bot, which change nothing (facts on Teams, 2.3 d)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, Response, jsonify, request

from bot.command_parser import parse
from bot.teams import reply_cards
from bot.teams.activity import parse_activity
from bot.teams.app import read_limited_body, refuse
from bot.teams.authorization import has_digest
from bot.teams.commands import UnidentifiedRequester
from reviews.answers.repeated_requests import SignedQuestion
from reviews.language import use_language

if TYPE_CHECKING:
    from bot.command import Commands

MIN_KEY_BYTES = 16  # bytes; Teams makes 32
MAX_REQUEST_AGE = timedelta(minutes=5)
"""A body holds as long as the key does, so it is taken for as long as Slack's are, by its own time."""
REPEAT_WINDOW = timedelta(seconds=30)
"""For so long Teams may send one again that it got no answer to; it waits fifteen seconds at most."""
_MENTION = re.compile(r"<at\b[^>]*>.*?</at>", re.IGNORECASE | re.DOTALL)

log = structlog.get_logger()


def decode_key(secret: str) -> bytes:
    """Return the key that a security token of Teams stands for; `ValueError` says why it is none."""
    try:
        key = base64.b64decode(secret, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is no security token of an outgoing webhook, which is in base64") from None
    if len(key) < MIN_KEY_BYTES:
        raise ValueError("is too short for the security token of an outgoing webhook: copy all of it")
    return key


def outgoing_blueprint(key: bytes, commands: Commands) -> Blueprint:
    """Return the route `POST /teams/command`, which answers in its response."""
    blueprint = Blueprint("teams_outgoing", __name__)

    @blueprint.post("/teams/command")
    def asked() -> Response:
        header = request.headers.get("Authorization", "")
        if not has_digest(header):
            return refuse(HTTPStatus.UNAUTHORIZED, "the request is not signed")
        body = read_limited_body()
        if body is None:
            return refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large")
        if not is_signed(header, body, key):
            return refuse(HTTPStatus.UNAUTHORIZED, "the request is not signed with TEAMS_OUTGOING_SECRET")
        activity = parse_activity(body)
        if activity is None:
            return refuse(HTTPStatus.BAD_REQUEST, "the body is no activity")
        if activity.sent_at is None or abs(commands.clock() - activity.sent_at) > MAX_REQUEST_AGE:
            return refuse(HTTPStatus.UNAUTHORIZED, "the body's timestamp is not of the last five minutes")
        wish = parse(_MENTION.sub(" ", activity.command_text))
        log.info("command_answered", verb=wish.verb, object_id=activity.object_id)
        tenant = next(iter(activity.tenants), "")
        with use_language(activity.locale):
            said = commands.answer(
                wish, UnidentifiedRequester(SignedQuestion(request=name_request(body), again=REPEAT_WINDOW))
            )
            return jsonify(reply_cards.draw_reply(said, tenant=tenant, buttons=False))

    return blueprint


def name_request(body: bytes) -> str:
    """Return the name of a request, which is that of its bytes: no other ones have its signature."""
    return f"teams-command:{hashlib.sha256(body).hexdigest()}"


def is_signed(authorization: str, body: bytes, key: bytes) -> bool:
    """Tell whether the header is the HMAC of exactly these bytes; takes as long for a wrong one."""
    digest = base64.b64encode(hmac.digest(key, body, hashlib.sha256))
    return hmac.compare_digest(authorization.encode(), b"HMAC " + digest)
