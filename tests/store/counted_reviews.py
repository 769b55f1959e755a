"""Reviews that the sums count: opened, answered, withdrawn, and on a route with another name."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.kinds import ReviewState
from store.engine import read_only
from store.schema import reviews
from store.tallies import count_open_reviews
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import answer, review

if TYPE_CHECKING:
    from reviews.model import Answer

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def add(engine: sa.Engine, number: int, **more: Any) -> None:
    with SqlUnitOfWork(engine) as work:
        work.reviews.add(review(id=f"r{number}", file_id=f"f{number}", **more))
        work.commit()


def record(engine: sa.Engine, number: int, given_answer: Answer) -> None:
    with SqlUnitOfWork(engine) as work:
        assert work.reviews.record_answer(f"r{number}", given_answer, given_answer.decision.outcome)
        work.commit()


def withdraw(engine: sa.Engine, number: int, given_answer: Answer, at: datetime) -> None:
    withdrawn = answer(at=given_answer.at, late=given_answer.late, withdrawn_at=at)
    with SqlUnitOfWork(engine) as work:
        work.reviews.withdraw(f"r{number}", withdrawn, ReviewState.OPEN, remind_at=None)
        work.commit()


def rename_route(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.update(reviews).values(route="legal"))


def read_open(engine: sa.Engine) -> dict[str, int]:
    with read_only(engine).connect() as connection:
        return count_open_reviews(connection)
