"""Delivery to channels: cards are posted once and redrawn from the newest row, or become dead letters."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews import backoff
from reviews.answers.permission import require_known_review
from reviews.cards.card_context import NO_CONTEXT, find_context
from reviews.cards.card_drawing import add_page, draw_card, omit_page
from reviews.delivery.call_slots import CallSlots
from reviews.delivery.card_delivery import show_card
from reviews.delivery.notice_delivery import post_notice
from reviews.delivery.post_once import BUSY_WAIT_SECONDS, SECOND, PostAttempts, is_up_to_date, name_gate
from reviews.errors import (
    ChannelMissing,
    OutcomeUnknown,
    Permanent,
    RemoteError,
    TryLater,
    UnresolvedOutcome,
    describe_error,
)
from reviews.kinds import CardState
from reviews.language import DEFAULT_LANGUAGE, use_language
from reviews.notice import ChangeNotice, DocumentNotice, parse_person_target
from reviews.people.identification import LONG_AGO
from reviews.ports.reports import CardDelivered, CardWithoutChannel, ignore_report
from reviews.privacy.channel_visibility import ChannelVisibility, Redactor
from reviews.routes.route import Routes
from reviews.stored_enums import require_known
from reviews.wording.placeholders import join_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from reviews.cards.card_context import CardContext
    from reviews.cards.card_drawing import PageOf
    from reviews.cards.notifier import Notifier
    from reviews.clock import Clock
    from reviews.delivery.post_once import PostResult
    from reviews.model import Post, Review
    from reviews.notice import Notice
    from reviews.ports.reports import Report
    from reviews.ports.unit_of_work import Transactions, UnitOfWork

MAX_CLOSED_SECONDS = 3600.0
NO_CHANNEL_REASON = (
    "this worker has no channel {channel}: no route in its ROUTES_FILE (or ROUTES, NOTIFY) names a "
    "place there, or its release does not know the channel"
)


@dataclass(frozen=True, kw_only=True)
class ChannelDelivery:
    """Brings cards up to date with their reviews, and posts notices."""

    transactions: Transactions
    notifiers: Mapping[str, Notifier]
    clock: Clock
    random: Callable[[], float]
    call_slots: CallSlots = field(default_factory=CallSlots)
    get_route_language: Callable[[str], str] = lambda _: DEFAULT_LANGUAGE
    """Returns the language of a route."""
    routes: Routes = field(default_factory=lambda: Routes([]))
    """On private routes, public channels see no titles."""
    report: Callable[[Report], None] = ignore_report
    get_page_url: PageOf = omit_page
    """Returns the page that lists all files of a bulk review."""
    missing_channels: set[str] = field(default_factory=set)
    """The channels that cards needed and this worker lacks."""

    @property
    def redactor(self) -> Redactor:
        visibility = ChannelVisibility(
            transactions=self.transactions, notifiers=self.notifiers, clock=self.clock
        )
        return Redactor(transactions=self.transactions, routes=self.routes, visibility=visibility)

    def deliver(self, card_id: int, job: str) -> float | None:
        """Post or redraw a card if it is due; return seconds until the next run, or `None`.

        `job` names the caller, including this process: no other job may touch the card until it is released,
        or its owner turns out to be dead.
        """
        with self.transactions(reading=True) as work:
            post = work.cards.get(card_id)
            join_delay = self._wait_for_files(work, post) if post else timedelta()
        if post is None:
            return None
        if join_delay:
            return join_delay / SECOND
        redraw = post.message_id is not None
        with self.call_slots.take_slot(post.notifier, post.target, redraw=redraw) as wait:
            return wait or self._deliver(card_id, job)

    def _wait_for_files(self, work: UnitOfWork, post: Post) -> timedelta:
        """Return how long a bulk review's card, or a subscriber's notice of it, waits for more files.

        It holds neither a call slot nor a claim meanwhile.
        """
        review_id = _find_review_to_wait_for(post)
        timing = work.bulk_files.find_timing(review_id) if review_id else None
        if timing is None:
            return timedelta()
        if post.message_id is not None and post.drawn_at is not None:
            return timing.compute_redraw_delay(self.clock(), drawn_at=post.drawn_at)
        route = self.routes.find_route(timing.route)
        return timing.compute_post_delay(self.clock(), max_wait=route.max_wait if route else timedelta())

    def _deliver(self, card_id: int, job: str) -> float | None:
        with self.transactions() as work:
            is_claimed = work.cards.claim(card_id, job)
            post = work.cards.get(card_id)
            if post is not None and not is_claimed:
                return None if post.state is CardState.DEAD else BUSY_WAIT_SECONDS
            closed_until = self._find_opening(work, post) if post else None
            review = work.reviews.get(post.review_id) if post and post.review_id else None
            context = self._find_context(work, review) if review and post and not post.notice else NO_CONTEXT
            thread_card = work.cards.find_thread_card(post) if post and post.notice else None
            post = _add_file_counts(work, post) if post else None
            work.commit()
        if post is None or (review is None and post.notice is None):
            return None
        if closed_until is not None:
            return self._queue_card(post, job, closed_until)
        try:
            _require_known(post, review)
            message_id, wait = self._reach_channel(post, review, context, thread_card, job)
        except RemoteError as error:
            return self._count_failure(card_id, job, error, notice=post.notice)
        if message_id is None:
            return wait
        with self.transactions() as work:
            outdated_ids = _find_outdated_reviews(work, review) if post.notice is None else []
            is_saved = work.cards.mark_drawn(
                card_id, job, message_id=message_id, drawing=post.requested_drawing, at=self.clock()
            )
            for outdated_id in outdated_ids:
                work.cards.redraw(outdated_id)
            if review is not None and post.notice is None and message_id != post.message_id:
                work.cards.redraw_predecessors(review.id)  # now they can point to another card
            work.commit()
        if is_saved and not is_up_to_date(post):
            self._report_delivery(post, review.route if review else None, attempts=post.attempts + 1)
        return None

    def _find_context(self, work: UnitOfWork, review: Review) -> CardContext:
        return find_context(work, review, self.routes.find_route(review.route), now=self.clock())

    def _report_delivery(
        self, post: Post, route: str | None, *, attempts: int, error: str | None = None
    ) -> None:
        route = route or (post.notice.route if post.notice else "")
        duration = self.clock() - post.due_since if post.due_since else None
        self.report(CardDelivered(card=post, route=route, attempts=attempts, duration=duration, error=error))

    def _reach_channel(
        self, post: Post, review: Review | None, context: CardContext, thread_card: Post | None, job: str
    ) -> PostResult:
        attempts = PostAttempts(transactions=self.transactions, clock=self.clock, job=job)
        notifier = self._require_notifier(post)
        with use_language(self._find_language(post, review)):
            if post.notice is not None:
                redacted_notice = self.redactor.redact_notice(post.notice, (post.notifier, post.target))
                return post_notice(
                    post, redacted_notice, thread_card=thread_card, notifier=notifier, attempts=attempts
                )
            if review is not None:
                place = (post.notifier, post.target)
                card = add_page(draw_card(review, context), self.get_page_url)
                redacted_card = self.redactor.redact_card(card, review, place)
                return show_card(post, redacted_card, notifier=notifier, attempts=attempts)
        return None, 0.0

    def _find_language(self, post: Post, review: Review | None) -> str:
        """Return the route's language; for a direct message the person's own, if their chat provides it."""
        person = parse_person_target(post.target)
        if person is not None:
            with self.transactions(reading=True) as work:
                account = work.accounts.find_by_address(post.notifier, person, since=LONG_AGO)
            if account is not None and account.locale:
                return account.locale
        return self.get_route_language(review.route if review else post.notice.route if post.notice else "")

    def _require_notifier(self, post: Post) -> Notifier:
        notifier = self.notifiers.get(post.notifier)
        if notifier is None:
            raise self._report_missing_channel(post.notifier)
        return notifier

    def _report_missing_channel(self, channel: str) -> ChannelMissing:
        """Return the error for a channel that this worker lacks; report it once per worker."""
        error = ChannelMissing(NO_CHANNEL_REASON.format(channel=channel))
        if channel not in self.missing_channels:
            self.missing_channels.add(channel)
            self.report(CardWithoutChannel(channel=channel, reason=str(error)))
        return error

    def count_failure(self, card_id: int, job: str, error: Exception) -> float | None:
        """Count a failed attempt; a dead letter after the last one, or if a retry is of no use.

        If the remote service only requested a wait, the channel is closed for that time, and nothing is
        counted. No JSON is read, so that an unreadable card can't fail for ever: it could not even be
        claimed.
        """
        with self.transactions() as work:
            post = work.cards.get_without_notice(card_id)
            if post is not None and not is_up_to_date(post) and work.cards.claim(card_id, job):
                work.commit()
        return self._count_failure(card_id, job, error, notice=None)

    def _count_failure(
        self, card_id: int, job: str, error: Exception, *, notice: Notice | None
    ) -> float | None:
        retry_after = error.retry_after if isinstance(error, TryLater) else None
        with self.transactions() as work:
            post = work.cards.get_without_notice(card_id)
            if post is None:
                return None
            dead = isinstance(error, Permanent) or (
                not retry_after and post.attempts + 1 >= _find_max_attempts(error)
            )
            # An unexpected error may have happened after the remote service was called.
            # A dead letter with an unknown outcome stays marked so, and a replay looks before it posts.
            unknown = isinstance(error, OutcomeUnknown | UnresolvedOutcome) or not isinstance(
                error, RemoteError
            )
            if retry_after:
                work.gates.close(
                    name_gate(post), self.clock() + min(retry_after, MAX_CLOSED_SECONDS) * SECOND
                )
            attempts = work.cards.mark_failed(
                card_id, job, describe_error(error), count_attempt=not retry_after, dead=dead, unknown=unknown
            )
            route = work.reviews.get_route(post.review_id) if dead and post.review_id else None
            work.commit()
        if dead and attempts is not None:
            self._report_delivery(
                replace(post, notice=notice), route, attempts=attempts, error=describe_error(error)
            )
        if dead or attempts is None:
            return None
        return backoff.compute_wait(attempts, retry_after=retry_after, random=self.random)

    def _find_opening(self, work: UnitOfWork, post: Post) -> datetime | None:
        """Return until when a remote service that requested a wait must not be called, else `None`.

        A card without any attempt waits in its channel's queue anyway.
        """
        untried = post.message_id is None and post.attempted_at is None
        if untried or is_up_to_date(post):
            return None
        now = self.clock()
        opens = work.gates.find_opening(name_gate(post), now)
        return opens if opens > now else None

    def _queue_card(self, post: Post, job: str, closed_until: datetime) -> float:
        """Queue a card that was tried before, and release it; return the seconds until its turn.

        A posted card has no place in the queue: it would be redrawn only after all new ones.
        """
        now, slot = self.clock(), closed_until
        with self.transactions() as work:
            if post.message_id is None:
                notifier = self.notifiers.get(post.notifier)
                slot = work.gates.take_next_slot(
                    name_gate(post), now, interval=notifier.post_interval if notifier else timedelta()
                )
            work.cards.save_queue_place(post.id, job, not_before=slot)
            work.commit()
        return (slot - now) / SECOND


def _find_review_to_wait_for(post: Post) -> str | None:
    """Return the review that a card or a subscriber's notice shows; no other notice waits for its files."""
    if post.notice is None:
        return post.review_id
    return post.notice.bulk_review_id if isinstance(post.notice, ChangeNotice) else None


