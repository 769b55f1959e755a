"""The doors through which people in chat reach us: which are open, as the routes and settings say."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import sqlalchemy as sa

import notifiers.slack
import notifiers.teams_bot
from bot.slack import people
from bot.slack.app import build_bolt, slack_blueprint
from bot.slack.unfurling import Unfurls
from bot.teams.app import build_bot, teams_blueprint
from bot.teams.keys import Keys
from bot.teams.outgoing import key_of, outgoing_blueprint
from bot.teams.token import Verifier
from notifiers.teams_bot.hosts import ServiceHosts
from reviews.language import USUAL
from runtime.settings import UnusableSettings
from runtime.slack_app import host_of
from runtime.wiring import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Blueprint

    from runtime.wiring import Wiring

PATIENCE = 4.0  # seconds for each answer of Teams, while Teams itself waits for ours
REDRAWING = 4  # threads
TEAMS_BOT = {
    "TEAMS_APP_ID": "requests from Teams can't be told from forged ones",
    "TEAMS_APP_PASSWORD": "the bot can't speak in Teams",
    "TEAMS_TENANT_ID": "requests of your tenant can't be told from others",
}


def doors(wiring: Wiring, wake: Callable[[], None]) -> Iterator[Blueprint]:
    """Yield the blueprint of each open door; `UnusableSettings` names what one of them lacks."""
    config = wiring.settings
    if "slack" in wiring.channels:
        yield _slack(wiring, wake)
    if "teams-bot" in wiring.channels or any(config.option(name) for name in TEAMS_BOT):
        yield _teams_bot(wiring, wake)
    if config.option("TEAMS_OUTGOING_SECRET"):
        yield _teams_outgoing(wiring)


def _slack(wiring: Wiring, wake: Callable[[], None]) -> Blueprint:
    config = wiring.settings
    secret = config.need("SLACK_SIGNING_SECRET", "clicks in Slack can't be told from forged ones")
    token = config.need("SLACK_BOT_TOKEN", "cards can't be posted to Slack")
    bolt = build_bolt(
        client=notifiers.slack.client(token, config.slack_api_url),
        signing_secret=secret,
        command_name=config.slack_command,
        answers=wiring.answers(wake),
        commands=wiring.commands,
        directory=wiring.patient_directory,
        team_id=config.slack_team_id,
    )
    host = host_of(config.docspace_api_host)
    if host:
        hurried = notifiers.slack.client(token, config.slack_api_url, patience=people.PATIENCE)
        Unfurls(
            hurried, host=host, routes=wiring.routes, transactions=wiring.patient, clock=utc_now
        ).register(bolt)

    def locale_of(user: str) -> str:
        try:
            return wiring.directory.locale("slack", user)
        except sa.exc.SQLAlchemyError:
            return USUAL  # what can't be answered then is said in some language

    return slack_blueprint(bolt, team_id=config.slack_team_id, locale_of=locale_of)


def _teams_bot(wiring: Wiring, wake: Callable[[], None]) -> Blueprint:
    app_id, _, tenant = (wiring.settings.need(name, purpose) for name, purpose in TEAMS_BOT.items())
    redrawing = ThreadPoolExecutor(REDRAWING, thread_name_prefix="teams-redraw")

    def later(task: Callable[[], None]) -> None:
        redrawing.submit(task)

    bot = build_bot(
        connector=notifiers.teams_bot.connector(wiring.surroundings, read_seconds=PATIENCE),
        answers=wiring.answers(wake),
        commands=wiring.commands,
        directory=wiring.patient_directory,
        clock=utc_now,
        tenant=tenant,
        later=later,
    )
    verifier = Verifier(
        keys=Keys(wiring.settings.teams_openid_url),
        app_id=app_id,
        tenant=tenant,
        hosts=ServiceHosts.named(wiring.settings.teams_allow_hosts),
    )
    return teams_blueprint(bot, verifier)


def _teams_outgoing(wiring: Wiring) -> Blueprint:
    try:
        key = key_of(wiring.settings.option("TEAMS_OUTGOING_SECRET"))
    except ValueError as error:
        raise UnusableSettings(f"TEAMS_OUTGOING_SECRET {error}") from error
    return outgoing_blueprint(key, wiring.commands)
