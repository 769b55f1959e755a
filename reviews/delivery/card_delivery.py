"""Delivery of a card: posted once, then redrawn; in a channel without redrawing, each stage is a post."""

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
    from reviews.model import Post


@dataclass(frozen=True, kw_only=True)
class CardDelivery:
    posting: OncePoster

    def draw(self, card: Post, drawing: Card, notifier: Notifier, job: str) -> PostResult:
        """Show the card in the channel as it is drawn."""
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

    def _redraw(self, card: Post, drawing: Card, notifier: RedrawingNotifier, job: str) -> PostResult:
        message_id, lookup = card.message_id, PostLookup(message_id=None)
        if message_id is None:
            lookup = self.posting.look_up_post(card, notifier, drawing, job)
            message_id = lookup.message_id
        if message_id is not None:
            try:
                notifier.update(card.target, message_id, drawing)
            except MessageGone:
                if drawing.answer is not None:
                    return message_id, 0.0  # no answer is needed, so neither is a card
                card, lookup = self.posting.forget_message(card, job), PostLookup(message_id=None)
            else:
                return message_id, 0.0
        return self._post(card, drawing, notifier, job, lookup)

    def _post(self, card: Post, drawing: Card, notifier: Notifier, job: str, found: PostLookup) -> PostResult:
        if found.message_id is not None:
            return found.message_id, 0.0

        def send() -> str:
            return notifier.post(card.target, drawing)

        return self.posting.post(card, notifier, send, job=job, found=found)


def _forget_stage(card: Post) -> Post:
    """Return the card with its stage still to be posted; the post of an earlier stage no longer counts."""
    doubt = card.maybe_posted and card.attempted_at is not None
    return replace(card, message_id=None, maybe_posted=doubt)
