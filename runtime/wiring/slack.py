"""The Slack app, for the process that receives Slack's requests: by HTTP, or through Socket Mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.slack.app import build_bolt
from bot.slack.dispatcher import SlackDispatcher
from bot.slack.people import LOOKUP_TIMEOUT_SECONDS
from bot.slack.unfurling import Unfurls
from runtime.app_manifests.slack_manifest import get_host
from runtime.wiring.databases import get_utc_time
from runtime.wiring.slack_client import connect_slack
from store.outages import DATABASE_ERRORS

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import App

    from runtime.wiring.wiring import Wiring


def build_slack_app(wiring: Wiring, wake: Callable[[], None]) -> App:
    """Return the app with its listeners, which also show previews of links to the portal.

    `wake` is called as in `Wiring.build_answers`. While the database is out, Slack is asked to try again.
    """
    config = wiring.settings
    secret = None
    if not wiring.uses_slack_socket:
        secret = config.require("SLACK_SIGNING_SECRET", "clicks in Slack can't be verified")
    bolt = build_bolt(
        client=connect_slack(wiring),
        signing_secret=secret,
        command_name=config.slack_command,
        use_cases=wiring.use_cases(wake),
        home=wiring.slack_home,
        team_id=config.slack_team_id,
        outage_errors=DATABASE_ERRORS,
    )
    host = get_host(config.docspace_api_host)
    if host:
        _build_unfurls(wiring, host).register(bolt)
    return bolt


def build_slack_dispatcher(wiring: Wiring) -> SlackDispatcher:
    return SlackDispatcher(
        directory=wiring.directory,
        team_id=wiring.settings.slack_team_id,
        outage_errors=(sa.exc.SQLAlchemyError,),
    )


def _build_unfurls(wiring: Wiring, host: str) -> Unfurls:
    return Unfurls(
        connect_slack(wiring, timeout=LOOKUP_TIMEOUT_SECONDS),
        host=host,
        routes=wiring.routes,
        transactions=wiring.request_transactions,
        clock=get_utc_time,
    )
