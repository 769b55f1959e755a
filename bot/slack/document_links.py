"""Clicks on the link to a document, which Slack itself opens, and reports as well (facts on Slack, 1.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from notifiers.slack.blocks import ACTION_IDS
from reviews.cards.card import CardAction
from reviews.errors import RemoteError

if TYPE_CHECKING:
    from slack_bolt import Ack, App

    from bot.slack.request_reader import SlackRequestReader
    from reviews.answers.openings import Openings

log = structlog.get_logger()


class SlackDocumentLinks:
    """Records who opened a document. The person sees nothing of it, also where it fails."""

    def __init__(
        self,
        openings: Openings,
        request_reader: SlackRequestReader,
        *,
        outage_errors: tuple[type[Exception], ...] = (),
    ) -> None:
        """`outage_errors` are errors that mean an unavailable database; all others are bugs."""
        self._openings = openings
        self._request_reader = request_reader
        self._failures: tuple[type[Exception], ...] = (RemoteError, *outage_errors)

    def register(self, bolt: App) -> None:
        bolt.action(ACTION_IDS[CardAction.OPEN])(self.record)

    def record(self, ack: Ack, body: dict[str, Any]) -> None:
        """Acknowledge the click first: without a response Slack warns the person."""
        ack()
        try:
            review_request, revision = self._request_reader.read_viewing(body)
        except self._failures as error:
            log.warning("opening_not_recorded", reason=type(error).__name__)
            return
        self._openings.record_click(review_request, revision)
