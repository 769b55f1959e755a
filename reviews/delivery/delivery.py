"""Cards to the channels: posted once, redrawn from the newest row, given up with the cause in words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews import backoff
from reviews.cards.card_context import ALONE, context_of
from reviews.cards.card_drawing import add_page, card_of, no_page
from reviews.delivery.card_delivery import Drawing
from reviews.delivery.lanes import Lanes
from reviews.delivery.notice_delivery import Telling
from reviews.delivery.post_once import BUSY_WAIT, SECOND, Posting, gate, up_to_date
from reviews.errors import (
    ChannelMissing,
    Doubtful,
    FarSideError,
    OutcomeUnknown,
    Permanent,
    TryLater,
    in_words,
)
from reviews.kinds import CardState
from reviews.language import USUAL, speaking
from reviews.newer_rows import require_known_card, require_known_review
from reviews.notice import person_of
from reviews.people.directory import LONG_AGO
from reviews.ports.reports import CardDelivered, CardWithoutChannel, untold
from reviews.privacy.channel_visibility import Publicity, Veils
from reviews.routes.routing import Routes
from reviews.wording.placeholders import kept

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from reviews.cards.card_context import Context
    from reviews.cards.card_drawing import PageOf
    from reviews.cards.channel import Notifier
    from reviews.clock import Clock
    from reviews.delivery.post_once import Reached
    from reviews.model import CardPost, Review
    from reviews.notice import Notice
    from reviews.ports.reports import Report
    from reviews.ports.unit_of_work import Transactions, UnitOfWork

LONGEST_SHUT = 3600.0
NO_CHANNEL = (
    "this worker has no channel {channel}: no route in its ROUTES_FILE (or ROUTES, NOTIFY) names a "
    "place there, or its release does not know the channel"
)


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
    page_of: PageOf = no_page
    """Where all files of a bulk review are listed."""
    lacking: set[str] = field(default_factory=set)
    """The channels that cards wanted and this worker has not."""

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
            growing = self._wait_for_files(work, card) if card else timedelta()
        if card is None:
            return None
        if growing:
            return growing / SECOND
        redraw = card.message_id is not None
        with self.lanes.lane(card.notifier, card.target, redraw=redraw) as wait:
            return wait or self._deliver(card_id, job)

    def _wait_for_files(self, work: UnitOfWork, card: CardPost) -> timedelta:
        """Return how long a card of a bulk review, or what subscribers are told of one, waits for more files.

        It holds no lane meanwhile, and nobody's claim.
        """
        about = card.notice.bulk if card.notice else card.review_id
        pace = work.bulk_files.pace(about) if about else None
        if pace is None:
            return timedelta()
        if card.message_id is not None and card.drawn_at is not None:
            return pace.wait_to_redraw(self.clock(), drawn_at=card.drawn_at)
        route = self.routes.named(pace.route)
        return pace.wait_to_post(self.clock(), longest=route.max_wait if route else timedelta())

    def _deliver(self, card_id: int, job: str) -> float | None:
        with self.transactions() as work:
            claimed = work.cards.claim(card_id, job)
            card = work.cards.get(card_id)
            if card is not None and not claimed:
                return None if card.state is CardState.DEAD else BUSY_WAIT
            shut_until = self._shut_until(work, card) if card else None
            review = work.reviews.get(card.review_id) if card and card.review_id else None
            context = self._context(work, review) if review and card and not card.notice else ALONE
            beside = work.cards.thread(card) if card and card.notice else None
            card = _with_files(work, card) if card else None
            work.commit()
        if card is None or (review is None and card.notice is None):
            return None
        if shut_until is not None:
            return self._line_up(card, job, shut_until)
        try:
            _require_known(card, review)
            message_id, wait = self._reach(card, review, context, beside, job)
        except FarSideError as error:
            return self._failed(card_id, job, error, notice=card.notice)
        if message_id is None:
            return wait
        with self.transactions() as work:
            behind = _find_behind(work, review) if card.notice is None else []
            kept = work.cards.drawn(card_id, job, message_id=message_id, drawing=card.wanted, at=self.clock())
            for grown in behind:
                work.cards.redraw(grown)
            if review is not None and card.notice is None and message_id != card.message_id:
                work.cards.redraw_predecessors(review.id)  # now there is another card to point to
            work.commit()
        if kept and not up_to_date(card):
            self._report(card, review.route if review else None, attempts=card.attempts + 1)
        return None

    def _context(self, work: UnitOfWork, review: Review) -> Context:
        return context_of(work, review, self.routes.named(review.route), now=self.clock())

    def _report(self, card: CardPost, route: str | None, *, attempts: int, error: str | None = None) -> None:
        route = route or (card.notice.route if card.notice else "")
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
                drawing = add_page(card_of(review, context), self.page_of)
                seen = self.veils.card(drawing, review, place)
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
            raise self._missing(card.notifier)
        return notifier

    def _missing(self, channel: str) -> ChannelMissing:
        """Return the error for a channel that this worker lacks, which is reported once in its life."""
        error = ChannelMissing(NO_CHANNEL.format(channel=channel))
        if channel not in self.lacking:
            self.lacking.add(channel)
            self.report(CardWithoutChannel(channel=channel, reason=str(error)))
        return error

    def failed(self, card_id: int, job: str, error: Exception) -> float | None:
        """Count a failed attempt; a dead letter after the last one or where trying again is no use.

        Where the far side only asked for patience, the channel is shut for so long, and nothing is counted.
        No JSON is read: what can't be read must not fail for ever. It could not even be claimed.
        """
        with self.transactions() as work:
            card = work.cards.without_notice(card_id)
            if card is not None and not up_to_date(card) and work.cards.claim(card_id, job):
                work.commit()
        return self._failed(card_id, job, error, notice=None)

    def _failed(self, card_id: int, job: str, error: Exception, *, notice: Notice | None) -> float | None:
        wish = error.after if isinstance(error, TryLater) else None
        with self.transactions() as work:
            card = work.cards.without_notice(card_id)
            if card is None:
                return None
            dead = isinstance(error, Permanent) or (not wish and card.attempts + 1 >= _most_attempts(error))
            # What nobody expected may have happened after the far side was called.
            # A card that was given up in doubt keeps the doubt, so that a replay looks before it posts.
            unknown = isinstance(error, OutcomeUnknown | Doubtful) or not isinstance(error, FarSideError)
            if wish:
                work.gates.close(gate(card), self.clock() + min(wish, LONGEST_SHUT) * SECOND)
            attempts = work.cards.failed(
                card_id, job, in_words(error), counted=not wish, dead=dead, unknown=unknown
            )
            route = work.reviews.route_of(card.review_id) if dead and card.review_id else None
            work.commit()
        if dead and attempts is not None:
            self._report(replace(card, notice=notice), route, attempts=attempts, error=in_words(error))
        if dead or attempts is None:
            return None
        return backoff.wait(attempts, wish=wish, random=self.random)

    def _shut_until(self, work: UnitOfWork, card: CardPost) -> datetime | None:
        """Return until when a far side that asked for patience is not to be called, `None` where it may be.

        A card that has never been tried stands in its channel's line anyway.
        """
        untried = card.message_id is None and card.attempted_at is None
        if untried or up_to_date(card):
            return None
        now = self.clock()
        opens = work.gates.opens(gate(card), now)
        return opens if opens > now else None

    def _line_up(self, card: CardPost, job: str, shut_until: datetime) -> float:
        """Let a card wait that was tried before, and let go of it; return the seconds until its turn.

        One that stands has no place in the line: it would be redrawn after all the new ones.
        """
        now, place = self.clock(), shut_until
        with self.transactions() as work:
            if card.message_id is None:
                notifier = self.notifiers.get(card.notifier)
                place = work.gates.queue(gate(card), now, apart=notifier.apart if notifier else timedelta())
            work.cards.line_up(card.id, job, not_before=place)
            work.commit()
        return (place - now) / SECOND


def _find_behind(work: UnitOfWork, review: Review | None) -> list[str]:
    """Return the id of a bulk review that files have joined while its card was drawn.

    They ask for no drawing while one is due. So the review is locked until it is written down that this one
    was drawn: what joins after that asks for the next.
    """
    if review is None or review.bulk is None:
        return []
    found = work.reviews.get(review.id, lock=True)
    return [review.id] if found is not None and found.revision != review.revision else []


def _with_files(work: UnitOfWork, card: CardPost) -> CardPost:
    """Return what is told of a bulk review with the files that there are now."""
    notice = card.notice
    about = (notice.bulk or card.review_id) if notice else None
    review = work.reviews.get(about) if about else None
    if notice is None or review is None or review.bulk is None:
        return card
    now = replace(
        notice, title=review.title, path=review.path, files=review.bulk.count, kinds=review.bulk.kinds
    )
    if notice.bulk:
        now = replace(now, who=kept(who.name for who in review.contributors))
    return replace(card, notice=now)


def _require_known(card: CardPost, review: Review | None) -> None:
    """Raise `WrittenByNewer` where a newer release wrote what this one can't draw."""
    require_known_card(card)
    if review is not None:
        require_known_review(review)


def _most_attempts(error: Exception) -> int:
    return backoff.ATTEMPTS_WITHOUT_CHANNEL if isinstance(error, ChannelMissing) else backoff.ATTEMPTS
