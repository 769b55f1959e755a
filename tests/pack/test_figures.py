"""The figures of a pack, and which answers it lists as exceptions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from reviews.kinds import Decision, ReviewState
from reviews.ledger.people_commitments import ERASED
from reviews.pack.figures import find_rapid_runs, list_own_changes
from reviews.pack.report import DurationShare, PackedReview
from tests.pack.packed import MADE_AT, compute, make_acknowledged, make_packed_answer, make_packed_review
from tests.reviews.samples import START

HOUR = timedelta(hours=1)


def acknowledge_in_a_row(*seconds: float) -> list[PackedReview]:
    """Return a review for each of these seconds at which one person acknowledged it."""
    return [make_acknowledged(number, after=timedelta(seconds=each)) for number, each in enumerate(seconds)]


def test_the_states_of_all_reviews_are_the_population() -> None:
    states = [*(set(ReviewState) - {ReviewState.CLOSED}), ReviewState.OPEN]  # campaigns close reviews
    reviews = [make_packed_review(id=str(number), state=state) for number, state in enumerate(states)]

    figures = compute(*reviews, brought_forward=7)

    assert (figures.population, figures.brought_forward) == (6, 7)
    assert (figures.acknowledged, figures.changes_requested, figures.carried) == (1, 1, 1)
    assert (figures.superseded_unanswered, figures.open) == (1, 2)


def test_a_pack_without_reviews_has_no_percentiles() -> None:
    figures = compute()

    assert (figures.population, figures.median_seconds, figures.p90_seconds) == (0, None, None)
    assert {share.count for share in figures.durations} == {0}


def test_a_review_is_late_if_it_was_settled_after_its_deadline() -> None:
    due_at = START + HOUR
    times = [due_at, due_at + timedelta(microseconds=1), None]

    figures = compute(*(make_packed_review(due_at=due_at, settled_at=each) for each in times))

    assert figures.late == 1


def test_an_open_review_is_overdue_if_its_deadline_was_before_the_pack_was_made() -> None:
    reviews = (
        make_packed_review(id="overdue", due_at=MADE_AT - HOUR),
        make_packed_review(id="lapsed", due_at=MADE_AT - HOUR, lapsed_at=MADE_AT),
        make_packed_review(id="due now", due_at=MADE_AT),
        make_packed_review(id="without a deadline", due_at=None),
        replace(make_acknowledged(1, after=HOUR), due_at=START),
    )

    assert compute(*reviews).overdue_open == 2


def test_the_files_of_acknowledged_reviews_are_counted() -> None:
    bulk = replace(make_acknowledged(1, after=HOUR), files=400)

    figures = compute(bulk, make_acknowledged(2, after=HOUR), make_packed_review(id="open", files=7))

    assert (figures.acknowledged, figures.documents) == (2, 401)


def test_exceptions_are_counted_by_review() -> None:
    withdrawn = make_packed_answer(withdrawn_at=START)
    figures = compute(
        make_packed_review(lapsed_at=START, given_up=3, unanswered=2),
        make_packed_review(document_gone=True, unanswered=3),
        make_packed_review(answers=(withdrawn, withdrawn)),
        make_packed_review(owners=("a@example.com", ERASED)),
        make_packed_review(answers=(make_packed_answer(reviewer=ERASED, email=None),)),
    )

    assert (figures.lapsed, figures.given_up, figures.document_gone) == (1, 1, 1)
    assert (figures.unanswered_revisions, figures.withdrawn, figures.erased) == (5, 1, 2)


@pytest.mark.parametrize(
    ("hours", "median", "p90"),
    [((1,), 1, 1), ((1, 2), 1, 2), ((3, 1, 2), 2, 3), (range(1, 11), 5, 9), (range(1, 12), 6, 10)],
)
def test_percentiles_are_durations_that_occurred(
    hours: range | tuple[int, ...], median: int, p90: int
) -> None:
    figures = compute(*(make_acknowledged(each, after=each * HOUR) for each in hours))

    assert (figures.median_seconds, figures.p90_seconds) == (median * 3600, p90 * 3600)


def test_only_acknowledgements_have_a_duration_and_none_is_negative() -> None:
    requested = replace(make_acknowledged(1, after=HOUR), state=ReviewState.CHANGES_REQUESTED)

    assert compute(requested).median_seconds is None
    assert compute(make_acknowledged(1, after=-HOUR)).median_seconds == 0


def test_each_duration_is_counted_up_to_the_next_bound() -> None:
    seconds = (0, 900, 901, 3600, 4 * 3600, 8 * 3600, 86_400, 86_401, 7 * 86_400, 7 * 86_400 + 1, 10**8)

    figures = compute(*acknowledge_in_a_row(*seconds))

    assert [(share.up_to, share.count) for share in figures.durations] == [
        (900, 2),
        (3600, 2),
        (4 * 3600, 1),
        (8 * 3600, 1),
        (86_400, 1),
        (3 * 86_400, 1),
        (7 * 86_400, 1),
        (None, 2),
    ]
    assert figures.durations[0] == DurationShare(up_to=900, count=2)


def test_answers_by_contributors_are_listed_by_time_also_withdrawn_ones() -> None:
    late = make_acknowledged(1, after=2 * HOUR, own_change=True)
    early = make_acknowledged(2, after=HOUR, own_change=True, withdrawn_at=START + 3 * HOUR)

    listed = list_own_changes([late, early, make_acknowledged(3, after=HOUR)])

    assert [each.review.id for each in listed] == ["rev-2", "rev-1"]
    assert compute(late, early).own_changes == 2


def test_three_reviews_acknowledged_within_seconds_are_a_rapid_run() -> None:
    reviews = acknowledge_in_a_row(100, 104.2, 118)

    [run] = find_rapid_runs(reviews)

    assert run.review_ids == ("rev-0", "rev-1", "rev-2")
    assert (run.began_at, run.ended_at) == (reviews[0].settled_at, reviews[2].settled_at)
    assert run.shortest_seconds == 4
    assert compute(*reviews).rapid_answers == 3


@pytest.mark.parametrize("seconds", [(100, 104), (100, 104, 119), (100, 115, 130), (100, 104, 200, 204)])
def test_two_in_a_row_or_a_pause_of_fifteen_seconds_are_none(seconds: tuple[int, ...]) -> None:
    assert find_rapid_runs(acknowledge_in_a_row(*seconds)) == ()


def test_a_pause_splits_runs_and_order_is_that_of_time() -> None:
    first, second = find_rapid_runs(reversed(acknowledge_in_a_row(1, 2, 3, 100, 101, 102, 103)))

    assert (first.review_ids, second.review_ids[0]) == (("rev-0", "rev-1", "rev-2"), "rev-3")


def test_one_review_acknowledged_again_is_not_several() -> None:
    answers = tuple(make_packed_answer(at=START + timedelta(seconds=each)) for each in (1, 2, 3, 4))
    again = make_packed_review(answers=answers)

    assert find_rapid_runs([again, make_acknowledged(1, after=timedelta(seconds=5))]) == ()


def test_runs_are_of_one_person_by_address_in_any_case() -> None:
    reviews = acknowledge_in_a_row(1, 2, 3)
    [first, *others] = (review.answers[0] for review in reviews)
    shouted = replace(reviews[0], answers=(replace(first, email=str(first.email).upper()),))
    other = replace(reviews[0], answers=(replace(first, email="ilze@example.com"),))

    assert len(find_rapid_runs([shouted, *reviews[1:]])) == 1
    assert find_rapid_runs([other, *reviews[1:]]) == ()
    assert len(others) == 2


def test_requests_for_changes_and_erased_people_have_no_runs() -> None:
    reviews = acknowledge_in_a_row(1, 2, 3)

    for changed in ({"decision": Decision.REQUEST_CHANGES}, {"reviewer": ERASED, "email": None}):
        assert find_rapid_runs([_change_answers(each, **changed) for each in reviews]) == ()


def _change_answers(review: PackedReview, **changed: object) -> PackedReview:
    return replace(review, answers=tuple(replace(each, **changed) for each in review.answers))  # type: ignore[arg-type]
