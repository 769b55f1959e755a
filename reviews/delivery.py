"""Cards to the channels: posted once, redrawn from the newest row, given up with the cause in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews import backoff
from reviews.card import card_of
from reviews.errors import FarSideError, Permanent, TryLater, in_words
from reviews.model import CardPost, CardState, Review

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviews.ports import Notifier, Transactions

BUSY_WAIT = 1.0


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Brings what a card shows up to date with its review."""

    transactions: Transactions
    notifiers: Mapping[str, Notifier]
    random: Callable[[], float]

    def deliver(self, card_id: int, job: str) -> float | None:
        """Post or redraw a card if it is due; return seconds after which to run again, or `None`.

        `job` names the caller: it may take up again what it had claimed before it died, nobody else may.
        """
        with self.transactions() as work:
            if not work.cards.claim(card_id, job):
                return BUSY_WAIT if work.cards.get(card_id) else None
            card = work.cards.get(card_id)
            review = work.reviews.get(card.review_id) if card else None
            work.commit()
        if card is None or review is None:
            return None
        try:
            message_id = self._draw(card, review)
        except FarSideError as error:
            return self.failed(card_id, error)
        with self.transactions() as work:
            work.cards.drawn(card_id, message_id=message_id, drawing=card.wanted)
            work.commit()
        return None

    def failed(self, card_id: int, error: Exception) -> float | None:
        """Count a failed attempt; a dead letter after the last one or where trying again is no use."""
        with self.transactions() as work:
            card = work.cards.get(card_id)
            attempts = card.attempts + 1 if card else backoff.ATTEMPTS
            dead = isinstance(error, Permanent) or attempts >= backoff.ATTEMPTS
            work.cards.failed(card_id, in_words(error), dead=dead)
            work.commit()
        if dead:
            return None
        wish = error.after if isinstance(error, TryLater) else None
        return backoff.wait(attempts, wish=wish, random=self.random)

    def _draw(self, card: CardPost, review: Review) -> str:
        """Post the first time, redraw afterwards, and do nothing for a card that is up to date."""
        if card.state is CardState.POSTED and card.drawn == card.wanted and card.message_id:
            return card.message_id
        notifier = self.notifiers.get(card.notifier)
        if notifier is None:
            raise Permanent(f"the channel {card.notifier} is not configured on this worker")
        drawing = card_of(review)
        if card.message_id is None:
            return notifier.post(card.target, drawing)
        notifier.update(card.target, card.message_id, drawing)
        return card.message_id
