"""Posting once: stored before the attempt, looked up after an unknown outcome, in the channel's queue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.delivery.pace import BRIEF_WAIT, HEAD_START
from reviews.errors import MessageGone, OutcomeUnknown, Permanent, TryLater, UnresolvedOutcome
from reviews.kinds import CardState

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.cards.card import Card
    from reviews.cards.notifier import Notifier
    from reviews.clock import Clock
    from reviews.delivery.pace import Pace
    from reviews.model import Post
    from reviews.notice import Notice
    from reviews.ports.unit_of_work import Transactions

BUSY_WAIT_SECONDS = 1.0
SECOND = timedelta(seconds=1)
# A stored time further ahead than this, beyond any long queue, comes from a clock that was ahead.
MAX_CLOCK_ERROR = timedelta(hours=2)

PostResult = tuple[str | None, float]
"""The id of the message that shows the current content, or `None` and how many seconds to wait."""


@dataclass(frozen=True, kw_only=True)
class PostLookup:
    """The message if it was posted, and whether the channel could not be queried."""

    message_id: str | None
    query_failed: bool = False


@dataclass(frozen=True, kw_only=True)
class PostAttempts:
    """The attempts of one job to post cards and notices, neither of them twice for one cause.

    The steps of a post are: look up an earlier attempt, begin a new one, which stores it, and send.
    """

    transactions: Transactions
    clock: Clock
    job: str
    pace: Pace
    sends_at: datetime | None = None
    """When the first attempt is sent, if it is stored already."""

    def look_up_post(self, post: Post, notifier: Notifier, message: Card | Notice) -> PostLookup:
        """Look up the result of a post with an unknown outcome; empty if there was none.

        If the channel can't be queried, it is posted once more, since one visible duplicate is better than
        silence. After that the operators have to decide.
        """
        if post.attempted_at is None:
            return PostLookup(message_id=None)
        try:
            message_id = notifier.find_message(post.target, message, since=post.attempted_at)
        except TryLater as error:
            raise OutcomeUnknown(
                f"the card may stand already: {error}", retry_after=error.retry_after
            ) from error
        except MessageGone:
            return PostLookup(message_id=None)  # the thread is gone, and its messages too
        except Permanent as error:
            if post.maybe_posted:
                raise UnresolvedOutcome(
                    f"posted twice without an answer, and {error}: look in the channel"
                ) from error
            return PostLookup(message_id=None, query_failed=True)
        if message_id is not None:
            with self.transactions() as work:
                work.cards.mark_found(post.id, self.job, message_id=message_id)
                work.commit()
        return PostLookup(message_id=message_id)

    def begin_post(self, post: Post, notifier: Notifier, lookup: PostLookup) -> float:
        """Store that the card is posted now and return zero, or return the seconds until it is due.

        It returns zero at the moment of the turn. After zero the caller sends it at once, measured by the
        pace: from then on it may be in the channel.
        """
        sends_at = self.sends_at
        if sends_at is None:
            now = self.clock()
            wait = self._store_attempt(post, notifier, lookup, now)
            if wait is None:
                return BUSY_WAIT_SECONDS  # this process was believed dead, and another one has the card
            if wait > BRIEF_WAIT:
                return (wait - HEAD_START) / SECOND
            sends_at = now + wait
        self.pace.wait(sends_at - self.clock())
        return 0.0

    def _store_attempt(
        self, post: Post, notifier: Notifier, lookup: PostLookup, now: datetime
    ) -> timedelta | None:
        """Take the card's turn, or a place in the queue; return how long it waits, `None` without a claim.

        After a brief wait it is the card's turn.
        """
        with self.transactions() as work:
            wait = work.gates.take_turn(
                name_gate(post), now, place=post.not_before, interval=notifier.post_interval
            )
            if wait > BRIEF_WAIT:
                has_claim = work.cards.save_queue_place(post.id, self.job, not_before=now + wait)
            else:
                maybe_posted = post.maybe_posted or lookup.query_failed
                has_claim = work.cards.mark_attempted(post.id, self.job, at=now, maybe_posted=maybe_posted)
            work.commit()
        return wait if has_claim else None

    def readdress(self, post: Post, target: str) -> None:
        """Have the notice posted to another target."""
        with self.transactions() as work:
            work.cards.readdress(post.id, self.job, target=target)
            work.commit()

    def forget_message(self, post: Post) -> Post:
        """Return the post as not sent, since no one can answer on a deleted message."""
        with self.transactions() as work:
            work.cards.owe_again(post.id, self.job)
            work.commit()
        return replace(post, message_id=None, attempted_at=None, not_before=None, maybe_posted=False)


def is_up_to_date(post: Post) -> bool:
    return (
        post.state is CardState.POSTED
        and post.finished_drawing == post.requested_drawing
        and post.message_id is not None
    )


def name_gate(post: Post) -> str:
    return f"{post.notifier}:{post.target}"
