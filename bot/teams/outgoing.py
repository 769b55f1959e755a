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

from bot.teams import cards
from bot.teams.activity import read
from bot.teams.app import refuse, sized_body
from bot.teams.authorization import brings_digest
from bot.teams.commands import Unnamed
from bot.words import parse
from reviews.answers.repeated_requests import Asked
from reviews.language import speaking

if TYPE_CHECKING:
    from bot.command import Commands

SHORTEST_KEY = 16  # bytes; Teams makes 32
OLDEST = timedelta(minutes=5)
"""A body holds as long as the key does, so it is taken for as long as Slack's are, by its own time."""
AGAIN = timedelta(seconds=30)
"""For so long Teams may send one again that it got no answer to; it waits fifteen seconds at most."""
_MENTION = re.compile(r"<at\b[^>]*>.*?</at>", re.IGNORECASE | re.DOTALL)

log = structlog.get_logger()


def key_of(secret: str) -> bytes:
    """Return the key that a security token of Teams stands for; `ValueError` says why it is none."""
    try:
        key = base64.b64decode(secret, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is no security token of an outgoing webhook, which is in base64") from None
    if len(key) < SHORTEST_KEY:
        raise ValueError("is too short for the security token of an outgoing webhook: copy all of it")
    return key


def outgoing_blueprint(key: bytes, commands: Commands) -> Blueprint:
    """Return the route `POST /teams/command`, which answers in its response."""
    blueprint = Blueprint("teams_outgoing", __name__)

    @blueprint.post("/teams/command")
    def asked() -> Response:
        header = request.headers.get("Authorization", "")
        if not brings_digest(header):
            return refuse(HTTPStatus.UNAUTHORIZED, "the request is not signed")
        body = sized_body()
        if body is None:
            return refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large")
        if not is_signed(header, body, key):
            return refuse(HTTPStatus.UNAUTHORIZED, "the request is not signed with TEAMS_OUTGOING_SECRET")
        activity = read(body)
        if activity is None:
            return refuse(HTTPStatus.BAD_REQUEST, "the body is no activity")
        if activity.at is None or abs(commands.clock() - activity.at) > OLDEST:
            return refuse(HTTPStatus.UNAUTHORIZED, "the body's timestamp is not of the last five minutes")
        wish = parse(_MENTION.sub(" ", activity.words))
        log.info("command_answered", verb=wish.verb, object_id=activity.object_id)
        tenant = next(iter(activity.tenants), "")
        with speaking(activity.locale):
            said = commands.answer(wish, Unnamed(Asked(request=name_of(body), again=AGAIN)))
            return jsonify(cards.drawn(said, tenant=tenant, buttons=False))

    return blueprint


def name_of(body: bytes) -> str:
    """Return the name of a request, which is that of its bytes: no other ones have its signature."""
    return f"teams-command:{hashlib.sha256(body).hexdigest()}"


def is_signed(authorization: str, body: bytes, key: bytes) -> bool:
    """Tell whether the header is the HMAC of exactly these bytes; takes as long for a wrong one."""
    digest = base64.b64encode(hmac.digest(key, body, hashlib.sha256))
    return hmac.compare_digest(authorization.encode(), b"HMAC " + digest)
