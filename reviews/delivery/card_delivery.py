"""Delivery of a card: posted once, then redrawn; in a channel without redrawing, each stage is a post."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviews.cards.notifier import RedrawingNotifier
from reviews.delivery.post_once import PostLookup, is_up_to_date
from reviews.errors import MessageGone

if TYPE_CHECKING:
    from reviews.cards.card import Card
    from reviews.cards.notifier import Notifier
    from reviews.delivery.post_once import PostAttempts, PostResult
    from reviews.model import Post


def show_card(card: Post, drawing: Card, *, notifier: Notifier, attempts: PostAttempts) -> PostResult:
    """Show the card in the channel as it is drawn."""
    if is_up_to_date(card):
        return card.message_id, 0.0
    if isinstance(notifier, RedrawingNotifier):
        return _redraw_or_post(card, drawing, notifier=notifier, attempts=attempts)
    if card.message_id == drawing.stage:
        return card.message_id, 0.0
    card = _forget_stage(card)
    lookup = attempts.look_up_post(card, notifier, drawing)
    if lookup.message_id is not None:
        return lookup.message_id, 0.0
    return _post(card, drawing, notifier=notifier, attempts=attempts, lookup=lookup)


def _redraw_or_post(
    card: Post, drawing: Card, *, notifier: RedrawingNotifier, attempts: PostAttempts
) -> PostResult:
    """Redraw the card's message; post the card if it has none, or if its message was deleted."""
    lookup = PostLookup(message_id=card.message_id)
    if card.message_id is None:
        lookup = attempts.look_up_post(card, notifier, drawing)
    if lookup.message_id is not None:
        try:
            notifier.update(card.target, lookup.message_id, drawing)
        except MessageGone:
            if drawing.answer is not None:
                return lookup.message_id, 0.0  # no answer is needed, so neither is a card
            card, lookup = attempts.forget_message(card), PostLookup(message_id=None)
        else:
            return lookup.message_id, 0.0
    return _post(card, drawing, notifier=notifier, attempts=attempts, lookup=lookup)


def _post(
    card: Post, drawing: Card, *, notifier: Notifier, attempts: PostAttempts, lookup: PostLookup
) -> PostResult:
    wait = attempts.begin_post(card, notifier, lookup)
    if wait:
        return None, wait
    return notifier.post(card.target, drawing), 0.0


def _forget_stage(card: Post) -> Post:
    """Return the card with its stage still to be posted; the post of an earlier stage no longer counts."""
    is_uncertain = card.maybe_posted and card.attempted_at is not None
    return replace(card, message_id=None, maybe_posted=is_uncertain)
