"""The channel `inbox`: the page `/inbox` of this program, where people find the reviews that concern them.

Nothing is sent: each request draws the page from the database.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from notifiers import ChannelContext
    from reviews.cards.card import Card
    from reviews.notice import Notice

EXAMPLE = None


class InboxChannel:
    """Does nothing: the page shows every change of a review by itself."""

    post_interval = timedelta()
    calls_nothing = True

    def post(self, target: str, card: Card) -> str:  # noqa: ARG002
        return f"inbox-{card.review_id}"

    def post_notice(self, target: str, notice: Notice) -> str:  # noqa: ARG002
        """Send nothing beside the card: it shows whether it is overdue, and its history shows the rest."""
        return f"inbox-{notice.key}"

    def update(self, target: str, message_id: str, card: Card) -> None:
        pass

    def update_notice(self, target: str, message_id: str, notice: Notice) -> None:
        pass

    def is_public(self, target: str) -> bool:  # noqa: ARG002
        return False  # access to a card is decided when the page is drawn

    def find_message(self, target: str, card_or_notice: Card | Notice, *, since: datetime) -> str | None:  # noqa: ARG002
        return None


def build(context: ChannelContext) -> InboxChannel:
    context.setting("SECRET_KEY")  # signs the sessions of the page
    return InboxChannel()
