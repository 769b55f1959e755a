"""The button on a test card: its click is recorded with the test, never with a review."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from notifiers.shared.json_members import get_text
from notifiers.teams_bot import actions
from reviews.language import _
from reviews.text import strip_unstorable
from reviews.wording.durations import format_duration

if TYPE_CHECKING:
    from bot.teams.activity import Activity
    from reviews.monitoring.canaries import Canaries

log = structlog.get_logger()


class TeamsCanaryClicks:
    """Handler of clicks on test cards.

    A click shows that the person has seen the card, so no look-up is needed: Teams' token proves their id.
    """

    def __init__(self, canaries: Canaries) -> None:
        self._canaries = canaries

    def acknowledge(self, activity: Activity, data: object) -> str:
        """Record the click, and return the reply."""
        clicker = f"{get_text(activity.payload, 'from', 'name')} (Teams {activity.object_id})".strip()
        canary = self._canaries.acknowledge(
            strip_unstorable(actions.read_text(data, actions.TEST)), acknowledged_by=clicker
        )
        if canary is None or canary.acknowledged_at is None:
            return _("This test has ended.")
        log.info("canary_acknowledged", canary=canary.id, identity="teams_bot")
        time = format_duration(canary.acknowledged_at - canary.sent_at)
        return _("The test was acknowledged, {time} after it was sent.").format(time=time)
