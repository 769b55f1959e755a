"""The endpoints of Teams: the bot, and the outgoing webhook of a team."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import notifiers.teams_bot
from bot.teams.app import build_bot, teams_blueprint
from bot.teams.outgoing_webhook import decode_key, outgoing_blueprint
from bot.teams.signing_keys import Keys
from bot.teams.token_verifier import Verifier
from notifiers.teams_bot.hosts import ServiceHosts
from runtime.settings.settings import UnusableSettings
from runtime.wiring.databases import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Blueprint

    from runtime.wiring.wiring import Wiring

TEAMS_TIMEOUT_SECONDS = 4.0  # seconds for each response of Teams, while Teams itself waits for ours
REDRAWING = 4  # threads


def create_bot_blueprint(wiring: Wiring, wake: Callable[[], None], *, app_id: str, tenant: str) -> Blueprint:
    """Return the blueprint for requests of Teams to the bot with this id, from this tenant alone."""
    redrawing = ThreadPoolExecutor(REDRAWING, thread_name_prefix="teams-redraw")

    def later(task: Callable[[], None]) -> None:
        redrawing.submit(task)

    built = build_bot(
        connector=notifiers.teams_bot.make_connector(wiring.surroundings, read_seconds=TEAMS_TIMEOUT_SECONDS),
        use_cases=wiring.use_cases(wake),
        clock=utc_now,
        tenant=tenant,
        later=later,
    )
    verifier = Verifier(
        keys=Keys(wiring.settings.teams_openid_url),
        app_id=app_id,
        tenant=tenant,
        hosts=ServiceHosts.parse(wiring.settings.teams_allow_hosts),
    )
    return teams_blueprint(built, verifier)


def create_outgoing_blueprint(wiring: Wiring, secret: str) -> Blueprint:
    """Return the blueprint that answers the requests of an outgoing webhook with this secret."""
    try:
        key = decode_key(secret)
    except ValueError as error:
        raise UnusableSettings(f"TEAMS_OUTGOING_SECRET {error}") from error
    return outgoing_blueprint(key, wiring.commands)
