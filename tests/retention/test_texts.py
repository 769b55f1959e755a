"""Texts and differences of documents: until a newer state is acknowledged, and a while longer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.comparison import ComparisonState
from reviews.kinds import ChangeKind
from store.schema import comparisons
from tests.retention.removing import let_years_pass, pass_days, remove_all
from tests.reviews.compared import make_part, store_comparison
from tests.reviews.desk import build_answer_request, make_review_request
from tests.reviews.samples import event

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.reviews.desk import Desk

KEEP_TEXT = timedelta(days=30)


def compare(desk: Desk, file_id: str = "f1") -> Review:
    """Open a review of a new version, with its comparison."""
    desk.portal.versions[file_id] += 1
    return store_comparison(desk, desk.open(event(file_id=file_id)), [make_part()])


def acknowledge(desk: Desk, review: Review) -> None:
    desk.answers.record_answer(build_answer_request(review))


def compare_and_acknowledge(desk: Desk, file_id: str = "f1") -> Review:
    review = compare(desk, file_id)
    acknowledge(desk, review)
    return review


def remove_texts(desk: Desk, **more: Any) -> None:
    remove_all(desk, **{"keep_text": KEEP_TEXT, **more})


def get_snippets(desk: Desk, review: Review) -> bytes:
    with desk.transactions(reading=True) as work:
        comparison = work.comparisons.get(review.id)
    assert comparison is not None
    return comparison.snippets


def list_texts(desk: Desk) -> list[str]:
    """Return the reviews whose text and differences are stored, the oldest first."""
    query = sa.select(comparisons).where(comparisons.c.text != b"").order_by(comparisons.c.id)
    with desk.engine.connect() as connection:
        rows = connection.execute(query).all()
    assert all(row.parts and row.text_at for row in rows)
    return [row.review_id for row in rows]


def test_a_text_goes_some_time_after_a_newer_state_was_acknowledged(desk: Desk) -> None:
    first, second = compare_and_acknowledge(desk), compare_and_acknowledge(desk)

    pass_days(desk, 29)
    remove_texts(desk)
    assert list_texts(desk) == [first.id, second.id]

    pass_days(desk, 2)
    remove_texts(desk)
    assert list_texts(desk) == [second.id]


def test_snippets_go_with_the_differences(desk: Desk) -> None:
    desk.portal.versions["f1"] += 1
    first = store_comparison(desk, desk.open(event(file_id="f1")), [make_part()], has_snippets=True)
    acknowledge(desk, first)
    compare_and_acknowledge(desk)
    assert get_snippets(desk, first)

    pass_days(desk, 31)
    remove_texts(desk)

    assert get_snippets(desk, first) == b""


def test_differences_without_a_text_go_too(desk: Desk) -> None:
    desk.portal.versions["f1"] += 1
    first = store_comparison(desk, desk.open(event(file_id="f1")), [make_part()], has_content=False)
    acknowledge(desk, first)
    compare_and_acknowledge(desk)

    pass_days(desk, 31)
    remove_texts(desk)

    with desk.transactions(reading=True) as work:
        comparison = work.comparisons.get(first.id)
    assert comparison is not None
    assert comparison.parts == b""


def test_what_was_acknowledged_last_stays_however_old(desk: Desk) -> None:
    review = compare_and_acknowledge(desk)
    pass_days(desk, 900)

    remove_texts(desk)

    assert list_texts(desk) == [review.id]


def test_a_newer_state_that_waits_for_its_answer_removes_nothing(desk: Desk) -> None:
    first, second = compare_and_acknowledge(desk), compare(desk)
    pass_days(desk, 31)

    remove_texts(desk)

    assert list_texts(desk) == [first.id, second.id]


def test_an_acknowledgement_that_was_withdrawn_removes_nothing(desk: Desk) -> None:
    first, second = compare_and_acknowledge(desk), compare_and_acknowledge(desk)
    desk.answers.withdraw(make_review_request(desk.latest("f1")))
    pass_days(desk, 31)

    remove_texts(desk)

    assert list_texts(desk) == [first.id, second.id]


def test_a_newer_state_that_could_not_be_read_counts_too(desk: Desk) -> None:
    compare_and_acknowledge(desk)
    desk.portal.versions["f1"] += 1
    acknowledge(desk, store_comparison(desk, desk.open(event(file_id="f1")), [], has_content=False))
    pass_days(desk, 31)

    remove_texts(desk)

    assert list_texts(desk) == []


def test_the_text_of_a_document_goes_after_its_removal_was_acknowledged(desk: Desk) -> None:
    first = compare_and_acknowledge(desk)
    second = desk.open(event(file_id="f1", trigger="file.trashed"))
    assert second.kind is ChangeKind.TRASHED
    pass_days(desk, 31)
    remove_texts(desk)
    assert list_texts(desk) == [first.id]

    acknowledge(desk, second)
    pass_days(desk, 31)
    remove_texts(desk)

    assert list_texts(desk) == []


def test_after_a_rename_that_was_acknowledged_the_text_is_still_compared_with(desk: Desk) -> None:
    first = compare_and_acknowledge(desk)
    desk.portal.titles["f1"] = "Other.docx"
    renamed = desk.open(event(file_id="f1", title="Other.docx"))
    assert (renamed.kind, renamed.content) == (ChangeKind.RENAMED, False)
    acknowledge(desk, renamed)
    pass_days(desk, 31)

    remove_texts(desk)

    assert list_texts(desk) == [first.id]


def test_other_files_keep_their_texts(desk: Desk) -> None:
    compare_and_acknowledge(desk)
    other = compare_and_acknowledge(desk, "f2")
    newest = compare_and_acknowledge(desk)
    pass_days(desk, 31)

    remove_texts(desk)

    assert list_texts(desk) == [other.id, newest.id]


def test_the_summary_and_both_states_stay_as_long_as_the_review(desk: Desk) -> None:
    first = compare_and_acknowledge(desk)
    compare_and_acknowledge(desk)
    pass_days(desk, 31)

    remove_texts(desk)

    with desk.transactions(reading=True) as work:
        comparison = work.comparisons.get(first.id)
    assert comparison is not None
    assert comparison.after is not None
    assert (comparison.summary.state, comparison.parts) == (ComparisonState.COMPARED, b"")


def test_the_text_of_a_review_that_is_gone_goes_too(desk: Desk) -> None:
    compare_and_acknowledge(desk)
    with desk.engine.begin() as connection:
        connection.execute(sa.update(comparisons).values(review_id="removed"))

    remove_texts(desk)

    assert list_texts(desk) == []


def test_without_a_period_texts_stay_for_ever(desk: Desk) -> None:
    first, second = compare_and_acknowledge(desk), compare_and_acknowledge(desk)
    pass_days(desk, 900)

    remove_texts(desk, keep_text=None)

    assert list_texts(desk) == [first.id, second.id]


def test_a_review_is_removed_with_its_comparison(desk: Desk) -> None:
    compare_and_acknowledge(desk)
    compare_and_acknowledge(desk)
    newest = compare_and_acknowledge(desk)
    desk.deliver_all()
    let_years_pass(desk)

    remove_texts(desk, keep_reviews=timedelta(days=365))

    with desk.engine.connect() as connection:
        left = connection.execute(
            sa.select(comparisons.c.review_id).where(comparisons.c.state != "waiting")
        ).scalars()
        assert set(left) <= {newest.id}


def test_the_ledger_verifies_after_texts_were_removed(desk: Desk) -> None:
    compare_and_acknowledge(desk)
    compare_and_acknowledge(desk)
    pass_days(desk, 31)

    remove_texts(desk)

    assert desk.verdict().intact
