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
from reviews.language import use_language
from reviews.repeated_requests import SignedQuestion

if TYPE_CHECKING:
    from bot.command import Commands

MIN_KEY_BYTES = 16  # bytes; Teams makes 32
MAX_REQUEST_AGE = timedelta(minutes=5)
"""A body is valid as long as the key, so its own timestamp must be as recent as that of Slack's requests."""
REPEAT_WINDOW = timedelta(seconds=30)
"""Time in which Teams may repeat a request without a response; it waits fifteen seconds at most."""
_MENTION = re.compile(r"<at\b[^>]*>.*?</at>", re.IGNORECASE | re.DOTALL)

log = structlog.get_logger()


def decode_key(secret: str) -> bytes:
    """Return the key in a security token of Teams; `ValueError` says why it is invalid."""
    try:
        key = base64.b64decode(secret, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is no security token of an outgoing webhook, which is in base64") from None
    if len(key) < MIN_KEY_BYTES:
        raise ValueError("is too short for the security token of an outgoing webhook: copy all of it")
    return key


def build_outgoing_blueprint(key: bytes, commands: Commands) -> Blueprint:
    """Return the route `POST /teams/command`, which answers in its response."""
    blueprint = Blueprint("teams_outgoing", __name__)

    @blueprint.post("/teams/command")
    def handle_question() -> Response:
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
        command = parse(_MENTION.sub(" ", activity.command_text))
        log.info("command_answered", verb=command.verb, object_id=activity.object_id)
        tenant = next(iter(activity.tenants), "")
        with use_language(activity.locale):
            reply = commands.answer(
                command,
                UnidentifiedRequester(
                    SignedQuestion(request_name=name_request(body), resend_window=REPEAT_WINDOW)
                ),
            )
            return jsonify(reply_cards.draw_reply(reply, tenant=tenant, buttons=False))

    return blueprint


def name_request(body: bytes) -> str:
    """Return the name of a request, by its bytes: no other bytes have its signature."""
    return f"teams-command:{hashlib.sha256(body).hexdigest()}"


def is_signed(authorization: str, body: bytes, key: bytes) -> bool:
    """Return whether the header is the HMAC of exactly these bytes; in constant time."""
    digest = base64.b64encode(hmac.digest(key, body, hashlib.sha256))
    return hmac.compare_digest(authorization.encode(), b"HMAC " + digest)
