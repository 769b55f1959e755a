"""One transaction before a card is sent: it claims the card, takes its turn, and reads what is drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.campaign_notices import CampaignNotice, make_card_cause
from reviews.cards.card_context import NO_CONTEXT, find_context
from reviews.delivery.pace import BRIEF_WAIT, HEAD_START
from reviews.delivery.post_once import BUSY_WAIT_SECONDS, SECOND, is_up_to_date, name_gate
from reviews.delivery.reminder_claims import update_reminder
from reviews.identity import Reviewer
from reviews.kinds import CardState
from reviews.notice import (
    ChangeNotice,
    DocumentNotice,
    ReminderListNotice,
    ReminderMessage,
    parse_person_target,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from reviews.cards.card_context import CardContext
    from reviews.cards.notifier import Notifier
    from reviews.clock import Clock
    from reviews.model import Post, Review
    from reviews.ports.documents import Sealer
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Routes


@dataclass(frozen=True, kw_only=True)
class ClaimedCard:
    """A card that one job has, and what it shows.

    `sends_at` says that the attempt of its first post is stored: the caller sends it then, in a moment.
    `is_over` says of a reminder that no one is asked any more: it is not sent.
    """

    post: Post
    review: Review | None
    context: CardContext = NO_CONTEXT
    thread_card: Post | None = None
    sends_at: datetime | None = None
    is_over: bool = False


@dataclass(frozen=True, kw_only=True)
class CardClaims:
    """Claims cards. A card that must wait is not read."""

    transactions: Transactions
    notifiers: Mapping[str, Notifier]
    routes: Routes
    clock: Clock
    sealer: Sealer | None = None
    """Opens the snippets of documents; without one no card shows any."""

    def claim(self, card_id: int, job: str) -> ClaimedCard | float | None:
        """Return the claimed card, else the seconds until the next run, or `None` if there is nothing to do.

        A card that was never sent takes its turn in the channel here.
        """
        with self.transactions() as work:
            post = work.cards.get(card_id)
            if post is None:
                return None
            if join_delay := self._wait_for_files(work, post):
                return join_delay / SECOND
            is_new = not post.cause and post.message_id is None and post.attempted_at is None
            claim = self._claim_new if is_new else self._claim_tried
            claimed = claim(work, post, job)
            if claimed is None:
                return self._explain_lost_claim(work, post)
            work.commit()
            return claimed

    def _wait_for_files(self, work: UnitOfWork, post: Post) -> timedelta:
        """Return how long a bulk review's card, or a subscriber's notice of it, waits for more files.

        It takes no turn meanwhile.
        """
        review_id = _find_review_to_wait_for(post)
        timing = work.bulk_files.find_timing(review_id) if review_id else None
        if timing is None:
            return timedelta()
        if post.message_id is not None and post.drawn_at is not None:
            return timing.compute_redraw_delay(self.clock(), drawn_at=post.drawn_at)
        route = self.routes.find_route(timing.route)
        return timing.compute_post_delay(self.clock(), max_wait=route.max_wait if route else timedelta())

    def _claim_new(self, work: UnitOfWork, post: Post, job: str) -> ClaimedCard | float | None:
        """Claim a card that was never sent, if its turn comes in a moment, else take a place in the queue."""
        now = self.clock()
        wait = self._take_turn(work, post, now)
        if wait > BRIEF_WAIT:
            return self._queue(work, post, job, until=now + wait, due_in=wait - HEAD_START)
        return self._claim(work, post, job, sends_at=now + wait)

    def _claim_tried(self, work: UnitOfWork, post: Post, job: str) -> ClaimedCard | float | None:
        """Claim a card that was sent before, or a notice, unless its channel is closed.

        A reminder is sent as its reviews are now, and waits for working hours.
        """
        now = self.clock()
        reminder = None if is_up_to_date(post) else update_reminder(work, post, self.routes, now=now)
        if reminder is not None and reminder.sends_at > now:
            work.cards.postpone(post.id, job, until=reminder.sends_at)
            return (reminder.sends_at - now) / SECOND
        is_over = reminder is not None and reminder.is_over
        wait = timedelta() if is_over else self._wait_for_opening(work, post)
        if wait:
            return self._queue(work, post, job, until=self.clock() + wait, due_in=wait)
        claimed = self._claim(work, reminder.post if reminder else post, job, sends_at=None)
        return replace(claimed, is_over=is_over) if claimed else None

    def _take_turn(self, work: UnitOfWork, post: Post, now: datetime) -> timedelta:
        """Take the turn of a card that was never sent, or a place in its channel's queue."""
        notifier = self.notifiers.get(post.notifier)
        interval = notifier.post_interval if notifier else timedelta()
        return work.gates.take_turn(name_gate(post), now, place=post.not_before, interval=interval)

    def _wait_for_opening(self, work: UnitOfWork, post: Post) -> timedelta:
        """Return how long a card that was tried before waits while its channel is closed.

        A posted card has no place in the queue: it would be redrawn only after all new ones.
        """
        if is_up_to_date(post) or (post.message_id is None and post.attempted_at is None):
            return timedelta()  # a notice takes its turn when it is sent
        now = self.clock()
        opens = work.gates.find_opening(name_gate(post), now)
        if opens <= now or post.message_id is not None:
            return opens - now
        notifier = self.notifiers.get(post.notifier)
        interval = notifier.post_interval if notifier else timedelta()
        return work.gates.take_next_slot(name_gate(post), now, interval=interval) - now

    def _queue(
        self, work: UnitOfWork, post: Post, job: str, *, until: datetime, due_in: timedelta
    ) -> float | None:
        """Store the card's place in the queue; return the seconds until it is due, `None` without a claim."""
        has_claim = work.cards.save_queue_place(post.id, job, not_before=until)
        return due_in / SECOND if has_claim else None

    def _claim(
        self, work: UnitOfWork, post: Post, job: str, *, sends_at: datetime | None
    ) -> ClaimedCard | None:
        """Claim the card and read what it shows; return `None` without a claim.

        A card that was never sent has a time to send it.
        """
        if sends_at is not None:
            if not work.cards.begin_first_post(post.id, job, at=self.clock()):
                return None
        else:
            claimed = work.cards.claim(post.id, job)
            if claimed is None:
                return None
            post = _take_notice(work, claimed, read=post)
        review = work.reviews.get(post.review_id) if post.review_id else None
        if post.notice is not None:
            thread_card = self._find_thread_card(work, post)
            return ClaimedCard(post=_add_file_counts(work, post), review=review, thread_card=thread_card)
        if review is None:
            return ClaimedCard(post=post, review=None, sends_at=sends_at)
        route = self.routes.find_route(review.route)
        context = find_context(work, review, route, now=self.clock(), sealer=self.sealer)
        return ClaimedCard(post=post, review=review, context=context, sends_at=sends_at)

    def _find_thread_card(self, work: UnitOfWork, post: Post) -> Post | None:
        """Return the card beside which a notice belongs: of a review, or that of a campaign.

        A person is looked up, and asked if they can't be reached alone, where the card of the campaign is.
        """
        notice = post.notice
        if post.review_id is not None or not isinstance(notice, ReminderListNotice) or not notice.mention:
            return work.cards.find_thread_card(post)
        is_personal = parse_person_target(post.target) is not None
        lines = notice.reminders if is_personal else filter(None, [notice.only_campaign])
        cards = (
            work.cards.find_notice((target.notifier, target.address), cause=make_card_cause(line.campaign_id))
            for line in lines
            if line.campaign_id and (route := self.routes.find_route(line.route))
            for target in route.notify
            if target.notifier == post.notifier and (is_personal or target.address == post.target)
        )
        return next(filter(None, cards), None)

    def _explain_lost_claim(self, work: UnitOfWork, post: Post) -> float | None:
        """Return the seconds until another look at a card that another job has; `None` if it is over."""
        current = work.cards.get_without_notice(post.id)
        return None if current is None or current.state is CardState.DEAD else BUSY_WAIT_SECONDS


