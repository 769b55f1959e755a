"""Clicks on the link to a document, which Slack itself opens, and reports as well (facts on Slack, 1.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.slack.request_reader import read_clicked_button
from notifiers.slack.blocks import ACTION_IDS
from reviews.cards.card import CardAction

if TYPE_CHECKING:
    from slack_bolt import Ack, App

    from bot.slack.request_reader import SlackRequestReader
    from reviews.answers.openings import Openings


class SlackDocumentLinks:
    """Records who opened a document. The person sees nothing of it, also where it fails."""

    def __init__(self, openings: Openings, request_reader: SlackRequestReader) -> None:
        self._openings = openings
        self._request_reader = request_reader

    def register(self, bolt: App) -> None:
        bolt.action(ACTION_IDS[CardAction.OPEN])(self.record)

    def record(self, ack: Ack, body: dict[str, Any]) -> None:
        """Acknowledge the click when it is recorded, and at the latest before Slack is asked who clicked."""
        review_id, revision = read_clicked_button(body)
        with self._openings.skip_in_outage(review_id):
            review_request, _revision = self._request_reader.read_viewing(body, before_lookup=ack)
            self._openings.record_click(review_request, revision)
        ack()
