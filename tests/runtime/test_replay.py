"""`events replay`: what it does with an event in each of its states; `deliveries replay --all`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from reviews.intake import intake
from reviews.kinds import EventState
from store import due_work
from store.due_work import DueKind
from store.unit_of_work import SqlUnitOfWork
from tests.journeys.processes import eventually
from tests.reviews.samples import START, event, review
from tests.runtime.command import run_command, run_command_beside

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa

OWNER = "worker:1"


@pytest.fixture
def two(engine: sa.Engine) -> sa.Engine:
    """A database with two events of one file that wait for their time; the first one's job does the work."""
    intake.receive_events(partial(SqlUnitOfWork, engine), [event(), event()], now=START)
    taken = take(engine)
    with SqlUnitOfWork(engine) as work:
        for number in taken:
            work.events.put_off(number, OWNER, until=datetime.now(UTC) + timedelta(hours=1))
        work.commit()
    return engine


def replay(number: int, engine: sa.Engine) -> tuple[int, str]:
    database = engine.url.render_as_string(hide_password=False)
    done = run_command(["events", "replay", str(number)], DATABASE_URL=database)
    return done.code, (done.out or done.err).strip()


def take(engine: sa.Engine) -> list[int]:
    """Take the events that are due; return them."""
    now = datetime.now(UTC)
    taken = due_work.take_events(engine, DueKind.EVENTS, owner=OWNER, now=now, most=10)
    return [event.id for event in taken]


def settle(engine: sa.Engine, state: EventState) -> None:
    with SqlUnitOfWork(engine) as work:
        work.events.settle([1], state, "why")
        work.commit()


def test_one_that_still_waits_is_due_now_with_all_of_its_file(two: sa.Engine) -> None:
    """The second event has no job of its own: the first one's does its work."""
    assert take(two) == []

    code, output = replay(2, two)

    assert (code, output) == (0, "event 2 is waiting: all waiting events of its file run now")
    assert take(two) == [1]


def test_a_dead_one_is_received_again(two: sa.Engine) -> None:
    settle(two, EventState.DEAD)

    assert replay(1, two) == (0, "event 1 will run again")
    assert take(two) == [1]


@pytest.mark.parametrize("state", [EventState.DONE, EventState.IGNORED])
def test_one_that_is_settled_stays_as_it_is(two: sa.Engine, state: EventState) -> None:
    settle(two, state)

    code, output = replay(1, two)

    assert code > 0
    assert output.endswith(f"event 1 is {state}: only a dead or waiting event can be replayed")
    assert 1 not in take(two)


def test_one_that_there_is_not_is_said_so(two: sa.Engine) -> None:
    code, output = replay(99, two)

    assert code > 0
    assert output.endswith("there is no event 99: see docspace-review events list")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_all_dead_deliveries_are_replayed_and_those_that_a_click_holds_in_the_end(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        for number in range(2):
            work.reviews.add(review(id=f"rev-{number}", file_id=f"f{number}"))
            work.cards.owe(f"rev-{number}", [("console", "")])
            [card] = work.cards.list_recent(1)
            assert work.cards.claim(card.id, "job")
            work.cards.mark_failed(card.id, "job", "no", count_attempt=True, dead=True, unknown=False)
        work.commit()

    def dead() -> list[int]:
        with SqlUnitOfWork(engine, reading=True) as work:
            return work.cards.find_dead()

    with SqlUnitOfWork(engine) as click:
        click.cards.redraw("rev-0")

        def click_in_time(_read: Callable[[], str]) -> None:
            eventually(lambda: dead() == [1])
            click.commit()

        done = run_command_beside(
            click_in_time,
            ["deliveries", "replay", "--all"],
            DATABASE_URL=engine.url.render_as_string(hide_password=False),
        )

    assert (done.code, done.out, dead()) == (0, "2 will run again\n", [])
