"""*What does this mean?* on a card: a modal for the person who clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.slack.meaning_view import draw_meaning_modal
from notifiers.shared.json_members import get_text
from notifiers.slack.blocks import MEANING_ACTION
from notifiers.slack.failures import translate_errors
from reviews.errors import Refused, RemoteError
from reviews.language import _

if TYPE_CHECKING:
    from slack_bolt import Ack, App
    from slack_sdk import WebClient

    from bot.slack.replies import SlackReplies
    from bot.slack.request_reader import SlackRequestReader
    from reviews.answers.menu import Menu


class SlackMeaning:
    """Listener of the button. What is shown is of the review as it is now, and as this person may see it."""

    def __init__(self, menu: Menu, request_reader: SlackRequestReader, *, replies: SlackReplies) -> None:
        self._menu = menu
        self._request_reader = request_reader
        self._replies = replies

    def register(self, bolt: App) -> None:
        bolt.action(MEANING_ACTION)(self.open)

    def open(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        try:
            review_request, seen_revision = self._request_reader.read_click(body)
            offer = self._menu.build_offer(review_request, seen_revision=seen_revision)
            with translate_errors("views.open"):
                client.views_open(trigger_id=get_text(body, "trigger_id"), view=draw_meaning_modal(offer))
        except Refused as refusal:
            self._replies.refuse(body, refusal.sentence, reason=refusal.reason)
        except RemoteError as error:
            sentence = _("Slack did not open the explanation. Please click again.")
            self._replies.refuse(body, sentence, reason=str(error))
