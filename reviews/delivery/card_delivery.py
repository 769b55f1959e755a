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


def show_card(post: Post, card: Card, *, notifier: Notifier, attempts: PostAttempts) -> PostResult:
    """Show the card in the channel as it is drawn."""
    if is_up_to_date(post):
        return post.message_id, 0.0
    if isinstance(notifier, RedrawingNotifier):
        return _redraw_or_post(post, card, notifier=notifier, attempts=attempts)
    if post.message_id == card.stage:
        return post.message_id, 0.0
    post = _forget_stage(post)
    lookup = attempts.look_up_post(post, notifier, card)
    if lookup.message_id is not None:
        return lookup.message_id, 0.0
    return _post(post, card, notifier=notifier, attempts=attempts, lookup=lookup)


def _redraw_or_post(
    post: Post, card: Card, *, notifier: RedrawingNotifier, attempts: PostAttempts
) -> PostResult:
    """Redraw the card's message; post the card if it has none, or if its message was deleted."""
    lookup = PostLookup(message_id=post.message_id)
    if post.message_id is None:
        lookup = attempts.look_up_post(post, notifier, card)
    if lookup.message_id is not None:
        try:
            notifier.update(post.target, lookup.message_id, card)
        except MessageGone:
            if card.answer is not None or card.is_carried:
                return lookup.message_id, 0.0  # no answer is needed, so neither is a card
            post, lookup = attempts.forget_message(post), PostLookup(message_id=None)
        else:
            return lookup.message_id, 0.0
    return _post(post, card, notifier=notifier, attempts=attempts, lookup=lookup)


def _post(
    post: Post, card: Card, *, notifier: Notifier, attempts: PostAttempts, lookup: PostLookup
) -> PostResult:
    wait = attempts.begin_post(post, notifier, lookup)
    if wait:
        return None, wait
    with attempts.pace.measure_call(post.notifier):
        return notifier.post(post.target, card), 0.0


def _forget_stage(post: Post) -> Post:
    """Return the post with its stage still to be sent; the message of an earlier stage no longer counts."""
    is_uncertain = post.maybe_posted and post.attempted_at is not None
    return replace(post, message_id=None, maybe_posted=is_uncertain)
