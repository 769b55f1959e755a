"""What the bot says in Teams, as opposed to what it answers to a request itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from bot.teams.people import channel_of, place_of
from notifiers.teams_bot.card import message
from notifiers.teams_bot.connector import message_id
from notifiers.teams_bot.messages import ways_to_cards
from notifiers.teams_bot.people import People as Owners
from reviews.errors import FarSideError

if TYPE_CHECKING:
    from bot.teams.activity import Activity
    from notifiers.teams_bot.connector import Connector
    from reviews.cards.card import Card
    from reviews.people.directory import Directory

log = structlog.get_logger()


class Replies:
    """Speaks through the connector, which should have little patience: Teams waits meanwhile."""

    def __init__(self, connector: Connector, directory: Directory) -> None:
        self._connector = connector
        self._owners = Owners(connector, directory)

    def answer(self, activity: Activity, content: dict[str, Any], *, private: bool) -> None:
        """Answer a message where it was said; `private` so that nobody but its sender sees it.

        What was to be private is not said in public where Teams does not take it.
        """
        try:
            self._say(activity, content, private=private)
        except FarSideError as error:
            log.warning("teams_reply_not_sent", private=private, reason=str(error))

    def tell(self, activity: Activity, content: dict[str, Any]) -> None:
        """Tell whoever clicked what became of it: privately, or else rather in public than not at all."""
        if not activity.is_personal:
            try:
                self._say(activity, content, private=True)
            except FarSideError as error:
                log.warning("teams_reply_not_sent", private=True, reason=str(error))
            else:
                return
        self.answer(activity, content, private=False)

    def show(self, activity: Activity, card: Card) -> None:
        """Draw this card in the place of the message that was clicked."""
        place, clicked = channel_of(activity), message_id(activity.conversation, activity.reply_to)
        drawn = message(card, self._owners.owners(card, place), ways=ways_to_cards(card, place))
        try:
            self._connector.update(place, clicked, drawn)
        except FarSideError as error:
            log.warning("clicked_message_not_redrawn", reason=str(error))

    def _say(self, activity: Activity, content: dict[str, Any], *, private: bool) -> None:
        place = place_of(activity)
        if not private:
            self._connector.reply(place, content, to=activity.id)
            return
        # What is private stands in the thread, but replies to nothing; it only shows what was asked.
        asked = {"type": "targetedMessageInfo", "messageId": activity.id}
        self._connector.reply(place, {**content, "entities": [asked]}, only=activity.sender)
