"""The repository of comparisons: one row for each review, made due, taken, finished or put off."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.comparison import (
    Comparison,
    ComparisonRequest,
    ComparisonState,
    ComparisonSummary,
    DocumentState,
)
from reviews.kinds import ChangeKind, ReviewState
from store import due_work
from store.comparison_rows import build_summary
from store.schema import comparisons, reviews
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, review

if TYPE_CHECKING:
    from collections.abc import Iterator

STATE = DocumentState(version=8, updated=START, sha256="ab" * 32, size=9)
SUMMARY = ComparisonSummary(
    state=ComparisonState.COMPARED, counts={"replaced": 2, "inserted": 1}, matters={"amount": 1}
)


@pytest.fixture
def work(engine: sa.Engine) -> Iterator[SqlUnitOfWork]:
    with SqlUnitOfWork(engine) as unit:
        yield unit


def add_review(work: SqlUnitOfWork, **more: Any) -> None:
    work.reviews.add(review(**more))


def request(work: SqlUnitOfWork, review_id: str = "rev-1", revision: int = 1) -> ComparisonRequest:
    work.comparisons.request(review_id, revision, at=START)
    number = work.connection.execute(
        sa.select(comparisons.c.id).where(comparisons.c.review_id == review_id)
    ).scalar_one()
    stored = work.comparisons.get_request(number)
    assert stored is not None
    return stored


def describe(review_id: str = "rev-1", revision: int = 1, **more: Any) -> Comparison:
    basic = Comparison(
        review_id=review_id, revision=revision, summary=SUMMARY, after=STATE, parts=b"parts", text=b"text",
        snippets=b"snippets",
    )  # fmt: skip
    return replace(basic, **more)


def add_acknowledged(work: SqlUnitOfWork, number: int, **more: Any) -> None:
    """Add an acknowledged review of the file, with its comparison."""
    review_id = f"rev-{number}"
    add_review(work, **{"id": review_id, "state": ReviewState.ACKNOWLEDGED, **more})
    version = replace(STATE, version=number)
    assert work.comparisons.finish(request(work, review_id), describe(review_id, after=version))


def find_acknowledged(work: SqlUnitOfWork, *, route: str = "compliance") -> str | None:
    add_review(work, id="rev-9", route="another", file_id="another")
    comparison = work.comparisons.find_acknowledged("3358285", route, before_review="rev-9")
    return comparison.review_id if comparison else None


def test_a_comparison_that_waits_has_no_content(work: SqlUnitOfWork) -> None:
    request(work)

    waiting = work.comparisons.get("rev-1")

    assert waiting == Comparison(
        review_id="rev-1", revision=1, summary=ComparisonSummary(state=ComparisonState.WAITING)
    )


def test_a_comparison_comes_back_as_it_was_stored(work: SqlUnitOfWork) -> None:
    add_review(work)
    comparison = describe(before=replace(STATE, version=None, updated=None))

    assert work.comparisons.finish(request(work), comparison)

    assert work.comparisons.get("rev-1") == comparison
    stored = work.reviews.get("rev-1")
    assert stored is not None
    assert stored.changes == SUMMARY


def test_a_newer_request_replaces_the_texts_of_the_one_before(work: SqlUnitOfWork) -> None:
    add_review(work)
    work.comparisons.finish(request(work), describe())

    request(work, revision=2)

    comparison = work.comparisons.get("rev-1")
    assert comparison is not None
    assert (comparison.revision, comparison.parts, comparison.text, comparison.after) == (2, b"", b"", None)
    assert comparison.snippets == b""


def test_snippets_are_listed_for_the_revision_that_they_are_of(work: SqlUnitOfWork) -> None:
    for review_id in ("rev-1", "rev-2", "rev-3"):
        add_review(work, id=review_id, file_id=review_id)
    work.comparisons.finish(request(work), describe())
    work.comparisons.finish(request(work, "rev-2"), describe("rev-2", snippets=b""))
    work.comparisons.finish(request(work, "rev-3"), describe("rev-3", snippets=b"others"))

    assert work.comparisons.list_snippets({"rev-1": 1, "rev-2": 1, "rev-3": 1, "rev-9": 1}) == {
        "rev-1": b"snippets",
        "rev-3": b"others",
    }
    assert work.comparisons.list_snippets({"rev-1": 2}) == {}
    assert work.comparisons.list_snippets({}) == {}


def test_a_result_for_another_revision_is_not_stored(work: SqlUnitOfWork) -> None:
    add_review(work, revision=2)
    old = request(work)
    request(work, revision=2)

    assert not work.comparisons.finish(old, describe())


def test_a_result_for_a_review_that_was_revised_is_not_stored(work: SqlUnitOfWork) -> None:
    add_review(work, revision=2)

    assert not work.comparisons.finish(request(work), describe())


def test_a_comparison_is_finished_once(work: SqlUnitOfWork) -> None:
    add_review(work)
    first = request(work)

    assert work.comparisons.finish(first, describe())
    assert not work.comparisons.finish(first, describe(parts=b"others"))
    assert work.comparisons.get_request(first.id) is None


def test_an_earlier_request_drops_no_newer_one(work: SqlUnitOfWork) -> None:
    old = request(work)
    newer = request(work, revision=2)

    work.comparisons.drop(old)
    assert work.comparisons.get_request(newer.id) == newer

    work.comparisons.drop(newer)
    assert work.comparisons.get("rev-1") is None


def test_failures_are_counted_from_each_request_on(work: SqlUnitOfWork) -> None:
    first = request(work)

    assert [work.comparisons.count_failure(first.id) for _ in range(2)] == [1, 2]
    assert request(work, revision=2).attempts == 0


def test_a_finished_comparison_counts_no_failure(work: SqlUnitOfWork) -> None:
    add_review(work)
    first = request(work)
    work.comparisons.finish(first, describe())

    assert work.comparisons.count_failure(first.id) == 0


def test_only_its_owner_puts_a_comparison_off(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        number = request(work).id
        work.commit()
    [taken] = due_work.take_comparisons(engine, owner="w:1", now=START, most=5)
    later = START + timedelta(minutes=5)

    with SqlUnitOfWork(engine) as work:
        work.comparisons.put_off(number, "w:2", until=START)
        work.commit()
    assert due_work.take_comparisons(engine, owner="w:3", now=later, most=5) == []

    with SqlUnitOfWork(engine) as work:
        work.comparisons.put_off(taken.id, "w:1", until=later)
        work.commit()
    assert due_work.take_comparisons(engine, owner="w:3", now=START, most=5) == []
    assert due_work.take_comparisons(engine, owner="w:3", now=later, most=5) == [taken]


def test_the_newest_acknowledged_state_is_found(work: SqlUnitOfWork) -> None:
    add_acknowledged(work, 1)
    add_acknowledged(work, 2)
    add_review(work, id="rev-4")

    assert find_acknowledged(work) == "rev-2"


def test_a_state_of_another_route_is_not_found(work: SqlUnitOfWork) -> None:
    add_acknowledged(work, 1)
    add_acknowledged(work, 2, route="other")

    assert find_acknowledged(work) == "rev-1"


def test_a_state_that_was_acknowledged_later_is_not_found(work: SqlUnitOfWork) -> None:
    add_acknowledged(work, 1)
    add_acknowledged(work, 2)

    comparison = work.comparisons.find_acknowledged("3358285", "compliance", before_review="rev-2")

    assert comparison is not None
    assert comparison.review_id == "rev-1"


def test_an_acknowledged_rename_is_no_newer_state(work: SqlUnitOfWork) -> None:
    add_acknowledged(work, 1)
    add_review(work, id="rev-2", state=ReviewState.ACKNOWLEDGED, kind=ChangeKind.RENAMED, content=False)

    assert find_acknowledged(work) == "rev-1"


def test_behind_acknowledged_content_of_which_nothing_is_known_none_is_looked_for(
    work: SqlUnitOfWork,
) -> None:
    add_acknowledged(work, 1)
    add_review(work, id="rev-2", state=ReviewState.ACKNOWLEDGED)

    assert find_acknowledged(work) is None


def test_the_state_of_a_revision_before_is_not_what_was_acknowledged(work: SqlUnitOfWork) -> None:
    add_acknowledged(work, 1)
    work.connection.execute(sa.update(reviews).values(revision=2))

    assert find_acknowledged(work) is None


@pytest.mark.parametrize(
    "value",
    [None, "compared", [], {}, {"state": "translated"}, {"state": None}, {"state": ["compared"]}],
)
def test_a_summary_of_a_newer_release_reads_as_none(value: Any) -> None:
    assert build_summary(value) is None


@pytest.mark.parametrize(
    "members",
    [
        {"counts": None, "matters": "none"},
        {"counts": {"replaced": "4"}, "matters": {"amount": None}},
        {"reason": 7},
    ],
)
def test_odd_members_of_a_summary_are_left_out(members: dict[str, Any]) -> None:
    summary = build_summary({"state": "compared", **members})

    assert summary == ComparisonSummary(state=ComparisonState.COMPARED)


def test_a_review_that_an_earlier_release_revised_shows_no_old_summary(work: SqlUnitOfWork) -> None:
    """It raises the revision, and knows neither the summary nor the comparison."""
    add_review(work)
    assert work.comparisons.finish(request(work), describe())
    work.connection.execute(sa.update(reviews).values(revision=2))

    stored = work.reviews.get("rev-1")

    assert stored is not None
    assert stored.changes is None


def test_a_finished_comparison_is_on_its_review(work: SqlUnitOfWork) -> None:
    add_review(work)
    assert work.comparisons.finish(request(work), describe())

    stored = work.reviews.get("rev-1")

    assert stored is not None
    assert stored.changes == SUMMARY
