"""Reports to operators of finished work: one each for an event, a card, an answer and a comparison.

None contains a title, a note, or more of a person than an address of a channel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

    from reviews.comparison import ComparisonState
    from reviews.kinds import EventState
    from reviews.model import Answer, ChangeEvent, Post, Review, StoredEvent


@dataclass(frozen=True, kw_only=True)
class EventSettled:
    """An event is settled. `duration` is the time since it was received; `reason` explains its state."""

    event: StoredEvent
    state: EventState
    reason: str
    attempts: int
    duration: timedelta


@dataclass(frozen=True, kw_only=True)
class KeysShared:
    """An event was received that shares a key with an earlier one and means something else."""

    event: ChangeEvent


@dataclass(frozen=True, kw_only=True)
class CardDelivered:
    """A card or notice owed to a channel was posted, or was given up with an `error`.

    `attempts` are all that were counted; `duration` is the time since it was owed, if available.
    """

    card: Post
    route: str
    attempts: int
    duration: timedelta | None
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class EventsGivenUp:
    """Events were given up whose rows could perhaps not be read: their numbers, and the reason."""

    ids: tuple[int, ...]
    reason: str
    attempts: int


@dataclass(frozen=True, kw_only=True)
class CardWithoutChannel:
    """A card waits for a worker that has its channel; `reason` says what this worker lacks."""

    channel: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReviewAnswered:
    """An answer was recorded. `duration` is the time since the review's first card was posted, if one was."""

    review: Review
    answer: Answer
    duration: timedelta | None


@dataclass(frozen=True, kw_only=True)
class CodeNotMailed:
    """A code did not reach the mail server, or that accepts no mail; the reason is for operators."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class ComparisonSettled:
    """A comparison was made or given up; of one that failed and is tried again, the state is `waiting`."""

    review_id: str
    revision: int
    state: ComparisonState
    reason: str | None
    attempts: int


@dataclass(frozen=True, kw_only=True)
class EarlierStateLeftOut:
    """A document could not be compared with an earlier state that people answered; `reason` says why."""

    review_id: str
    revision: int
    answered_review_id: str
    answered_revision: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class OpeningNotRecorded:
    """A person opened something of a review, and an outage kept that from being stored."""

    review_id: str
    reason: str


Report = (
    EventSettled
    | EventsGivenUp
    | KeysShared
    | CardDelivered
    | CardWithoutChannel
    | ReviewAnswered
    | CodeNotMailed
    | ComparisonSettled
    | EarlierStateLeftOut
    | OpeningNotRecorded
)


def ignore_report(_report: Report) -> None:
    """Report nothing."""
