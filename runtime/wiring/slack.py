"""The Slack app, for the process that receives Slack's requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack.app import build_bolt
from bot.slack.people import LOOKUP_TIMEOUT_SECONDS
from bot.slack.unfurling import Unfurls
from runtime.app_manifests.slack_manifest import get_host
from runtime.wiring.databases import get_utc_time
from runtime.wiring.slack_client import connect_slack

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import App

    from runtime.wiring.wiring import Wiring


def build_slack_app(
    wiring: Wiring, wake: Callable[[], None], *, outage_errors: tuple[type[Exception], ...]
) -> App:
    """Return the app with its listeners, which also show previews of links to the portal.

    `wake` is called as in `Wiring.build_answers`; after `outage_errors` Slack is asked to try again.
    """
    config = wiring.settings
    secret = config.require("SLACK_SIGNING_SECRET", "clicks in Slack can't be verified")
    bolt = build_bolt(
        client=connect_slack(wiring),
        signing_secret=secret,
        command_name=config.slack_command,
        use_cases=wiring.use_cases(wake),
        home=wiring.slack_home,
        team_id=config.slack_team_id,
        outage_errors=outage_errors,
    )
    host = get_host(config.docspace_api_host)
    if host:
        _build_unfurls(wiring, host).register(bolt)
    return bolt


def _build_unfurls(wiring: Wiring, host: str) -> Unfurls:
    return Unfurls(
        connect_slack(wiring, timeout=LOOKUP_TIMEOUT_SECONDS),
        host=host,
        routes=wiring.routes,
        transactions=wiring.request_transactions,
        clock=get_utc_time,
    )