def _find_outdated_reviews(work: UnitOfWork, review: Review | None) -> list[str]:
    """Return the id of a bulk review that files have joined while its card was drawn.

    They request no drawing while one is due. So the review is locked until this drawing is stored: files that
    join after that request the next one.
    """
    if review is None or review.bulk is None:
        return []
    newest = work.reviews.get(review.id, lock=True)
    return [review.id] if newest is not None and newest.revision != review.revision else []


def _add_file_counts(work: UnitOfWork, post: Post) -> Post:
    """Return the post with its notice of a bulk review updated to the current files."""
    notice = post.notice
    if not isinstance(notice, DocumentNotice):
        return post
    review_id = notice.bulk_review_id if isinstance(notice, ChangeNotice) else post.review_id
    review = work.reviews.get(review_id) if review_id else None
    if review is None or review.bulk is None:
        return post
    notice = replace(notice, title=review.title, path=review.path, files=review.bulk.count)
    if isinstance(notice, ChangeNotice):
        notice = replace(notice, who=join_names(person.name for person in review.contributors))
    return replace(post, notice=notice)


def _require_known(post: Post, review: Review | None) -> None:
    """Raise `WrittenByNewer` if a newer release wrote what this one can't draw."""
    require_known(f"card {post.id}", (post.state, *(post.notice.list_enums() if post.notice else ())))
    if review is not None:
        require_known_review(review)


def _find_max_attempts(error: Exception) -> int:
    return backoff.MAX_ATTEMPTS_WITHOUT_CHANNEL if isinstance(error, ChannelMissing) else backoff.MAX_ATTEMPTS
