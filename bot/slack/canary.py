"""The button on a test card: its click is recorded with the test, never with a review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from notifiers.shared.json_members import get_text, list_objects
from notifiers.slack.notices import ACKNOWLEDGE_TEST, draw_acknowledged_test
from notifiers.slack.text import escape, format_mention
from reviews.language import _, use_language
from reviews.text import clean_text
from reviews.wording.durations import format_duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import App

    from bot.slack.replies import SlackReplies
    from reviews.monitoring.canaries import Canaries

log = structlog.get_logger()


class SlackCanaryClicks:
    """Handler of clicks on test cards.

    A click shows that the person has seen the card, so no look-up is needed: Slack's signature proves their
    id.
    """

    def __init__(self, canaries: Canaries, *, replies: SlackReplies) -> None:
        self._canaries = canaries
        self._replies = replies

    def register(self, bolt: App) -> None:
        bolt.action(ACKNOWLEDGE_TEST)(self.acknowledge)

    def acknowledge(self, ack: Callable[[], object], body: dict[str, Any]) -> None:
        """Record the click before Slack's request is acknowledged."""
        user, name = get_text(body, "user", "id"), get_text(body, "user", "name")
        clicker = clean_text(f"{name} (Slack {user})")
        canary = self._canaries.acknowledge(
            get_text(list_objects(body, "actions")[0], "value"), acknowledged_by=clicker
        )
        ack()
        if canary is None or canary.acknowledged_at is None:
            self._replies.refuse(body, _("This test has ended."), reason="no such test")
            return
        log.info("canary_acknowledged", canary=canary.id, identity="slack")
        first = format_mention(user) if canary.acknowledged_by == clicker else None
        with use_language(self._canaries.routes.find_language(canary.route)):
            time = format_duration(canary.acknowledged_at - canary.sent_at)
            message = draw_acknowledged_test(first or escape(canary.acknowledged_by), time=time)
        self._replies.replace_message(body, message)
