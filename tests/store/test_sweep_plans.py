"""What the sweeps ask takes an index, however many folders are watched."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.tree import Watermark
from store.schema import baselines
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START
from tests.store.plans import explain_plan

if TYPE_CHECKING:
    from collections.abc import Callable

WATCHED, DUE = 3000, 20
MINUTE = timedelta(minutes=1)

QUESTIONS: dict[str, Callable[[SqlUnitOfWork], object]] = {
    "which folders are due": lambda work: work.baselines.list_due(
        now=START, started_at=START - timedelta(days=1), limit=10
    ),
    "which folders were not tried since a start": lambda work: work.baselines.list_due(
        now=START - timedelta(days=9), started_at=START, limit=10
    ),
    "whether a sweep is going on": lambda work: work.baselines.is_any_swept_again(),
    "how far all are": lambda work: work.baselines.count_by_progress(
        before=START - timedelta(days=1), limit=10
    ),
    "which are furthest behind": lambda work: work.baselines.list_furthest_behind(10),
    "which were stopped": lambda work: work.baselines.list_stopped(10),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_about_sweeps_reads_all_watched_folders(engine: sa.Engine, question: str) -> None:
    _fill(engine)
    asked: list[tuple[str, Any]] = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    with SqlUnitOfWork(engine, reading=True) as work:
        QUESTIONS[question](work)

    plans = [explain_plan(engine, *each) for each in list(asked) if "FROM baselines" in each[0]]
    assert plans
    whole = (
        "Seq Scan on baselines",
        "SCAN baselines\n",
        "SCAN baselines USING INDEX baselines_tried",
        "SCAN baselines USING INDEX baselines_due",
        "USE TEMP B-TREE",
    )
    assert len({plan for plan in plans if "SCAN baselines USING INDEX baselines_swept" in plan}) <= 1
    assert [plan for plan in plans if any(each in f"{plan}\n" for each in whole)] == []


def test_very_many_folders_have_marks(engine: sa.Engine) -> None:
    folders = [str(number) for number in range(70_000)]  # more than a statement takes parameters
    with SqlUnitOfWork(engine) as work:
        work.baselines.save_start("7", 0, finished_at=START)

        marks = work.baselines.get_watermarks(folders)

        assert (len(marks), marks["8"]) == (70_000, Watermark())
        assert len(work.baselines.list_unfinished(folders)) == 69_999
        assert work.folders.get_titles(folders) == {}


def _fill(engine: sa.Engine) -> None:
    rows = [
        {
            "folder_id": str(number),
            "start": 0,
            "finished_at": START if number % 500 else None,
            "swept_to": START + number * MINUTE,
            "tried_at": START + (number - DUE) * MINUTE,
            "due_at": START + (number - DUE) * MINUTE,
            "stopped_by": None if number % 500 else "away",
            "watched": True,
        }
        for number in range(WATCHED)
    ]
    with engine.begin() as connection:
        connection.execute(sa.insert(baselines), rows)
        connection.exec_driver_sql("ANALYZE")
