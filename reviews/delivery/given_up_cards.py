"""Cards and notices of reviews that are given up, each with its ledger entry, and those delivered after all.

The entry is in the same transaction as the card's state. What belongs to no review has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews import backoff
from reviews.errors import (
    ChannelMissing,
    OutcomeUnknown,
    Permanent,
    RemoteError,
    TryLater,
    UnresolvedOutcome,
)
from reviews.ledger import delivery_entries

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.model import Post
    from reviews.ports.unit_of_work import UnitOfWork


def withhold_reason(_reason: str) -> str:
    """Return nothing in place of a reason that can't be redacted: it may hold a secret."""
    return ""


def find_retry_after(error: Exception) -> float | None:
    """Return the seconds that the remote service requires to wait; such a wait is no failure."""
    return (error.retry_after or None) if isinstance(error, TryLater) else None


def is_final(error: Exception, post: Post) -> bool:
    """Return whether a card is given up after this failure: a retry is of no use, or was the last one."""
    if isinstance(error, Permanent):
        return True
    if find_retry_after(error) is not None:
        return False
    is_missing = isinstance(error, ChannelMissing)
    max_attempts = backoff.MAX_ATTEMPTS_WITHOUT_CHANNEL if is_missing else backoff.MAX_ATTEMPTS
    return post.attempts + 1 >= max_attempts


def is_outcome_unknown(error: Exception) -> bool:
    """Return whether the card may have been posted: an unexpected error may have come after the call.

    A dead letter with an unknown outcome stays marked so, and a replay looks before it posts.
    """
    return isinstance(error, OutcomeUnknown | UnresolvedOutcome) or not isinstance(error, RemoteError)


def record_given_up(
    work: UnitOfWork,
    post: Post,
    error: Exception,
    *,
    attempts: int,
    reason: str,
    at: datetime,
) -> str | None:
    """Append the entry of a card that was given up; return the route of its review, if it has one.

    `reason` is the error's text without secrets. No JSON is read: a review that can't be read must not keep
    its card from being given up.
    """
    subject = work.reviews.get_subject(post.review_id) if post.review_id else None
    if subject is None:
        return None
    was_posted = None if is_outcome_unknown(error) else False
    entry = delivery_entries.build_given_up(
        subject,
        post,
        attempts=attempts,
        reason=reason,
        was_posted=True if post.message_id is not None else was_posted,
        at=at,
    )
    work.ledger.append(entry)
    return subject.route


def record_recovery(work: UnitOfWork, post: Post, *, at: datetime) -> None:
    """Append the entry of a card that was delivered after it had been given up; usually there is none."""
    subject = work.reviews.get_subject(post.review_id) if post.given_up and post.review_id else None
    if subject is not None:
        work.ledger.append(delivery_entries.build_recovered(subject, post, at=at))
