"""Cards to the channels: posted once, redrawn from the newest row, given up with the cause in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews import backoff
from reviews.card import card_of
from reviews.errors import Doubtful, FarSideError, OutcomeUnknown, Permanent, TryLater, in_words
from reviews.model import CardPost, CardState, Review

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviews.card import Card
    from reviews.ports import Clock, Notifier, Transactions, UnitOfWork

BUSY_WAIT = 1.0
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Brings what a card shows up to date with its review."""

    transactions: Transactions
    notifiers: Mapping[str, Notifier]
    clock: Clock
    random: Callable[[], float]

    def deliver(self, card_id: int, job: str) -> float | None:
        """Post or redraw a card if it is due; return seconds after which to run again, or `None`.

        `job` names the caller, this process included: nobody else may touch the card until it is let go of,
        or its owner is found dead.
        """
        with self.transactions() as work:
            claimed = work.cards.claim(card_id, job)
            card = work.cards.get(card_id)
            if card is not None and not claimed:
                return None if card.state is CardState.DEAD else BUSY_WAIT
            review = work.reviews.get(card.review_id) if card else None
            work.commit()
        if card is None or review is None:
            return None
        try:
            message_id, wait = self._draw(card, review, job)
        except FarSideError as error:
            return self.failed(card_id, job, error)
        if message_id is None:
            return wait
        with self.transactions() as work:
            work.cards.drawn(card_id, job, message_id=message_id, drawing=card.wanted)
            work.commit()
        return None

    def failed(self, card_id: int, job: str, error: Exception) -> float | None:
        """Count a failed attempt; a dead letter after the last one or where trying again is no use."""
        wish = error.after if isinstance(error, TryLater) else None
        with self.transactions() as work:
            card = work.cards.get(card_id)
            if card is None:
                return None
            dead = isinstance(error, Permanent) or card.attempts + 1 >= backoff.ATTEMPTS
            # What nobody expected may have happened after the far side was called.
            # A card that was given up in doubt keeps the doubt, so that a replay looks before it posts.
            unknown = isinstance(error, OutcomeUnknown | Doubtful) or not isinstance(error, FarSideError)
            attempts = work.cards.failed(card_id, job, in_words(error), dead=dead, unknown=unknown)
            if wish:
                work.gates.close(_gate(card), self.clock() + wish * SECOND)
            work.commit()
        if dead or attempts is None:
            return None
        return backoff.wait(attempts, wish=wish, random=self.random)

    def _draw(self, card: CardPost, review: Review, job: str) -> tuple[str | None, float]:
        """Return the id of the message that now shows the review, or `None` and how long to wait."""
        if card.state is CardState.POSTED and card.drawn == card.wanted and card.message_id:
            return card.message_id, 0.0
        notifier = self.notifiers.get(card.notifier)
        if notifier is None:
            raise Permanent(f"the channel {card.notifier} is not configured on this worker")
        drawing = card_of(review)
        message_id, blind = card.message_id, False
        if message_id is None and card.attempted_at is not None:
            message_id, blind = self._look(notifier, card, drawing, job)
        if message_id is not None:
            notifier.update(card.target, message_id, drawing)
            return message_id, 0.0
        wait = self._before_posting(card, notifier, job, maybe_posted=card.maybe_posted or blind)
        return (None, wait) if wait else (notifier.post(card.target, drawing), 0.0)

    def _look(self, notifier: Notifier, card: CardPost, drawing: Card, job: str) -> tuple[str | None, bool]:
        """Find out what became of a post that nobody has answered for.

        Return the message if it stands, and whether the channel could not be asked: then the card is posted
        once more, since one visible duplicate is better than silence, and after that it is for the operators.
        """
        since = card.attempted_at or self.clock()
        try:
            message_id = notifier.find(card.target, drawing, since=since)
        except TryLater as error:
            raise OutcomeUnknown(f"the card may stand already: {error}", after=error.after) from error
        except Permanent as error:
            if card.maybe_posted:
                raise Doubtful(f"posted twice without an answer, and {error}: look in the channel") from error
            return None, True
        if message_id is not None:
            with self.transactions() as work:
                work.cards.found(card.id, job, message_id=message_id)
                work.commit()
        return message_id, False

    def _before_posting(self, card: CardPost, notifier: Notifier, job: str, *, maybe_posted: bool) -> float:
        """Wait in the channel's line; at its end note that the card is posted now. Return seconds to wait."""
        now = self.clock()
        with self.transactions() as work:
            wait = self._turn(work, card, notifier.apart)
            if wait > timedelta():
                kept = work.cards.line_up(card.id, job, not_before=now + wait)
            else:
                kept = work.cards.attempted(card.id, job, at=now, maybe_posted=maybe_posted)
            work.commit()
        if not kept:
            return BUSY_WAIT  # this process was believed dead, and somebody else has the card
        return wait / SECOND

    def _turn(self, work: UnitOfWork, card: CardPost, apart: timedelta) -> timedelta:
        """Return how long until it is this card's turn.

        A card takes its place in the line once, and anew after the far side has shut the gate; whoever wakes
        a little early or late still keeps the distance.
        """
        now, name = self.clock(), _gate(card)
        place = card.not_before
        if place is None or work.gates.is_closed(name, now):
            place = work.gates.queue(name, now, apart=apart)
        if place > now:
            return place - now
        return work.gates.wait(name, now, apart=apart)


def _gate(card: CardPost) -> str:
    return f"{card.notifier}:{card.target}"
