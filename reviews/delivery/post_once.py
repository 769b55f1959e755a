"""Posting once: stored before the attempt, looked up after an unknown outcome, in the channel's queue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.errors import MessageGone, OutcomeUnknown, Permanent, TryLater, UnresolvedOutcome
from reviews.kinds import CardState

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.cards.card import Card
    from reviews.cards.notifier import Notifier
    from reviews.clock import Clock
    from reviews.model import Post
    from reviews.notice import Notice
    from reviews.ports.unit_of_work import Transactions, UnitOfWork

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
        """Store that the card is posted now and return zero, or return the seconds until its turn.

        After zero the caller sends it at once: from then on it may be in the channel.
        """
        now = self.clock()
        with self.transactions() as work:
            wait = self._wait_for_turn(work, post, notifier.post_interval)
            if wait > timedelta():
                has_claim = work.cards.save_queue_place(post.id, self.job, not_before=now + wait)
            else:
                maybe_posted = post.maybe_posted or lookup.query_failed
                has_claim = work.cards.mark_attempted(post.id, self.job, at=now, maybe_posted=maybe_posted)
            work.commit()
        if not has_claim:
            return BUSY_WAIT_SECONDS  # this process was believed dead, and another one has the card
        return wait / SECOND

    def _wait_for_turn(self, work: UnitOfWork, post: Post, interval: timedelta) -> timedelta:
        """Return how long until it is this card's turn.

        A card takes its place in the queue once, and again after the remote service has closed the gate. A
        card that wakes a little early or late still keeps the interval.
        """
        now, gate_name = self.clock(), name_gate(post)
        slot = post.not_before
        if slot is None or slot > now + MAX_CLOCK_ERROR or work.gates.find_opening(gate_name, now) > now:
            slot = work.gates.take_next_slot(gate_name, now, interval=interval)
        if slot > now:
            return slot - now
        return work.gates.pass_or_wait(gate_name, now, interval=interval)

    def release_for_later(self, post: Post) -> datetime:
        """Release the card for a later run; return the time now."""
        now = self.clock()
        with self.transactions() as work:
            work.cards.save_queue_place(post.id, self.job, not_before=now)
            work.commit()
        return now

    def readdress(self, post: Post, target: str) -> None:
        """Release the card for a post to another target."""
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
