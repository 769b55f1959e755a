"""A card in its channel: posted once, then redrawn; where nothing can be redrawn, each stage is a post."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.cards.notifier import RedrawingNotifier
from reviews.delivery.post_once import PostLookup, is_up_to_date
from reviews.errors import MessageGone

if TYPE_CHECKING:
    from reviews.cards.card import Card
    from reviews.cards.notifier import Notifier
    from reviews.delivery.post_once import OncePoster, PostResult
    from reviews.model import CardPost


@dataclass(frozen=True, kw_only=True)
class CardDelivery:
    posting: OncePoster

    def draw(self, card: CardPost, drawing: Card, notifier: Notifier, job: str) -> PostResult:
        """Have the channel show the review as it is drawn."""
        if is_up_to_date(card):
            return card.message_id, 0.0
        if isinstance(notifier, RedrawingNotifier):
            return self._redraw(card, drawing, notifier, job)
        if card.message_id == drawing.stage:
            return card.message_id, 0.0
        card = _forget_stage(card)
        return self._post(
            card, drawing, notifier, job, self.posting.look_up_post(card, notifier, drawing, job)
        )

    def _redraw(self, card: CardPost, drawing: Card, notifier: RedrawingNotifier, job: str) -> PostResult:
        message_id, found = card.message_id, PostLookup(message_id=None)
        if message_id is None:
            found = self.posting.look_up_post(card, notifier, drawing, job)
            message_id = found.message_id
        if message_id is not None:
            try:
                notifier.update(card.target, message_id, drawing)
            except MessageGone:
                if drawing.answer is not None:
                    return message_id, 0.0  # nobody has to answer, so nothing has to stand there
                card, found = self.posting.forget_message(card, job), PostLookup(message_id=None)
            else:
                return message_id, 0.0
        return self._post(card, drawing, notifier, job, found)

    def _post(
        self, card: CardPost, drawing: Card, notifier: Notifier, job: str, found: PostLookup
    ) -> PostResult:
        if found.message_id is not None:
            return found.message_id, 0.0

        def send() -> str:
            return notifier.post(card.target, drawing)

        return self.posting.post(card, notifier, send, job=job, found=found)


def _forget_stage(card: CardPost) -> CardPost:
    """Return the card as one whose stage is still to be told: what was told of an earlier one is over."""
    doubt = card.maybe_posted and card.attempted_at is not None
    return replace(card, message_id=None, maybe_posted=doubt)
