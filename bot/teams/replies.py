"""Messages that the bot posts in Teams, as opposed to the response to a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from bot.teams.people import get_channel, get_conversation
from notifiers.teams_bot.card import draw_card_message
from notifiers.teams_bot.connector import make_message_id
from notifiers.teams_bot.messages import link_to_cards
from notifiers.teams_bot.people import TeamsOwners as Owners
from reviews.errors import RemoteError

if TYPE_CHECKING:
    from bot.teams.activity import Activity
    from notifiers.teams_bot.connector import Connector
    from reviews.cards.card import Card
    from reviews.people.identification import Directory

log = structlog.get_logger()


class TeamsReplies:
    """Replies through the connector, which should have a short timeout: Teams waits meanwhile."""

    def __init__(self, connector: Connector, directory: Directory) -> None:
        self._connector = connector
        self._owners = Owners(connector, directory)

    def reply_to_message(self, activity: Activity, content: dict[str, Any], *, private: bool) -> None:
        """Answer a message where it was sent; with `private`, only its sender sees the reply.

        A private reply that Teams does not accept is not posted publicly.
        """
        try:
            self._send(activity, content, private=private)
        except RemoteError as error:
            log.warning("teams_reply_not_sent", private=private, reason=str(error))

    def reply_privately(self, activity: Activity, content: dict[str, Any]) -> None:
        """Tell the person who clicked the outcome: privately, else publicly rather than not at all."""
        if not activity.is_personal:
            try:
                self._send(activity, content, private=True)
            except RemoteError as error:
                log.warning("teams_reply_not_sent", private=True, reason=str(error))
            else:
                return
        self.reply_to_message(activity, content, private=False)

    def replace_message(self, activity: Activity, card: Card) -> None:
        """Replace the clicked message with this card."""
        conversation, message_id = (
            get_channel(activity),
            make_message_id(activity.conversation, activity.reply_to),
        )
        message = draw_card_message(
            card, self._owners.find_owners(card, conversation), card_links=link_to_cards(card, conversation)
        )
        try:
            self._connector.update(conversation, message_id, message)
        except RemoteError as error:
            log.warning("clicked_message_not_redrawn", reason=str(error))

    def _send(self, activity: Activity, content: dict[str, Any], *, private: bool) -> None:
        conversation = get_conversation(activity)
        if not private:
            self._connector.reply(conversation, content, reply_to_id=activity.id)
            return
        # A private message stands in the thread but replies to nothing; it only shows the request.
        reference = {"type": "targetedMessageInfo", "messageId": activity.id}
        self._connector.reply(
            conversation, {**content, "entities": [reference]}, recipient_id=activity.sender
        )
