"""Texts of answered revisions, and comparisons with earlier states: they go as other content does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from store.schema import answered_texts, earlier_comparisons
from tests.retention.removing import count_rows, let_years_pass, pass_days, remove_all
from tests.reviews.compared import make_part, store_comparison
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import event
from tests.store.earlier import STATE, build_earlier

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.reviews.desk import Desk

KEEP_TEXT = timedelta(days=30)


def compare(desk: Desk) -> Review:
    """Open a review of a new version, as if an earlier revision of it was answered and compared with."""
    desk.portal.versions["f1"] += 1
    review = store_comparison(desk, desk.open(event(file_id="f1")), [make_part()])
    with desk.transactions() as work:
        work.earlier_comparisons.replace(review.id, (build_earlier(review.id),))
        work.commit()
    state = {**vars(STATE), "updated": None}
    with desk.engine.begin() as connection:
        stored = {"review_id": review.id, "revision": 0, "state": state, "text": b"sealed"}
        connection.execute(sa.insert(answered_texts).values(stored))
    return review


def acknowledge(desk: Desk, review: Review) -> None:
    desk.answers.record_answer(build_answer_request(review))


def remove(desk: Desk, *, keep_text: timedelta | None = KEEP_TEXT) -> None:
    remove_all(desk, keep_text=keep_text)


def list_kept(desk: Desk, table: sa.Table) -> list[str]:
    with desk.engine.connect() as connection:
        return list(connection.execute(sa.select(table.c.review_id).order_by(table.c.id)).scalars())


def test_the_text_of_a_revision_goes_some_time_after_the_review_was_acknowledged(desk: Desk) -> None:
    review = compare(desk)
    acknowledge(desk, review)

    pass_days(desk, 29)
    remove(desk)
    assert list_kept(desk, answered_texts) == [review.id]

    pass_days(desk, 2)
    remove(desk)
    assert list_kept(desk, answered_texts) == []
    assert list_kept(desk, earlier_comparisons) == [review.id]


def test_the_comparison_goes_some_time_after_a_newer_state_was_acknowledged(desk: Desk) -> None:
    first = compare(desk)
    acknowledge(desk, first)
    second = compare(desk)
    acknowledge(desk, second)

    pass_days(desk, 29)
    remove(desk)
    assert list_kept(desk, earlier_comparisons) == [first.id, second.id]

    pass_days(desk, 2)
    remove(desk)
    assert list_kept(desk, earlier_comparisons) == [second.id]


def test_while_nothing_newer_is_acknowledged_all_stays(desk: Desk) -> None:
    review = compare(desk)
    pass_days(desk, 900)

    remove(desk)

    assert list_kept(desk, answered_texts) == list_kept(desk, earlier_comparisons) == [review.id]


def test_without_a_period_all_stays(desk: Desk) -> None:
    review = compare(desk)
    acknowledge(desk, review)
    pass_days(desk, 900)

    remove(desk, keep_text=None)

    assert list_kept(desk, answered_texts) == list_kept(desk, earlier_comparisons) == [review.id]


def test_what_belongs_to_a_review_that_is_gone_goes_too(desk: Desk) -> None:
    """An earlier release removes reviews, and does not know these tables."""
    compare(desk)
    with desk.engine.begin() as connection:
        for table in (answered_texts, earlier_comparisons):
            connection.execute(sa.update(table).values(review_id="removed"))

    remove(desk)

    assert list_kept(desk, answered_texts) == list_kept(desk, earlier_comparisons) == []


def test_a_review_is_removed_with_both(desk: Desk) -> None:
    acknowledge(desk, compare(desk))
    acknowledge(desk, store_comparison(desk, _open_next(desk), [make_part()]))
    desk.deliver_all()
    let_years_pass(desk)

    remove_all(desk, keep_reviews=timedelta(days=365))

    assert count_rows(desk, answered_texts) == count_rows(desk, earlier_comparisons) == 0


def test_many_rows_go_in_steps(desk: Desk) -> None:
    review = compare(desk)
    acknowledge(desk, review)
    with desk.transactions() as work:
        states = [replace(STATE, sha256=f"{number:064}") for number in range(450)]
        comparisons = tuple(build_earlier(review.id, before=state) for state in states)
        work.earlier_comparisons.replace(review.id, comparisons)
        work.commit()
    acknowledge(desk, store_comparison(desk, _open_next(desk), [make_part()]))
    pass_days(desk, 31)

    remove(desk)

    assert count_rows(desk, earlier_comparisons) == 0


def _open_next(desk: Desk) -> Review:
    desk.portal.versions["f1"] += 1
    return desk.open(event(file_id="f1"))
