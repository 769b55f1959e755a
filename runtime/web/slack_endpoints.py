"""The endpoint of Slack: clicks, commands and events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack.app import build_slack_blueprint
from runtime.wiring.slack import build_slack_app, build_slack_dispatcher

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Blueprint

    from runtime.wiring.wiring import Wiring


def create_slack_blueprint(wiring: Wiring, wake: Callable[[], None]) -> Blueprint:
    """Return the blueprint for Slack's requests; `wake` is called as in `Wiring.build_answers`."""
    return build_slack_blueprint(build_slack_app(wiring, wake), build_slack_dispatcher(wiring))
