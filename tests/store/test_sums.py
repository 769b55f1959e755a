"""The sums of days and weeks: at any time they are what counting the reviews gives."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviews.kinds import Decision, ReviewState
from store.schema import reviews, route_increments, route_sums
from store.sums import load_sums, sum_up_increments
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, answer, review
from tests.store.counted_reviews import DAY, HOUR, add, read_open, record, rename_route, withdraw
from tests.store.recount import LONG_AGO, Figures, assert_sums_agree, read_sums, select_days
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from collections.abc import Iterable


FIRST = date(2026, 2, 4)  # a Wednesday


def read_day(engine: sa.Engine, at: datetime) -> dict[tuple[str, str | int], int]:
    day = at.astimezone(UTC).date()
    return dict(read_sums(engine, day, day + DAY))


def test_a_review_is_counted_on_the_day_it_was_opened_and_on_the_day_it_was_closed(engine: sa.Engine) -> None:
    add(engine, 1)
    add(engine, 2, route="legal")
    record(engine, 1, answer(at=START + DAY, late=True))
    record(engine, 2, answer(at=START + DAY, decision=Decision.REQUEST_CHANGES, note="No"))

    assert read_day(engine, START) == {("compliance", "opened"): 1, ("legal", "opened"): 1}
    assert read_day(engine, START + DAY) == {
        ("compliance", "acknowledged"): 1,
        ("compliance", "late"): 1,
        ("compliance", 24 * 3600): 1,
        ("legal", "changes_requested"): 1,
    }


@pytest.mark.parametrize("summed", [False, True])
def test_a_withdrawn_answer_is_taken_back_from_its_own_day(engine: sa.Engine, summed: bool) -> None:  # noqa: FBT001
    late = answer(at=START + DAY, late=True)
    add(engine, 1)
    record(engine, 1, late)
    if summed:
        sum_up_increments(engine, min_rows=0)

    withdraw(engine, 1, late, START + 3 * DAY)

    assert read_sums(engine, LONG_AGO) == {("compliance", "opened"): 1}
    assert_sums_agree(engine)
    record(engine, 1, answer(at=START + 4 * DAY))
    sum_up_increments(engine, min_rows=0)
    assert_sums_agree(engine)
    assert read_day(engine, START + 4 * DAY)["compliance", "acknowledged"] == 1


def test_a_day_is_one_in_utc(engine: sa.Engine) -> None:
    midnight = datetime(2026, 3, 10, tzinfo=UTC)
    moment = timedelta(microseconds=1)
    for number, at in enumerate((midnight - moment, midnight, midnight + DAY - moment, midnight + DAY)):
        add(engine, number, opened_at=at)

    assert read_day(engine, midnight) == {("compliance", "opened"): 2}


def test_what_is_rolled_back_was_never_counted(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        work.reviews.add(review())

    assert read_sums(engine, LONG_AGO) == {}


def test_what_became_a_part_of_another_review_is_closed_on_the_day_it_was_opened(engine: sa.Engine) -> None:
    add(engine, 1)
    with engine.begin() as connection:
        connection.execute(sa.update(reviews).values(state=ReviewState.REPLACED, superseded_by="bulk"))

    assert read_day(engine, START) == {("compliance", "opened"): 1, ("compliance", "closed_otherwise"): 1}


def test_a_route_that_an_operator_renames_takes_its_figures_along(engine: sa.Engine) -> None:
    add(engine, 1)
    record(engine, 1, answer(at=START + HOUR))
    rename_route(engine)

    assert_sums_agree(engine)
    assert {route for route, _ in read_sums(engine, LONG_AGO)} == {"legal"}
    assert read_open(engine) == {}


def test_open_reviews_of_a_route_that_an_operator_renames_are_counted_on_it(engine: sa.Engine) -> None:
    add(engine, 1)
    add(engine, 2)
    rename_route(engine)
    record(engine, 1, answer(at=START + HOUR))

    assert read_open(engine) == {"legal": 1}


def test_a_review_whose_route_and_state_change_at_once_is_counted_once(engine: sa.Engine) -> None:
    add(engine, 1)
    add(engine, 2)
    with engine.begin() as connection:
        change = sa.update(reviews).where(reviews.c.id == "r1")
        connection.execute(change.values(route="legal", state=ReviewState.REPLACED, superseded_by="bulk"))

    assert read_open(engine) == {"compliance": 1}
    assert_sums_agree(engine)


def test_only_what_is_counted_adds_rows(engine: sa.Engine) -> None:
    add(engine, 1)
    with SqlUnitOfWork(engine) as work:
        review = work.reviews.get("r1", lock=True)
        assert review is not None
        work.reviews.save_clock(replace(review, remind_at=None, reminders=3, lapsed_at=START + DAY))
        work.commit()
    record(engine, 1, answer(at=START + HOUR))
    with SqlUnitOfWork(engine) as work:
        work.reviews.supersede("r1", "r2")
        work.commit()

    assert count_increments(engine) == 2


def count_increments(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(route_increments)).scalar_one()


def test_increments_wait_until_there_are_many(engine: sa.Engine) -> None:
    for number in range(3):
        add(engine, number)

    assert sum_up_increments(engine, min_rows=3) == 0
    assert sum_up_increments(engine, min_rows=2) == 3
    assert count_increments(engine) == 0
    assert sum_up_increments(engine, min_rows=0) == 0


def add_increments(engine: sa.Engine, figures: Iterable[tuple[date, str, int]]) -> None:
    rows = [
        {"day": day, "route": route, "figure": "opened", "late": False, "took_seconds": None, "count": count}
        for day, route, count in figures
    ]
    with engine.begin() as connection:
        if rows:
            connection.execute(sa.insert(route_increments), rows)


DAYS = st.integers(0, 40).map(lambda number: FIRST + timedelta(days=number))
INCREMENTS = st.lists(st.tuples(DAYS, st.sampled_from(["compliance", "legal"]), st.sampled_from([1, 2, -1])))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(summed=INCREMENTS, waiting=INCREMENTS, first=DAYS, length=st.none() | st.integers(0, 40))
def test_any_days_are_read_from_whole_weeks_and_the_days_around_them(
    engine: sa.Engine,
    summed: list[tuple[date, str, int]],
    waiting: list[tuple[date, str, int]],
    first: date,
    length: int | None,
) -> None:
    with engine.begin() as connection:
        connection.execute(sa.delete(route_increments))
        connection.execute(sa.delete(route_sums))
    add_increments(engine, summed)
    sum_up_increments(engine, min_rows=0)
    add_increments(engine, waiting)
    expected: Figures = Figures()
    for day, route, count in (*summed, *waiting):
        expected[day, route, "opened"] += count
    end = None if length is None else first + timedelta(days=length)

    selected = select_days(expected, first, end)

    assert read_sums(engine, first, end) == {figure: count for figure, count in selected.items() if count}


def test_long_spans_are_read_from_few_rows(engine: sa.Engine) -> None:
    days = [FIRST + timedelta(days=number) for number in range(92)]
    add_increments(engine, [(day, "compliance", 1) for day in days])
    sum_up_increments(engine, min_rows=0)

    with engine.connect() as connection:
        rows = list(load_sums(connection, days[0]))

    assert sum(sums.counts["opened"] for _, _, sums in rows) == 92
    assert len(rows) == 5 + 13


def test_writers_and_workers_at_once_lose_nothing_and_count_nothing_twice(engine: sa.Engine) -> None:
    """While reviews are opened and answered, two workers sum up, and a reader sees whole snapshots."""
    writing = threading.Event()
    writing.set()
    counts: list[int] = []

    def write(thread: int) -> None:
        for number in range(12):
            key = thread * 100 + number
            given_answer = answer(at=START + number * DAY)
            add(engine, key, opened_at=START + number * HOUR)
            record(engine, key, given_answer)
            if number % 3 == 0:
                withdraw(engine, key, given_answer, START + 30 * DAY)

    def sum_up() -> None:
        while writing.is_set():
            sum_up_increments(engine, min_rows=0)

    def read() -> None:
        is_last = False
        while not is_last:
            is_last = not writing.is_set()
            with SqlUnitOfWork(engine, reading=True) as work:
                stored = work.connection.execute(sa.select(sa.func.count()).select_from(reviews)).scalar_one()
                opened = sum(sums.counts["opened"] for _, _, sums in load_sums(work.connection, LONG_AGO))
            counts.append(opened - stored)

    others = [threading.Thread(target=each) for each in (sum_up, sum_up, read)]
    for each in others:
        each.start()
    try:
        run_in_threads(2, write)
    finally:
        writing.clear()
        for each in others:
            each.join()

    assert set(counts) == {0}
    assert_sums_agree(engine)
    sum_up_increments(engine, min_rows=0)
    assert_sums_agree(engine)


FAR_OFF = {
    "sqlite": ["'no time'", "'-4713-11-24 00:00:00'", "'99999-01-01 00:00:00'", "x'00'"],
    "postgresql": ["'infinity'", "'-infinity'", "'4713-01-01 BC'", "'250000-01-01'"],
}


def test_a_time_that_is_none_or_far_off_is_counted_on_no_day_and_harms_no_figure(engine: sa.Engine) -> None:
    add(engine, 1)
    for number, time in enumerate(FAR_OFF[engine.dialect.name], start=2):
        add(engine, number)
        with engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE reviews SET opened_at = {time} WHERE id = 'r{number}'")  # noqa: S608
            connection.exec_driver_sql(
                f"UPDATE reviews SET state = 'acknowledged', answered_at = {time} WHERE id = 'r{number}'"  # noqa: S608
            )
        assert read_sums(engine, LONG_AGO) == {("compliance", "opened"): 1}
        sum_up_increments(engine, min_rows=0)
        with engine.begin() as connection:
            connection.exec_driver_sql(f"DELETE FROM reviews WHERE id = 'r{number}'")  # noqa: S608

    assert read_sums(engine, LONG_AGO) == {("compliance", "opened"): 1}


def test_a_day_of_a_clock_far_ahead_is_a_day_like_others(engine: sa.Engine) -> None:
    add(engine, 1, opened_at=datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC))
    sum_up_increments(engine, min_rows=0)

    assert read_sums(engine, date(2026, 3, 9)) == {("compliance", "opened"): 1}
