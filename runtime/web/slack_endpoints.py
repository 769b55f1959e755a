"""The endpoint of Slack: clicks, commands and events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.slack.app import build_slack_blueprint
from runtime.wiring.slack import build_slack_app
from store.outages import DATABASE_ERRORS

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Blueprint

    from runtime.wiring.wiring import Wiring


def create_slack_blueprint(wiring: Wiring, wake: Callable[[], None]) -> Blueprint:
    """Return the blueprint for Slack's requests; `wake` is called as in `Wiring.build_answers`."""
    bolt = build_slack_app(wiring, wake, outage_errors=DATABASE_ERRORS)
    return build_slack_blueprint(
        bolt,
        directory=wiring.directory,
        team_id=wiring.settings.slack_team_id,
        outage_errors=(sa.exc.SQLAlchemyError,),
    )