def _take_notice(work: UnitOfWork, claimed: Post, *, read: Post) -> Post:
    """Return a claimed card with its notice as it is now: it may have been redrawn since it was read."""
    is_same = claimed.requested_drawing == read.requested_drawing
    if is_same or not isinstance(read.notice, CampaignNotice):
        return replace(claimed, notice=read.notice)
    current = work.cards.get(claimed.id)
    return replace(claimed, notice=current.notice if current else read.notice)


def _find_review_to_wait_for(post: Post) -> str | None:
    """Return the review that a card or a subscriber's notice shows; no other notice waits for its files."""
    if not post.cause:
        return post.review_id
    return post.notice.bulk_review_id if isinstance(post.notice, ChangeNotice) else None


def _add_file_counts(work: UnitOfWork, post: Post) -> Post:
    """Return the post with its notice of a bulk review updated to the current files; a reminder has them."""
    notice = post.notice
    if not isinstance(notice, DocumentNotice) or isinstance(notice, ReminderMessage):
        return post
    review_id = notice.bulk_review_id if isinstance(notice, ChangeNotice) else post.review_id
    review = work.reviews.get(review_id) if review_id else None
    if review is None or review.bulk is None:
        return post
    notice = replace(notice, title=review.title, path=review.path, files=review.bulk.count)
    if isinstance(notice, ChangeNotice):
        notice = replace(notice, who=tuple(map(Reviewer.from_docspace, review.contributors)))
    return replace(post, notice=notice)
