"""How far one page of a list is searched for, where many reviews meet each condition and few meet all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.kinds import ChangeKind, Decision, ReviewState
from reviews.ports.listing import ListingQuery, Mark, MarkKind, PageTurn, ReviewOrder, make_marks
from store.list_search import DEPTHS, ListSearch
from store.listings import SqlReviewQueries
from store.schema import review_index, reviews
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import OWNER, START, answer, review
from tests.store.reads import list_statements

if TYPE_CHECKING:
    from collections.abc import Callable

    MarkGroups = tuple[tuple[Mark, ...], ...]

COUNT, LIMIT = 24, 3
FEW = (2, 3)
EVEN, THIRD, ALL = make_marks(MarkKind.FOLDER, ("even", "third", "all"))
ANSWERED = Mark(MarkKind.ANSWERED_BY, OWNER)
SEARCHES: dict[str, dict[str, Any]] = {
    "two folders": {"marks": ((EVEN,), (THIRD,))},
    "two folders, either of two": {"marks": ((EVEN, THIRD), (ALL, THIRD))},
    "two folders and a kind": {"marks": ((EVEN,), (THIRD,)), "kind": ChangeKind.MOVED_OUT},
    "a folder and a state": {"marks": ((EVEN,),), "state": ReviewState.ACKNOWLEDGED},
    "a state that is rarer than the folder": {"marks": ((ALL,),), "state": ReviewState.CHANGES_REQUESTED},
    "a folder and what was answered": {"marks": ((ALL,),), "answered": True},
    "a folder and what was sent to a channel": {"marks": ((ALL,),), "sent_to": "inbox"},
    "what never meets": {"marks": ((EVEN,), (Mark(MarkKind.FOLDER, "odd"),))},
}


@pytest.fixture
def filled(engine: sa.Engine) -> sa.Engine:
    """Reviews in overlapping folders; every fourth is acknowledged, every ninth has changes requested."""
    with SqlUnitOfWork(engine) as work:
        for number in range(1, COUNT + 1):
            folders = ["odd" if number % 2 else "even", *(["third"] if number % 3 == 0 else []), "all"]
            kind = ChangeKind.MOVED_OUT if number % 4 == 0 else ChangeKind.CONTENT
            work.reviews.add(review(id=f"r{number}", file_id=f"f{number}", kind=kind, folders=tuple(folders)))
            work.cards.owe(f"r{number}", [("inbox", "") if number % 5 == 0 else ("slack", "C1")])
            if number % 4 == 0 or number % 9 == 0:
                decision = Decision.ACKNOWLEDGE if number % 4 == 0 else Decision.REQUEST_CHANGES
                work.reviews.record_answer(f"r{number}", answer(decision=decision), decision.outcome)
        work.commit()
    return engine


def find_all(
    engine: sa.Engine, wanted: dict[str, Any], depths: tuple[int, int], *, upward: bool
) -> tuple[list[int], int]:
    """Return what all pages show together, and how many pages these are."""
    numbers: list[int] = []
    turn, pages = None, 0
    with engine.connect() as connection:
        search = ListSearch(connection, ListingQuery(**wanted), depths=depths)
        while True:
            of_page, end = search.find(LIMIT, turn, upward=upward)
            pages += 1
            numbers += of_page
            last = of_page[-1] if len(of_page) == LIMIT else end
            if last is None:
                return numbers, pages
            turn = PageTurn(backward=not upward, seq=last)


@pytest.mark.parametrize("upward", [True, False], ids=["upward", "downward"])
@pytest.mark.parametrize("wanted", SEARCHES.values(), ids=list(SEARCHES))
def test_pages_that_end_early_show_together_what_one_search_finds(
    filled: sa.Engine, wanted: dict[str, Any], *, upward: bool
) -> None:
    numbers, _ = find_all(filled, wanted, (COUNT, COUNT), upward=upward)
    in_parts, _ = find_all(filled, wanted, FEW, upward=upward)

    assert in_parts == numbers
    assert numbers == sorted(set(numbers), reverse=not upward)


def test_what_never_meets_takes_pages_in_which_so_many_reviews_are_looked_at(filled: sa.Engine) -> None:
    _, pages = find_all(filled, SEARCHES["what never meets"], FEW, upward=False)
    _, pages_of_all = find_all(filled, SEARCHES["what never meets"], (COUNT, COUNT), upward=False)

    assert 1 < pages <= 3
    assert pages_of_all == 1


def test_a_page_that_the_first_reviews_fill_is_searched_no_farther(filled: sa.Engine) -> None:
    def count_statements(limit: int) -> int:
        with filled.connect() as connection:
            search = ListSearch(connection, ListingQuery(marks=((EVEN,), (ALL,))), depths=(4, 4))
            return len(list_statements(filled, lambda: search.find(limit, None, upward=False)))

    assert count_statements(2) < count_statements(COUNT)
    assert count_statements(1) == count_statements(2)


def copy_open_review(connection: sa.Connection, review_id: str, count: int) -> None:
    """Add as many newer reviews that differ from this one in nothing but the file."""
    numbers = sa.select(sa.literal(1).label("number")).cte("numbers", recursive=True)
    numbers = numbers.union_all(sa.select(numbers.c.number + 1).where(numbers.c.number < count))
    name = sa.literal("copy-") + sa.cast(numbers.c.number, sa.Text)
    columns = [each for each in reviews.c if each.name != "seq"]
    values = [name if each.name in {"id", "file_id"} else each for each in columns]
    copied = sa.select(*values).join_from(reviews, numbers, sa.true()).where(reviews.c.id == review_id)
    connection.execute(sa.insert(reviews).from_select([each.name for each in columns], copied))
    of_review = sa.select(reviews.c.seq).where(reviews.c.id == review_id).scalar_subquery()
    others = [each for each in review_index.c if each.name != "seq"]
    marked = sa.select(reviews.c.seq, *others).join_from(reviews, review_index, sa.true())
    marked = marked.where(review_index.c.seq == of_review, reviews.c.id.like("copy-%"))
    names = ["seq", *(each.name for each in others)]
    connection.execute(sa.insert(review_index).from_select(names, marked))


def test_of_open_reviews_so_many_are_looked_through_that_none_is_missed(engine: sa.Engine) -> None:
    """In the inbox nothing may seem to wait because thousands wait elsewhere."""
    with SqlUnitOfWork(engine) as work:
        for number, channel in enumerate((("inbox", ""), ("slack", "C1"))):
            work.reviews.add(review(id=f"r{number}", file_id=f"f{number}"))
            work.cards.owe(f"r{number}", [channel])
        copy_open_review(work.connection, "r1", sum(DEPTHS) + 100)
        work.commit()
    waiting = make_marks(MarkKind.WAITING_ROUTE, (review().route,))
    inbox = ListingQuery(waiting=True, marks=(waiting,), sent_to="inbox")

    with engine.connect() as connection:
        page = SqlReviewQueries(connection).fetch_page(inbox, LIMIT)

    assert ([entry.review.id for entry in page.entries], page.next_seq) == (["r0"], None)


def search_page(connection: sa.Connection, marks: MarkGroups) -> object:
    return ListSearch(connection, ListingQuery(marks=marks)).find(LIMIT, None, upward=False)


def search_newest(connection: sa.Connection, marks: MarkGroups) -> object:
    selected = ListSearch(connection, ListingQuery(marks=marks)).select_newest(LIMIT)
    assert selected is not None
    query, (low, high), _ = selected
    return connection.execute(query, {"low": low, "high": high}).all()


def search_overdue(connection: sa.Connection, marks: MarkGroups) -> object:
    overdue = ListingQuery(order=ReviewOrder.LONGEST_OVERDUE, overdue_at=START, marks=marks)
    return SqlReviewQueries(connection).fetch_page(overdue, LIMIT)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("search", [search_page, search_newest, search_overdue])
def test_a_search_is_planned_for_the_marks_that_it_looks_for(
    filled: sa.Engine, search: Callable[[sa.Connection, MarkGroups], object]
) -> None:
    """A plan for all values, which PostgreSQL makes after five executions, takes minutes for a long range."""
    plans = "SELECT sum(custom_plans), sum(generic_plans) FROM pg_prepared_statements"
    of_searches = f"{plans} WHERE statement LIKE 'SELECT%%FROM review_index%%'"
    with filled.connect() as connection:
        for _ in range(10):
            search(connection, ((EVEN,), (ALL,)))
            connection.commit()
        custom, generic = connection.exec_driver_sql(of_searches).one()

    assert custom > 0
    assert generic == 0
