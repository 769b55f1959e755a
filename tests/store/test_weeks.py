"""Figures week by week: the same whether the database counts or the reviews are read one by one."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.kinds import ChangeKind, Decision, ReviewState
from reviews.ports.listing import ListingQuery, Mark, MarkKind
from store.list_search import ListSearch
from store.schema import reviews
from store.unit_of_work import SqlUnitOfWork
from store.weeks import ReviewSelection, compute_for_reviews
from tests.reviews.samples import ALICE, answer, review

if TYPE_CHECKING:
    from reviews.ports.listing import WeekFigures, WeeklyFigures

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
WEEK, DAY, HOUR = timedelta(days=7), timedelta(days=1), timedelta(hours=1)
EDGES = tuple(MONDAY + number * WEEK for number in range(4))
WAYS: dict[str, dict[str, Any]] = {
    "counted": {},
    "read by a mark": {"marks": ((Mark(MarkKind.CONTRIBUTOR, str(ALICE.email)),),)},
    "read by a kind": {"kind": ChangeKind.CONTENT},
}


def add(engine: sa.Engine, number: int, opened: timedelta, took: timedelta | None, **more: Any) -> None:
    """Write a review that was opened so long after the first Monday and answered after so long, or never."""
    decision = more.pop("decision", Decision.ACKNOWLEDGE)
    at = MONDAY + opened + timedelta(microseconds=345_678)
    answers = (answer(at=at + took, decision=decision),) if took is not None else ()
    state = decision.outcome if answers else ReviewState.OPEN
    values = {"id": f"r{number}", "file_id": f"f{number}", "opened_at": at, "folders": ("1",), **more}
    with SqlUnitOfWork(engine) as work:
        work.reviews.add(review(state=ReviewState.OPEN, **values))
        for each in answers:
            assert work.reviews.record_answer(f"r{number}", each, state)
        work.commit()


def weeks(
    engine: sa.Engine, *routes: str, edges: tuple[datetime, ...] = EDGES, **wanted: Any
) -> WeeklyFigures:
    with SqlUnitOfWork(engine, reading=True) as work:
        return work.listings.compute_weeks(ListingQuery(**wanted), routes or ("compliance",), edges)


def read_figures(week: WeekFigures) -> tuple[int, int, timedelta | None, timedelta | None]:
    return week.open, week.acknowledged, week.median, week.ninetieth


@pytest.mark.parametrize("way", WAYS)
def test_each_week_says_what_was_acknowledged_in_it_and_what_was_open_at_its_end(
    engine: sa.Engine, way: str
) -> None:
    add(engine, 1, -WEEK, None)
    add(engine, 2, -WEEK, WEEK + HOUR)
    for number, hours in enumerate((1, 2, 3, 4, 50), start=3):
        add(engine, number, HOUR, hours * HOUR)
    add(engine, 8, HOUR, HOUR, decision=Decision.REQUEST_CHANGES)
    add(engine, 9, WEEK, WEEK)
    add(engine, 10, 2 * WEEK, 9 * WEEK)
    add(engine, 11, HOUR, HOUR, route="legal")
    add(engine, 12, 9 * WEEK, None)

    figures = weeks(engine, **WAYS[way])

    assert [(week.begin, week.end) for week in figures.weeks] == list(itertools.pairwise(EDGES))
    assert list(map(read_figures, figures.weeks)) == [
        (1, 6, 3 * HOUR, WEEK),  # and an hour: times are rounded down
        (2, 0, None, None),
        (2, 1, WEEK, WEEK),
    ]
    assert figures.searched_count is None


@pytest.mark.parametrize("way", WAYS)
def test_days_are_counted_as_weeks_are(engine: sa.Engine, way: str) -> None:
    add(engine, 1, HOUR, HOUR)
    add(engine, 2, DAY + HOUR, 25 * HOUR)
    add(engine, 3, 6 * DAY, None)
    with SqlUnitOfWork(engine, reading=True) as work:
        query = ListingQuery(**WAYS[way])
        edges = tuple(MONDAY + number * DAY for number in range(9))

        figures = work.listings.compute_weeks(query, ("compliance",), edges, by_day=True)

    assert figures.by_day
    assert [(week.begin, week.end) for week in figures.weeks] == list(itertools.pairwise(edges))
    assert [(week.open, week.acknowledged) for week in figures.weeks] == [
        *((0, 1), (1, 0), (0, 1), (0, 0), (0, 0), (0, 0), (1, 0), (1, 0))
    ]


@pytest.mark.parametrize("way", WAYS)
def test_several_routes_are_counted_together_and_none_is_nothing(engine: sa.Engine, way: str) -> None:
    add(engine, 1, HOUR, HOUR)
    add(engine, 2, HOUR, 3 * HOUR, route="legal")

    assert read_figures(weeks(engine, "compliance", "legal", **WAYS[way]).weeks[0]) == (0, 2, HOUR, 3 * HOUR)
    assert [week.acknowledged for week in weeks(engine, "nowhere", **WAYS[way]).weeks] in ([0, 0, 0], [])


@pytest.mark.parametrize("way", WAYS)
def test_what_became_a_part_of_another_review_is_open_in_no_week(engine: sa.Engine, way: str) -> None:
    add(engine, 1, HOUR, None)
    add(engine, 2, WEEK, None)
    with engine.begin() as connection:
        part = sa.update(reviews).where(reviews.c.id == "r2")
        connection.execute(part.values(state=ReviewState.REPLACED, superseded_by="r1"))

    assert [week.open for week in weeks(engine, **WAYS[way]).weeks] == [1, 1, 1]


@pytest.mark.parametrize("at", [timedelta(microseconds=-1), timedelta(), timedelta(hours=9, microseconds=7)])
def test_the_last_day_of_a_week_counts_and_the_next_one_does_not(engine: sa.Engine, at: timedelta) -> None:
    """The last week ends at midnight between two days, or while one of them goes on."""
    add(engine, 1, HOUR, HOUR)
    add(engine, 2, timedelta(days=3), HOUR)
    add(engine, 3, timedelta(days=4), HOUR)
    midnight = MONDAY + timedelta(days=3)

    [week] = weeks(engine, edges=(MONDAY, midnight + at)).weeks

    assert read_figures(week) == (0, 1 + (at > timedelta()), HOUR, HOUR)


def test_only_what_has_the_mark_is_counted(engine: sa.Engine) -> None:
    add(engine, 1, HOUR, HOUR)
    add(engine, 2, HOUR, 3 * HOUR, folders=("2",))
    add(engine, 3, HOUR, None, folders=("2",), kind=ChangeKind.TRASHED)

    assert read_figures(weeks(engine, marks=((Mark(MarkKind.FOLDER, "2"),),)).weeks[0]) == (
        1,
        1,
        3 * HOUR,
        3 * HOUR,
    )
    figures = weeks(engine, marks=((Mark(MarkKind.FOLDER, "2"),),), kind=ChangeKind.TRASHED)
    assert read_figures(figures.weeks[0]) == (1, 0, None, None)


def test_weeks_of_which_not_all_was_read_are_left_out(engine: sa.Engine) -> None:
    for number in range(6):
        add(engine, number, number * WEEK / 2, HOUR)
    mark = Mark(MarkKind.FOLDER, "1")

    with engine.connect() as connection:
        selected = ListSearch(connection, ListingQuery(marks=((mark,),))).select_newest(4)
        assert selected is not None
        query, between, clipped = selected
        read = ReviewSelection(query=query, between=between, limit=4, clipped=clipped)
        figures = compute_for_reviews(connection, read, EDGES)

    assert [week.begin for week in figures.weeks] == [EDGES[2]]
    assert figures.searched_count == 4
