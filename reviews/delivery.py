"""Cards to the channels: posted once, redrawn from the newest row, given up with the cause in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews import backoff
from reviews.card import card_of
from reviews.card_context import ALONE, context_of
from reviews.directory import LONG_AGO
from reviews.drawing import Drawing
from reviews.errors import Doubtful, FarSideError, OutcomeUnknown, Permanent, TryLater, in_words
from reviews.lanes import Lanes
from reviews.language import USUAL, speaking
from reviews.model import CardState
from reviews.notice import person_of
from reviews.posting import BUSY_WAIT, SECOND, Posting, gate, up_to_date
from reviews.publicity import Publicity, Veils
from reviews.reports import CardDelivered, untold
from reviews.routing import Routes
from reviews.telling import Telling

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviews.card_context import Context
    from reviews.model import CardPost, Review
    from reviews.ports import Clock, Notifier, Transactions, UnitOfWork
    from reviews.posting import Reached
    from reviews.reports import Report

LONGEST_SHUT = 3600.0


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Brings what a card shows up to date with its review."""

    transactions: Transactions
    notifiers: Mapping[str, Notifier]
    clock: Clock
    random: Callable[[], float]
    lanes: Lanes = field(default_factory=Lanes)
    language_of: Callable[[str], str] = lambda _: USUAL
    """Which language is spoken on a route."""
    routes: Routes = field(default_factory=lambda: Routes([]))
    """Where something is private, the public sees no titles."""
    report: Callable[[Report], None] = untold

    @property
    def veils(self) -> Veils:
        asked = Publicity(transactions=self.transactions, notifiers=self.notifiers, clock=self.clock)
        return Veils(transactions=self.transactions, routes=self.routes, publicity=asked)

    def deliver(self, card_id: int, job: str) -> float | None:
        """Post or redraw a card if it is due; return seconds after which to run again, or `None`.

        `job` names the caller, this process included: nobody else may touch the card until it is let go of,
        or its owner is found dead.
        """
        with self.transactions(reading=True) as work:
            card = work.cards.get(card_id)
        if card is None:
            return None
        redraw = card.message_id is not None
        with self.lanes.lane(card.notifier, card.target, redraw=redraw) as wait:
            return wait or self._deliver(card_id, job)

    def _deliver(self, card_id: int, job: str) -> float | None:
        with self.transactions() as work:
            claimed = work.cards.claim(card_id, job)
            card = work.cards.get(card_id)
            if card is not None and not claimed:
                return None if card.state is CardState.DEAD else BUSY_WAIT
            if card is not None and (shut := self._shut_out(work, card, job)):
                work.commit()
                return shut
            review = work.reviews.get(card.review_id) if card and card.review_id else None
            context = self._context(work, review) if review and card and not card.notice else ALONE
            beside = work.cards.thread(card) if card and card.notice else None
            work.commit()
        if card is None or (review is None and card.notice is None):
            return None
        try:
            message_id, wait = self._reach(card, review, context, beside, job)
        except FarSideError as error:
            return self.failed(card_id, job, error)
        if message_id is None:
            return wait
        with self.transactions() as work:
            kept = work.cards.drawn(card_id, job, message_id=message_id, drawing=card.wanted, at=self.clock())
            if review is not None and card.notice is None and message_id != card.message_id:
                for superseded in work.reviews.predecessors(review.id):
                    work.cards.redraw(superseded)  # now there is another card to point to
            work.commit()
        if kept and not up_to_date(card):
            self._report(card, review, attempts=card.attempts + 1)
        return None

    def _context(self, work: UnitOfWork, review: Review) -> Context:
        return context_of(work, review, self.routes.named(review.route), now=self.clock())

    def _report(
        self, card: CardPost, review: Review | None, *, attempts: int, error: str | None = None
    ) -> None:
        route = review.route if review else card.notice.route if card.notice else ""
        took = self.clock() - card.due_since if card.due_since else None
        self.report(CardDelivered(card=card, route=route, attempts=attempts, took=took, error=error))

    def _reach(
        self, card: CardPost, review: Review | None, context: Context, beside: CardPost | None, job: str
    ) -> Reached:
        posting = Posting(transactions=self.transactions, clock=self.clock)
        notifier = self._notifier(card)
        with speaking(self._language(card, review)):
            if card.notice is not None:
                seen_notice = self.veils.notice(card.notice, (card.notifier, card.target))
                return Telling(posting=posting).tell(card, seen_notice, beside, notifier, job=job)
            if review is not None:
                place = (card.notifier, card.target)
                seen = self.veils.card(card_of(review, context), review, place)
                return Drawing(posting=posting).draw(card, seen, notifier, job)
        return None, 0.0

    def _language(self, card: CardPost, review: Review | None) -> str:
        """Return the language of the route, or of somebody who alone reads it, where their chat has told."""
        person = person_of(card.target)
        if person is not None:
            with self.transactions(reading=True) as work:
                account = work.accounts.at(card.notifier, person, since=LONG_AGO)
            if account is not None and account.locale:
                return account.locale
        return self.language_of(review.route if review else card.notice.route if card.notice else "")

    def _notifier(self, card: CardPost) -> Notifier:
        notifier = self.notifiers.get(card.notifier)
        if notifier is None:
            raise Permanent(f"the channel {card.notifier} is not configured on this worker")
        return notifier

    def failed(self, card_id: int, job: str, error: Exception) -> float | None:
        """Count a failed attempt; a dead letter after the last one or where trying again is no use.

        Where the far side only asked for patience, the channel is shut for so long, and nothing is counted.
        """
        wish = error.after if isinstance(error, TryLater) else None
        with self.transactions() as work:
            card = work.cards.get(card_id)
            if card is None:
                return None
            dead = isinstance(error, Permanent) or (not wish and card.attempts + 1 >= backoff.ATTEMPTS)
            # What nobody expected may have happened after the far side was called.
            # A card that was given up in doubt keeps the doubt, so that a replay looks before it posts.
            unknown = isinstance(error, OutcomeUnknown | Doubtful) or not isinstance(error, FarSideError)
            attempts = work.cards.failed(
                card_id, job, in_words(error), counted=not wish, dead=dead, unknown=unknown
            )
            if wish:
                work.gates.close(gate(card), self.clock() + min(wish, LONGEST_SHUT) * SECOND)
            review = work.reviews.get(card.review_id) if dead and card.review_id else None
            work.commit()
        if dead and attempts is not None:
            self._report(card, review, attempts=attempts, error=in_words(error))
        if dead or attempts is None:
            return None
        return backoff.wait(attempts, wish=wish, random=self.random)

    def _shut_out(self, work: UnitOfWork, card: CardPost, job: str) -> float:
        """Return the seconds for which a far side that asked for patience is not to be called.

        A card that has never been tried stands in its channel's line anyway.
        """
        now, name = self.clock(), gate(card)
        untried = card.message_id is None and card.attempted_at is None
        if untried or up_to_date(card) or not work.gates.is_closed(name, now):
            return 0.0
        notifier = self.notifiers.get(card.notifier)
        place = work.gates.queue(name, now, apart=notifier.apart if notifier else timedelta())
        work.cards.line_up(card.id, job, not_before=place)
        return (place - now) / SECOND
