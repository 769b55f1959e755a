"""How what was removed is looked up: by index, however much that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from store.schema import past_events, past_files
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, event
from tests.store.plans import explain_plan

if TYPE_CHECKING:
    from collections.abc import Callable

MANY = 2000
ASKED = event(file_id="file-7")
QUESTIONS: dict[str, Callable[[SqlUnitOfWork], object]] = {
    "whether an event came before": lambda work: work.events.add([(ASKED, None)], at=START),
    "which events share a key": lambda work: work.events.list_sharing_keys(ASKED),
    "what was told of a file": lambda work: work.events.has_event_since("file-7", START),
    "what was reviewed last": lambda work: work.events.find_last_reviewed("file-7"),
    "which was removed last": lambda work: work.events.find_last_removed(),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_reads_all_that_was_removed(engine: sa.Engine, question: str) -> None:
    keys = [f"{number:022}" for number in range(MANY)]
    values = {"meaning": "." * 32, "in_trash": False, "early": False}
    with engine.begin() as connection:
        rows = [{"id": n, "delivery_key": key, "semantic_key": key, **values} for n, key in enumerate(keys)]
        connection.execute(sa.insert(past_events), rows)
        connection.execute(sa.insert(past_files), [{"file_id": f"file-{n}"} for n in range(MANY)])
        connection.exec_driver_sql("ANALYZE")
    asked: list[tuple[str, Any]] = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    with SqlUnitOfWork(engine) as work:
        QUESTIONS[question](work)

    plans = [explain_plan(engine, *each) for each in list(asked) if "past_" in each[0]]
    assert plans
    assert [
        plan for plan in plans if "Seq Scan on past_" in plan or "SCAN past" in plan.replace(" USING", "")
    ] == []
