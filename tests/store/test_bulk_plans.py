"""What a flood costs does not grow with it: an index answers each question, and each join asks as much."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.bulk_reviews.pending_files import select_on_route
from reviews.ports.gatherings import Arrival
from reviews.tree import FOLDER_ID_PREFIX, Place
from store.tree import MAX_ROOTS
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.desk import Desk
from tests.reviews.flood import handle, list_bulk_reviews, names, receive_events
from tests.reviews.samples import ALICE, START, WATCHED, routes
from tests.store.plans import explain_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TABLES = ("review_files", "bulk_reviews", "review_file_people", "events", "reviews", "cards", "folders")
QUESTIONS: dict[str, Callable[[SqlUnitOfWork, str], object]] = {
    "a page of its files": lambda work, review: work.bulk_files.list_files(review, after=10, limit=5),
    "how many there are": lambda work, review: work.bulk_files.count(review),
    "one of its files": lambda work, review: work.bulk_files.get(review, "f007"),
    "the first files": lambda work, review: work.reviews.get(review),
    "the newest review of a file": lambda work, _: work.reviews.find_latest("f007", route="compliance"),
    "the newest review of a file on its route": lambda work, _: work.reviews.find_latest_on_route(
        "f007", "compliance"
    ),
    "the newest review of a file on any route": lambda work, _: work.reviews.find_latest("f007"),
    "what gathers": lambda work, _: work.gatherings.list_by_cause("compliance", ["minute"]),
    "what gathers and what may": lambda work, _: work.gatherings.survey(
        "compliance", ["minute"], subject="f1", arrived_at=START, window=timedelta(minutes=10), count_to=25
    ),
    "whether somebody wrote any": lambda work, review: work.bulk_files.count_contributed(review, [ALICE]),
    "whether an author is hidden": lambda work, review: work.bulk_files.is_contributor_hidden(review),
    "when a file joined last": lambda work, review: work.bulk_files.find_timing(review),
    "what waits": lambda work, _: work.gatherings.list_pending_files(
        at=START, since=START - timedelta(minutes=1), until=START + timedelta(minutes=1), limit=10
    ),
    "how much waits in each folder": lambda work, _: work.gatherings.count_pending_files(
        at=START, since=START - timedelta(minutes=1), until=START + timedelta(minutes=1), limit=10
    ),
    "where folders are that wait": lambda work, _: work.gatherings.find_event_parents(["f007"]),
    "where folders are that are known": lambda work, _: work.folders.get_places_before([WATCHED]),
    "what was opened just now": lambda work, _: work.gatherings.list_recent_reviews(
        "compliance", since=START + timedelta(hours=1), limit=10
    ),
}


@contextmanager
def noted(engine: sa.Engine) -> Iterator[list[tuple[str, Any]]]:
    """Yield what is asked meanwhile."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    yield asked
    sa.event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def flooded(engine: sa.Engine) -> Desk:
    """A desk with a review of many files, and many reviews of one."""
    desk = Desk(engine, partial(SqlUnitOfWork, engine), routes(bulk=None))
    handle(desk, receive_events(desk, [f"alone{number}" for number in range(40)]))
    desk.clock.advance(hours=1)
    desk.follow(routes(bulk=3))
    handle(desk, receive_events(desk, names(60)))
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:  # tables are small here, and would be read whole
            connection.exec_driver_sql(f'ALTER DATABASE "{engine.url.database}" SET enable_seqscan = off')
        engine.dispose()
    return desk


def test_each_question_about_a_flood_is_answered_by_an_index(flooded: Desk) -> None:
    plans = {name: plans_of(flooded, ask) for name, ask in QUESTIONS.items()}

    assert [name for name, steps in plans.items() if not steps] == []
    scans = [
        f"{start} {table}{end}" for table in TABLES for start, end in (("Seq Scan on", " "), ("SCAN", "\n"))
    ]
    assert {
        name for name, steps in plans.items() if any(scan in plan for plan in steps for scan in scans)
    } == set()


def plans_of(desk: Desk, ask: Callable[[SqlUnitOfWork, str], object]) -> list[str]:
    """Return the plans of what a question about the flood asks of the database."""
    [review] = list_bulk_reviews(desk)
    with noted(desk.engine) as asked, SqlUnitOfWork(desk.engine) as work:
        ask(work, review.id)
    return [explain_plan(desk.engine, *each) for each in asked if each[0].startswith(("SELECT", "WITH"))]


def test_a_join_asks_as_much_whether_there_are_few_files_or_many(engine: sa.Engine) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine), routes(bulk=3))
    numbers = receive_events(desk, names(60))
    handle(desk, numbers[:8])
    with noted(engine) as early:
        handle(desk, numbers[8:9])
    handle(desk, numbers[9:59])

    with noted(engine) as late:
        handle(desk, numbers[59:])

    assert len(late) == len(early)


@pytest.mark.parametrize("are_known", [True, False])
def test_a_look_at_what_waits_asks_as_much_whether_it_lies_in_few_folders_or_in_many(
    engine: sa.Engine, *, are_known: bool
) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine), routes(bulk=3))
    asked = []
    for count in (MAX_ROOTS + 1, 200):
        folders = [f"{count}.{number}" for number in range(count)]
        if not are_known:
            receive_events(
                desk, [f"{FOLDER_ID_PREFIX}{folder}" for folder in folders], trigger="folder.created"
            )
        with desk.transactions() as work:
            for folder in folders if are_known else ["empty"]:
                work.folders.put(Place(folders=((WATCHED, "Room"), (folder, folder))), at=desk.clock())
            work.commit()
        waiting = [
            Arrival(
                file_id=folder, folder=folder, people=frozenset(), arrived_at=desk.clock(), from_sweep=False
            )
            for folder in folders
        ]
        with noted(engine) as statements, SqlUnitOfWork(engine, reading=True) as work:
            arrivals = select_on_route(work, waiting, desk.routes.all[0], routes=desk.routes, known_folder="")
        asked.append(len(statements))
        assert len(arrivals) == count

    assert asked[0] == asked[1]
