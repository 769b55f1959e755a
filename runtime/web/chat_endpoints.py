"""The endpoints of the chats: which are open, according to the routes and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Blueprint

    from runtime.wiring.wiring import Wiring

TEAMS_BOT = {
    "TEAMS_APP_ID": "requests from Teams can't be verified",
    "TEAMS_APP_PASSWORD": "the bot can't speak in Teams",
    "TEAMS_TENANT_ID": "requests can't be checked for your tenant",
}


def create_blueprints(wiring: Wiring, wake: Callable[[], None]) -> Iterator[Blueprint]:
    """Yield the blueprint of each open endpoint; `UnusableSettings` names a missing setting."""
    config = wiring.settings
    if "slack" in wiring.channels and not wiring.uses_slack_socket:
        # Bolt takes ten megabytes: it is loaded only if Slack is used.
        from runtime.web.slack_endpoints import create_slack_blueprint  # noqa: PLC0415

        yield create_slack_blueprint(wiring, wake)
    bot = "teams-bot" in wiring.channels or any(config.get_option(name) for name in TEAMS_BOT)
    outgoing = config.get_option("TEAMS_OUTGOING_SECRET")
    if not bot and not outgoing:
        return
    # The check of Teams' signatures takes ten megabytes: it is loaded only if Teams is used.
    from runtime.web import teams_endpoints  # noqa: PLC0415

    if bot:
        app_id, _, tenant = (config.require(name, purpose) for name, purpose in TEAMS_BOT.items())
        yield teams_endpoints.create_bot_blueprint(wiring, wake, app_id=app_id, tenant=tenant)
    if outgoing:
        yield teams_endpoints.create_outgoing_blueprint(wiring, outgoing)
