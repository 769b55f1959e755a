"""The repository of earlier states: who answered which, their texts, and the comparisons with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.identity import Reviewer
from reviews.kinds import ReviewState
from store.earlier_comparisons import MAX_REVIEWS
from store.engine import create_engine
from store.schema import answers, comparisons, earlier_comparisons, reviews
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, answer, review
from tests.store.earlier import STATE, build_earlier
from tests.store.many_rows import FIRST, WAITING, fill
from tests.store.reads import count_reads, list_statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.model import Review

DANA, STELLA = (
    Reviewer(name="Dana", email="dana@example.com"),
    Reviewer(name="Stella", email="stella@example.com"),
)


@pytest.fixture
def work(engine: sa.Engine) -> Iterator[SqlUnitOfWork]:
    with SqlUnitOfWork(engine) as unit:
        yield unit


def add(work: SqlUnitOfWork, number: int, *people: Reviewer, **more: Any) -> Review:
    """Add a review whose comparison is stored, with the answers of these people."""
    added = review(id=f"rev-{number}", **{"state": ReviewState.ACKNOWLEDGED, **more})
    work.reviews.add(replace(added, state=ReviewState.OPEN))
    work.comparisons.request(added.id, added.revision, at=START)
    state = {"version": number, "updated": None, "sha256": f"{number:064}", "size": 9}
    compared = {"state": "compared", "after": state, "text": b"text", "text_at": START}
    work.connection.execute(
        sa.update(comparisons).where(comparisons.c.review_id == added.id).values(compared)
    )
    for minute, who in enumerate(people):
        new_answer = answer(reviewer=who, revision=added.revision, at=START + timedelta(minutes=minute))
        assert work.reviews.record_answer(added.id, new_answer, ReviewState.OPEN)
    work.connection.execute(sa.update(reviews).where(reviews.c.id == added.id).values(state=added.state))
    return added


def list_answered(work: SqlUnitOfWork, of: Review) -> list[tuple[str, int, str, bool]]:
    return [
        (state.review_id, state.revision, state.reviewer.name, state.has_text)
        for state in work.earlier_comparisons.list_answered(of)
    ]


def test_answers_to_earlier_states_come_the_newest_first(work: SqlUnitOfWork) -> None:
    add(work, 1, DANA)
    add(work, 2, DANA, STELLA)
    newest = add(work, 3, STELLA)

    assert list_answered(work, newest) == [
        ("rev-2", 1, "Stella", True),
        ("rev-2", 1, "Dana", True),
        ("rev-1", 1, "Dana", True),
    ]


def test_other_files_routes_and_later_reviews_are_left_out(work: SqlUnitOfWork) -> None:
    add(work, 1, DANA, file_id="another")
    add(work, 2, DANA, route="another")
    add(work, 3, DANA, content=False)
    of = add(work, 4)
    add(work, 5, DANA)

    assert list_answered(work, of) == []


def test_a_withdrawn_answer_is_left_out(work: SqlUnitOfWork) -> None:
    add(work, 1, DANA)
    work.connection.execute(sa.update(answers).values(withdrawn_at=START))

    assert list_answered(work, add(work, 2)) == []


def test_only_the_newest_reviews_are_looked_at(work: SqlUnitOfWork) -> None:
    for number in range(MAX_REVIEWS + 5):
        add(work, number, DANA)

    newest = add(work, 99)

    assert len(list_answered(work, newest)) == MAX_REVIEWS - 1


def test_a_state_has_the_hash_that_was_answered(work: SqlUnitOfWork) -> None:
    add(work, 1, DANA)
    add(work, 2, DANA)
    work.connection.execute(sa.update(answers).where(answers.c.review_id == "rev-2").values(sha256="ef" * 32))

    hashes = [state.sha256 for state in work.earlier_comparisons.list_answered(add(work, 3))]

    assert hashes == ["ef" * 32, f"{1:064}"]


def test_a_state_of_which_nothing_is_stored_has_no_text(work: SqlUnitOfWork) -> None:
    add(work, 1, DANA)
    work.connection.execute(sa.update(comparisons).values(text=b"", text_at=None))

    [state] = work.earlier_comparisons.list_answered(add(work, 2))

    assert (state.sha256, state.has_text) == (None, False)
    assert work.earlier_comparisons.get_text(state) is None


def test_the_text_of_an_answered_revision_is_kept_beside_the_next(work: SqlUnitOfWork) -> None:
    of = add(work, 1, DANA, state=ReviewState.OPEN)
    revised = replace(of, revision=2)
    assert work.reviews.revise(revised)

    work.earlier_comparisons.keep_answered_text(of.id)
    work.earlier_comparisons.keep_answered_text(of.id)
    work.comparisons.request(of.id, 2, at=START)

    [state] = work.earlier_comparisons.list_answered(revised)
    stored = work.earlier_comparisons.get_text(state)
    assert (state.revision, state.has_text) == (1, True)
    assert stored is not None
    assert (stored.text, stored.state.version) == (b"text", 1)


@pytest.mark.parametrize("people", [(), (DANA,)])
def test_the_text_of_a_revision_without_answers_is_not_kept(
    work: SqlUnitOfWork, people: tuple[Reviewer, ...]
) -> None:
    of = add(work, 1, *people, state=ReviewState.OPEN)
    work.connection.execute(sa.update(answers).values(withdrawn_at=START))
    revised = replace(of, revision=2)
    assert work.reviews.revise(revised)

    work.earlier_comparisons.keep_answered_text(of.id)
    work.comparisons.request(of.id, 2, at=START)

    assert list_answered(work, revised) == []


def test_a_comparison_comes_back_as_it_was_stored(work: SqlUnitOfWork) -> None:
    of = add(work, 1)
    comparison = build_earlier(of.id)

    work.earlier_comparisons.replace(of.id, (comparison,))

    assert work.earlier_comparisons.find(of, STATE.sha256) == comparison


def test_comparisons_are_replaced_together(work: SqlUnitOfWork) -> None:
    of = add(work, 1)
    other = replace(STATE, sha256="12" * 32)
    work.earlier_comparisons.replace(of.id, (build_earlier(of.id),))

    work.earlier_comparisons.replace(of.id, (build_earlier(of.id, before=other),))

    assert work.earlier_comparisons.find(of, STATE.sha256) is None
    assert work.earlier_comparisons.find(of, other.sha256) is not None


def test_the_comparison_of_another_review_or_revision_is_not_found(work: SqlUnitOfWork) -> None:
    of, other = add(work, 1), add(work, 2)
    work.earlier_comparisons.replace(of.id, (build_earlier(of.id),))

    assert work.earlier_comparisons.find(other, STATE.sha256) is None
    assert work.earlier_comparisons.find(replace(of, revision=2), STATE.sha256) is None


def test_only_differences_of_the_same_revision_are_differences(work: SqlUnitOfWork) -> None:
    of, other, same = add(work, 1), add(work, 2), add(work, 3)
    work.earlier_comparisons.replace(of.id, (build_earlier(of.id),))
    work.earlier_comparisons.replace(same.id, (build_earlier(same.id, parts=b""),))

    assert work.earlier_comparisons.has_differences(of)
    assert not work.earlier_comparisons.has_differences(replace(of, revision=2))
    assert not work.earlier_comparisons.has_differences(other)
    assert not work.earlier_comparisons.has_differences(same)


def test_a_summary_that_a_newer_release_wrote_shows_nothing(work: SqlUnitOfWork) -> None:
    of = add(work, 1)
    work.earlier_comparisons.replace(of.id, (build_earlier(of.id),))
    work.connection.execute(sa.update(earlier_comparisons).values(summary={"state": "translated"}))

    comparison = work.earlier_comparisons.find(of, STATE.sha256)

    assert comparison is not None
    assert comparison.summary.state == "waiting"


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_a_document_with_many_reviews_costs_no_more(request: pytest.FixtureRequest, database: str) -> None:
    databases = request.getfixturevalue(f"{database}_databases")
    reads = []
    for count in (200, 800):
        engine = create_engine(databases.new())
        fill(engine, count)
        with engine.begin() as connection:
            connection.execute(
                sa.update(reviews).where(reviews.c.state == "acknowledged").values(file_id="busy")
            )
        newest = review(id=f"r{FIRST + count - WAITING - 1}", file_id="busy")

        def ask(asked: sa.Engine = engine, of: Review = newest) -> int:
            with SqlUnitOfWork(asked) as work:
                return len(work.earlier_comparisons.list_answered(of))

        assert ask() == MAX_REVIEWS - 1
        reads.append(count_reads(engine, list_statements(engine, ask)))
        engine.dispose()

    assert reads[1] <= 1.5 * reads[0] + 100
