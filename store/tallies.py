"""Counters: figures counted as things happen, measured durations, and their summing up."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.kinds import ReviewState
from store.schema import cards, reviews, tallies

if TYPE_CHECKING:
    from datetime import datetime, timedelta

EVENT_TO_CARD, CARD_TO_ANSWER, CLICK_TO_ANSWER = "event_to_card", "card_to_answer", "click_to_answer"
EVENTS, CARDS, REVIEWS = "events", "cards", "reviews"
KEY_CONFLICTS = "key_conflicts"
_MINUTE, _HOUR = 60, 3600
BOUNDS: dict[str, tuple[float, ...]] = {
    EVENT_TO_CARD: (1, 2.5, 5, 10, 30, _MINUTE, 90, 120, 300, 600, 1800, _HOUR, 6 * _HOUR),
    CARD_TO_ANSWER: (
        *(_MINUTE, 5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE, _HOUR, 2 * _HOUR, 4 * _HOUR, 8 * _HOUR),
        *(24 * _HOUR, 48 * _HOUR, 72 * _HOUR, 168 * _HOUR),
    ),
    CLICK_TO_ANSWER: (0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30),  # Slack waits for three seconds
}
"""The upper bounds of the buckets, in seconds; there is one more beyond the last."""
BEYOND = "+Inf"
MIN_ROWS_TO_SUM = 200
BATCH_SIZE = 20_000

_ADD = sa.insert(tallies).inline()  # its number is not needed
_FIGURE = (tallies.c.subject, tallies.c.label, tallies.c.state)
# Each answer needs it: built once.
_FIRST_POST = (
    sa.select(reviews.c.route, cards.c.posted_at)
    .join(reviews, reviews.c.id == cards.c.review_id)
    .where(
        cards.c.review_id == sa.bindparam("of_review"),
        cards.c.cause == "",
        cards.c.posted_at.is_not(None),
        reviews.c.campaign == sa.literal_column("''"),  # says nothing about the time that changes wait
    )
    .order_by(cards.c.posted_at)
    .limit(1)
)
_SUMS = (sa.func.sum(tallies.c.count), sa.func.sum(tallies.c.seconds))


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The count of a subject, label and state; of durations, also the sum of seconds."""

    subject: str
    label: str
    state: str
    count: int
    seconds: float


def add_observation(connection: sa.Connection, subject: str, label: str, duration: timedelta) -> None:
    """Record how long something took, in the transaction in which it ends."""
    seconds = max(duration.total_seconds(), 0.0)
    bounds = BOUNDS[subject]
    index = bisect_left(bounds, seconds)
    state = f"{bounds[index]:g}" if index < len(bounds) else BEYOND
    values = {"subject": subject, "label": label, "state": state, "count": 1, "seconds": seconds}
    connection.execute(_ADD, values)


def record_answer_time(connection: sa.Connection, review_id: str, at: datetime) -> None:
    """Record how long people took to answer, from when the first card was posted."""
    first = connection.execute(_FIRST_POST, {"of_review": review_id}).one_or_none()
    if first is not None:
        add_observation(connection, CARD_TO_ANSWER, first.route, at - first.posted_at)


def load_tallies(connection: sa.Connection) -> list[Tally]:
    """Return the figures, each once."""
    query = sa.select(*_FIGURE, *_SUMS).group_by(*_FIGURE).order_by(*_FIGURE)
    return [
        Tally(subject=subject, label=label, state=state, count=int(count), seconds=float(seconds))
        for subject, label, state, count, seconds in connection.execute(query)
        if count
    ]


def count_open_reviews(connection: sa.Connection) -> dict[str, int]:
    """Return how many reviews of each route are open now."""
    total = sa.func.sum(tallies.c.count)
    open_reviews = (tallies.c.subject == REVIEWS, tallies.c.state == ReviewState.OPEN)
    query = sa.select(tallies.c.label, total).where(*open_reviews).group_by(tallies.c.label)
    return {route: int(count) for route, count in connection.execute(query) if count}


def sum_up_tallies(engine: sa.Engine, *, min_rows: int = MIN_ROWS_TO_SUM) -> int:
    """Replace many rows by one, unless there are only a few; return how many were summed up.

    Several processes may do so at once: the one that deletes a row adds its values.
    """
    with engine.connect() as connection:
        if connection.execute(sa.select(sa.func.count()).select_from(tallies)).scalar_one() <= min_rows:
            return 0
    oldest = (
        sa.select(tallies.c.id).order_by(tallies.c.id).limit(BATCH_SIZE).with_for_update(skip_locked=True)
    )
    with engine.begin() as connection:
        delete = sa.delete(tallies).where(tallies.c.id.in_(oldest)).returning(tallies)
        sums: defaultdict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0, 0.0])
        rows = connection.execute(delete).mappings().all()
        for row in rows:
            figure = sums[row["subject"], row["label"], row["state"]]
            figure[0] += row["count"]
            figure[1] += row["seconds"]
        totals = [
            {"subject": subject, "label": label, "state": state, "count": int(count), "seconds": seconds}
            for (subject, label, state), (count, seconds) in sums.items()
            if count
        ]
        if totals:
            connection.execute(sa.insert(tallies), totals)
    return len(rows)
