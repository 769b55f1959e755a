"""How the databases look up what is known of a folder: by index, however many files there are elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.kinds import ReviewState
from reviews.ports.listing import ListingQuery, Mark, MarkKind, ReviewOrder
from reviews.tree import FilePresence
from store.backlog import find_backlog
from store.figures import count_lapsed
from store.schema import files, folders, unrouted_changes
from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_SQLITE
from tests.reviews.samples import START, review
from tests.store.plans import explain_plan

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDERS, FILES_IN_EACH = 100, 50
FOLDER = "folder-7"

QUESTIONS: dict[str, Callable[[SqlUnitOfWork], object]] = {
    "which files are in a folder": lambda work: (
        work.files.summarize_contents(FOLDER, FilePresence.PRESENT, 10).count
    ),
    "how many files are in a folder": lambda work: work.files.count_beneath(FOLDER),
    "the files of a folder went along with it": lambda work: work.files.set_presence_beneath(FOLDER, None),
    "which files were in a folder": lambda work: work.files.list_present_beneath(FOLDER),
    "the files of a folder were trashed": lambda work: work.files.set_presence_beneath(
        FOLDER, FilePresence.TRASHED
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_about_one_folder_reads_all_files(engine: sa.Engine, question: str) -> None:
    _fill(engine)
    asked: list[tuple[str, Any]] = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    with SqlUnitOfWork(engine) as work:
        QUESTIONS[question](work)

    plans = [explain_plan(engine, *each) for each in list(asked) if not each[0].startswith("BEGIN")]
    assert plans
    assert [plan for plan in plans if "Seq Scan on files" in plan or "SCAN files" in plan] == []


def test_what_the_clock_looks_at_is_found_by_index(engine: sa.Engine) -> None:
    _add_reviews(engine)

    [plan] = _plans_of(engine, lambda work: work.reviews.list_due_ids(START, 10))

    assert "reviews_next_look" in plan


@ON_SQLITE
def test_what_was_given_up_is_counted_by_index_alone(engine: sa.Engine) -> None:
    """A dead row that is read costs ten times what its entry in the index does, and they may be very many."""
    _add_reviews(engine)

    [plan] = _plans_of(engine, lambda work: find_backlog(work.connection).dead_cards)

    assert [f"COVERING INDEX {name}" in plan for name in ("events_dead", "cards_dead")] == [True, True]


@ON_SQLITE
def test_what_is_overdue_in_a_folder_is_found_by_indexes_alone(engine: sa.Engine) -> None:
    """A review that is read to learn its kind costs more than the look at its marks."""
    _add_reviews(engine)
    listing_query = ListingQuery(
        order=ReviewOrder.LONGEST_OVERDUE, overdue_at=START, marks=((Mark(MarkKind.FOLDER, "1"),),)
    )

    [plan] = _plans_of(engine, lambda work: work.listings.fetch_page(listing_query, 10).entries)

    assert "COVERING INDEX reviews_overdue" in plan


@ON_SQLITE
@pytest.mark.parametrize("marks", [(), ((Mark(MarkKind.FOLDER, "1"),),)], ids=["all", "in a folder"])
def test_what_lapsed_is_found_by_indexes_alone(
    engine: sa.Engine, marks: tuple[tuple[Mark, ...], ...]
) -> None:
    _add_reviews(engine)
    listing_query = ListingQuery(order=ReviewOrder.LONGEST_OVERDUE, lapsed=True, marks=marks)

    [plan] = _plans_of(engine, lambda work: work.listings.fetch_page(listing_query, 10).entries)

    assert "COVERING INDEX reviews_lapsed" in plan


@ON_SQLITE
def test_what_lapsed_is_counted_by_its_index(engine: sa.Engine) -> None:
    _add_reviews(engine)

    [plan] = _plans_of(engine, lambda work: count_lapsed(work.connection))

    assert "reviews_lapsed" in plan


def test_what_a_review_superseded_is_found_by_index_also_where_none_was(engine: sa.Engine) -> None:
    _add_reviews(engine)

    [plan] = _plans_of(engine, lambda work: work.reviews.find_predecessors(["r1", "r2"]))

    assert "reviews_superseded" in plan


def test_whether_a_flood_has_ended_is_answered_by_index_alone(engine: sa.Engine) -> None:
    """Every worker asks it three times a minute, of up to ten thousand changes with all their members."""
    floods = [
        {
            "route": "compliance",
            "kind": "renamed",
            "cause": str(number % 5),
            "first_event": 1,
            "last_event": 1,
        }
        for number in range(2000)
    ]
    with engine.begin() as connection:
        values = {"members": {"path": "x" * 1000}, "at": START}
        connection.execute(sa.insert(unrouted_changes), [{**each, **values} for each in floods])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE")

    [plan] = _plans_of(
        engine,
        lambda work: work.unrouted_changes.list_ended(quiet_since=START, started_before=START, limit=20),
    )

    assert re.search(r"(COVERING INDEX|Index Only Scan using) unrouted_changes_of_cause", plan)


def _add_reviews(engine: sa.Engine) -> None:
    """Add reviews that were answered, and superseded by none."""
    with SqlUnitOfWork(engine) as work:
        for number in range(200):
            answered = ReviewState.ACKNOWLEDGED
            work.reviews.add(review(id=f"r{number}", file_id=f"f{number}", state=answered))
        work.commit()
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")


def _plans_of(engine: sa.Engine, question: Callable[[SqlUnitOfWork], object]) -> list[str]:
    """Return the plans of what a question reads, which finds nothing."""
    asked: list[tuple[str, Any]] = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    with SqlUnitOfWork(engine) as work:
        assert not question(work)
    return [explain_plan(engine, *each) for each in list(asked) if each[0].startswith("SELECT")]


def _fill(engine: sa.Engine) -> None:
    numbers = range(FOLDERS)
    folder_rows = [
        {"id": f"folder-{n}", "parent_id": "top", "title": "", "known_since": START, "seen_at": START}
        for n in numbers
    ]
    inside = [
        {
            "file_id": f"file-{n}-{m}",
            "parent_id": f"folder-{n}",
            "title": f"Paper {m}.docx",
            "locked": False,
            "comment": "",
            "standing": FilePresence.PRESENT,
        }
        for n in numbers
        for m in range(FILES_IN_EACH)
    ]
    with engine.begin() as connection:
        connection.execute(sa.insert(folders), folder_rows)
        connection.execute(sa.insert(files), inside)
        connection.exec_driver_sql("ANALYZE")
