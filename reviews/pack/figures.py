"""The figures of a pack, and the answers that it lists as exceptions.

Percentiles are by the nearest rank: of n durations in order, the p-th percentile is number ceil(p * n / 100).
So each is a duration that occurred. Durations are whole seconds, rounded down, and never negative where the
clocks of two hosts differ.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from reviews.kinds import Decision, ReviewState
from reviews.ledger.people_commitments import ERASED
from reviews.pack.report import DurationShare, OwnChange, PackFigures, RapidRun

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from reviews.pack.population import Population
    from reviews.pack.report import PackedAnswer, PackedReview

DURATION_BOUNDS = (900, 3600, 4 * 3600, 8 * 3600, 86_400, 3 * 86_400, 7 * 86_400)
"""Seconds: a quarter of an hour, an hour, half a working day, a working day, and days up to a week."""
RAPID_GAP = timedelta(seconds=15)
"""An acknowledgement sooner than this after the one before is rapid.

In 15 seconds an adult reads about 60 words (238 a minute: Brysbaert, 2019), less than any document has, and
has to open it first.
"""
MIN_RAPID_ANSWERS = 3
"""Reviews of a rapid run. Two can be read one after the other and answered together."""


def compute_figures(
    population: Population,
    *,
    own_changes: Sequence[OwnChange],
    rapid_runs: Sequence[RapidRun],
    made_at: datetime,
) -> PackFigures:
    """Return the figures of a pack that was made at a time, by which open reviews are overdue."""
    reviews = population.reviews
    states = Counter(review.state for review in reviews)
    durations = sorted(compute_durations(reviews))
    return PackFigures(
        population=len(reviews),
        brought_forward=population.brought_forward,
        acknowledged=states[ReviewState.ACKNOWLEDGED],
        changes_requested=states[ReviewState.CHANGES_REQUESTED],
        carried=states[ReviewState.CARRIED],
        superseded_unanswered=states[ReviewState.REPLACED],
        open=states[ReviewState.OPEN],
        overdue_open=sum(is_overdue(review, made_at) for review in reviews),
        documents=sum(review.files for review in reviews if review.state is ReviewState.ACKNOWLEDGED),
        late=sum(map(is_late, reviews)),
        lapsed=sum(review.lapsed_at is not None for review in reviews),
        escalated=sum(review.escalations > 0 for review in reviews),
        followed_up=sum(review.follow_ups > 0 for review in reviews),
        document_gone=sum(review.document_gone for review in reviews),
        unanswered_revisions=sum(review.unanswered for review in reviews),
        withdrawn=sum(any(each.withdrawn_at for each in review.answers) for review in reviews),
        own_changes=len(own_changes),
        rapid_answers=sum(len(run.review_ids) for run in rapid_runs),
        given_up=sum(review.given_up > 0 for review in reviews),
        erased=sum(map(is_erased, reviews)),
        median_seconds=find_percentile(durations, 50),
        p90_seconds=find_percentile(durations, 90),
        durations=count_durations(durations),
    )


def is_late(review: PackedReview) -> bool:
    """Return whether a review was settled after its deadline."""
    return review.settled_at is not None and review.due_at is not None and review.settled_at > review.due_at


def is_overdue(review: PackedReview, at: datetime) -> bool:
    """Return whether a review is open, and its deadline was before a time."""
    return review.state is ReviewState.OPEN and review.due_at is not None and review.due_at < at


def is_erased(review: PackedReview) -> bool:
    """Return whether the name of an owner or a reviewer was erased."""
    return ERASED in review.owners or any(map(_is_by_erased, review.answers))


def compute_duration(review: PackedReview) -> int | None:
    """Return the seconds from the opening of a review to its acknowledgement; `None` without one."""
    if review.state is not ReviewState.ACKNOWLEDGED or review.settled_at is None:
        return None
    return max((review.settled_at - review.opened_at) // timedelta(seconds=1), 0)


def compute_durations(reviews: Iterable[PackedReview]) -> Iterator[int]:
    return (seconds for review in reviews if (seconds := compute_duration(review)) is not None)


def find_percentile(durations: Sequence[int], percent: int) -> int | None:
    """Return the percentile of durations in order, by the nearest rank; `None` of none."""
    rank = -(-percent * len(durations) // 100)
    return durations[rank - 1] if durations else None


def count_durations(durations: Sequence[int]) -> tuple[DurationShare, ...]:
    """Return how many durations there are up to each bound and longer than the one before."""
    bounds = (*DURATION_BOUNDS, None)
    counts = Counter(
        next((bound for bound in DURATION_BOUNDS if seconds <= bound), None) for seconds in durations
    )
    return tuple(DurationShare(up_to=bound, count=counts[bound]) for bound in bounds)


def list_own_changes(reviews: Iterable[PackedReview]) -> tuple[OwnChange, ...]:
    """Return each answer by someone who had contributed, by their times; also those withdrawn later."""
    changes = (
        OwnChange(review=review, answer=answer)
        for review in reviews
        for answer in review.answers
        if answer.own_change
    )
    return tuple(sorted(changes, key=lambda each: (each.answer.at, each.answer.entry)))


def find_rapid_runs(reviews: Iterable[PackedReview]) -> tuple[RapidRun, ...]:
    """Return acknowledgements of at least three reviews in a row by one person, each less than 15 s apart.

    They are by when they began. Withdrawn ones count as well: they were clicked. Whether two erased people
    are the same is not known, so they have no runs.
    """
    clicks: dict[str, list[tuple[PackedAnswer, str]]] = {}
    for review in reviews:
        for answer in review.answers:
            if answer.decision is Decision.ACKNOWLEDGE and not _is_by_erased(answer):
                clicks.setdefault(_identify_person(answer), []).append((answer, review.id))
    stretches = chain.from_iterable(map(_split_runs, clicks.values()))
    runs = (_build_run(each) for each in stretches if _count_reviews(each) >= MIN_RAPID_ANSWERS)
    return tuple(sorted(runs, key=lambda run: (run.began_at, run.review_ids)))


def _split_runs(clicks: list[tuple[PackedAnswer, str]]) -> Iterator[list[tuple[PackedAnswer, str]]]:
    """Yield the clicks of one person in stretches without a pause, each in order."""
    stretch: list[tuple[PackedAnswer, str]] = []
    for click in sorted(clicks, key=lambda each: (each[0].at, each[0].entry)):
        if stretch and click[0].at - stretch[-1][0].at >= RAPID_GAP:
            yield stretch
            stretch = []
        stretch.append(click)
    yield stretch


def _count_reviews(clicks: list[tuple[PackedAnswer, str]]) -> int:
    return len({review_id for _, review_id in clicks})


def _build_run(run: list[tuple[PackedAnswer, str]]) -> RapidRun:
    first, last = run[0][0], run[-1][0]
    gaps = (after.at - before.at for (before, _), (after, _) in pairwise(run))
    return RapidRun(
        reviewer=first.reviewer,
        email=first.email,
        began_at=first.at,
        ended_at=last.at,
        review_ids=tuple(dict.fromkeys(review_id for _, review_id in run)),
        shortest_seconds=min(gaps) // timedelta(seconds=1),
    )


def _identify_person(answer: PackedAnswer) -> str:
    return (answer.email or answer.reviewer).casefold()


def _is_by_erased(answer: PackedAnswer) -> bool:
    return answer.reviewer == ERASED and answer.email is None
