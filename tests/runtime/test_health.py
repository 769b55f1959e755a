"""What `/healthz` knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from reviews import intake
from reviews.model import EventState
from runtime.health import Health
from store.engine import create_engine
from store.unit_of_work import UnitOfWork
from store.workers import Roll
from tests.reviews.samples import START, Clock, event

if TYPE_CHECKING:
    from pathlib import Path

    import sqlalchemy as sa


def states(engine: sa.Engine, clock: Clock) -> dict[str, str]:
    return {name: part["state"] for name, part in Health(engine=engine, clock=clock).parts().items()}


def test_all_is_well_while_a_worker_is_heard_of(engine: sa.Engine) -> None:
    clock = Clock()
    Roll(engine, clock).enlist()

    assert set(states(engine, clock).values()) == {"ok"}


def test_a_worker_that_is_not_heard_of_breaks_everything(engine: sa.Engine) -> None:
    clock = Clock()
    roll = Roll(engine, clock)
    roll.enlist()
    clock.advance(seconds=31)

    assert states(engine, clock)["worker"] == "broken"


def test_waiting_and_given_up_work_is_counted(engine: sa.Engine) -> None:
    clock = Clock()
    transactions = partial(UnitOfWork, engine)
    intake.receive(transactions, [event(), event()], now=START)
    with transactions() as work:
        dead = work.events.recent(1)[0].id
        work.events.settle([dead], EventState.DEAD, "the key was revoked")
        work.commit()
    clock.advance(seconds=700)

    parts = Health(engine=engine, clock=clock).parts()

    assert parts["backlog"] == {"state": "late", "events": 1, "cards": 0, "oldest_seconds": 700.0}
    assert parts["dead_letters"] == {"state": "attention", "events": 1, "cards": 0}


def test_a_database_without_tables_says_what_to_run(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'empty.db'}")

    parts = Health(engine=engine, clock=lambda: datetime.now(UTC)).parts()
    engine.dispose()

    assert "docspace-review migrate" in parts["migrations"]["reason"]


def test_a_database_that_does_not_answer_is_said_at_once() -> None:
    engine = create_engine("postgresql://nobody@127.0.0.1:9/none")
    started = datetime.now(UTC)

    parts = Health(engine=engine, clock=lambda: datetime.now(UTC)).parts()

    assert parts["database"]["state"] == "broken"
    assert datetime.now(UTC) - started < timedelta(seconds=5)
