"""Reviews are read in blocks for comparing: where one ends changes nothing, and nothing falls between two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from store.comparison import (
    ReviewBlock,
    ReviewWithEntries,
    StrayIndexRow,
    find_missing_reviews,
    split_reviews,
    walk_reviews,
)
from store.schema import review_index, reviews
from tests.runtime.record import fill_record
from tests.store.plans import explain_plan
from tests.store.reads import list_statements

if TYPE_CHECKING:
    from store.comparison import CheckedReview

STRAYS = [{"value": f"by:{seq}", "kind": "content", "seq": seq} for seq in (-7, 0, 5, 99)]


def fill_with_others(engine: sa.Engine) -> None:
    """Fill a record of reviews that are called otherwise than it says: none is done with at a glance."""
    fill_record(engine)
    with engine.begin() as connection:
        connection.execute(sa.update(reviews).values(title="Menu.docx"))


def summarize(checked: CheckedReview | StrayIndexRow) -> tuple[object, ...]:
    if isinstance(checked, ReviewWithEntries):
        return checked.review.id, len(checked.entries), frozenset(checked.index)
    assert isinstance(checked, StrayIndexRow)
    return checked.seq, checked.kind, checked.value


@pytest.mark.parametrize("block", [1, 2, 3, 4])
def test_a_block_of_any_size_has_each_review_and_each_row_of_the_index_once(
    engine: sa.Engine, block: int
) -> None:
    fill_with_others(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(review_index), STRAYS)

    def walk(**size: int) -> list[tuple[object, ...]]:
        blocks = split_reviews(engine, **size)
        return [summarize(each) for block in blocks for each in walk_reviews(engine, block)]

    summaries = walk(block=block)

    assert summaries == walk()
    assert [each[0] for each in summaries] == [-7, 0, "rev-1", "rev-2", "rev-3", 5, 99]
    assert [each[1] for each in summaries if str(each[0]).startswith("rev")] == [3, 2, 1]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_review_that_was_given_the_number_of_another_one_is_read_too(engine: sa.Engine) -> None:
    fill_with_others(engine)
    columns = [sa.literal("forged") if column.name == "id" else column for column in reviews.c]
    forged = sa.select(*columns).where(reviews.c.id == "rev-1")
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE reviews DROP CONSTRAINT reviews_pkey")
        connection.execute(sa.insert(reviews).from_select(list(reviews.c), forged))

    summaries = [summarize(each) for block in split_reviews(engine) for each in walk_reviews(engine, block)]

    assert sorted(str(each[0]) for each in summaries) == ["forged", "rev-1", "rev-2", "rev-3"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_page_is_read_by_a_plan_for_its_own_numbers(engine: sa.Engine) -> None:
    """A plan for all numbers reads the answers of all reviews for each page."""
    fill_record(engine)
    plans = "SELECT sum(custom_plans), sum(generic_plans) FROM pg_prepared_statements"

    for _ in range(10):
        assert len(list(walk_reviews(engine, ReviewBlock(after=None, until=None)))) == 3
    with engine.connect() as connection:
        of_answers = f"{plans} WHERE statement LIKE 'SELECT answers%%JOIN reviews%%'"
        custom, generic = connection.exec_driver_sql(of_answers).one()

    assert custom > 0
    assert generic == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_is_told_of_without_a_review_is_found_in_one_pass(engine: sa.Engine) -> None:
    """For `NOT IN` PostgreSQL reads all reviews for each entry, once they are too many for its memory."""
    statements = list_statements(engine, lambda: list(find_missing_reviews(engine, 10)))

    plans = [explain_plan(engine, *each) for each in statements]

    assert [("Anti Join" in plan, "SubPlan" in plan) for plan in plans] == [(True, False)] * 2
