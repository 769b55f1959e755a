"""The endpoints of Teams: the bot, and the outgoing webhook of a team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.teams.app import build_teams_blueprint
from bot.teams.outgoing_webhook import build_outgoing_blueprint, decode_key
from runtime.settings.settings import UnusableSettings
from runtime.wiring.teams import build_teams_bot, build_verifier

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Blueprint

    from runtime.wiring.wiring import Wiring


def create_bot_blueprint(wiring: Wiring, wake: Callable[[], None], *, app_id: str, tenant: str) -> Blueprint:
    """Return the blueprint for requests of Teams to the bot with this id, from this tenant alone."""
    bot = build_teams_bot(wiring, wake, tenant=tenant)
    return build_teams_blueprint(bot, build_verifier(wiring, app_id=app_id, tenant=tenant))


def create_outgoing_blueprint(wiring: Wiring, secret: str) -> Blueprint:
    """Return the blueprint that answers the requests of an outgoing webhook with this secret."""
    try:
        key = decode_key(secret)
    except ValueError as error:
        raise UnusableSettings(f"TEAMS_OUTGOING_SECRET {error}") from error
    return build_outgoing_blueprint(key, wiring.commands)
