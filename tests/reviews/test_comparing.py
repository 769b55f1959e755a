"""What a document is compared with, and what is stored of that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from demo import ALICE
from reviews.comparison import ComparisonState
from reviews.kinds import Decision
from runtime.documents.sealing import ContentSealer
from store.schema import comparisons, reviews
from tests.reviews.comparing_desk import FIRST, SECOND, THIRD, write
from tests.reviews.desk import build_answer_request, make_review_request

if TYPE_CHECKING:
    from tests.reviews.comparing_desk import ComparingDesk

FEE = ("The fee is EUR 100.", "The fee is EUR 250.")
DATE = ("It is due on 1 May 2026.", "It is due on 9 May 2026.")


def test_a_new_document_has_nothing_to_be_compared_with(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload(FIRST)

    assert comparing_desk.compare_due() == [None]

    comparison = comparing_desk.comparison(review)
    assert comparison is not None
    assert comparison.before is None
    assert comparison.after is not None
    assert (comparison.after.version, comparison.after.size) == (1, len(FIRST))
    assert comparing_desk.get_texts(review) == [("", FEE[0]), ("", DATE[0])]
    assert comparing_desk.summary(review) == comparison.summary


def test_a_change_is_compared_with_what_was_acknowledged_last(comparing_desk: ComparingDesk) -> None:
    first = comparing_desk.upload(FIRST)
    comparing_desk.compare_due()
    comparing_desk.acknowledge(first)

    second = comparing_desk.save(first, SECOND)
    comparing_desk.compare_due()

    assert comparing_desk.get_texts(second) == [FEE]
    first_comparison, second_comparison = map(comparing_desk.comparison, (first, second))
    assert first_comparison is not None
    assert second_comparison is not None
    assert second_comparison.before == first_comparison.after
    assert first_comparison.text
    assert FEE[0].encode() not in first_comparison.text


def test_what_was_sent_back_is_no_state_to_compare_with(comparing_desk: ComparingDesk) -> None:
    first = comparing_desk.upload(FIRST)
    comparing_desk.compare_due()
    comparing_desk.acknowledge(first)
    second = comparing_desk.save(first, SECOND)
    comparing_desk.compare_due()
    comparing_desk.desk.answers.record_answer(
        build_answer_request(second, decision=Decision.REQUEST_CHANGES, note="The date is wrong.")
    )

    third = comparing_desk.save(second, THIRD)
    comparing_desk.compare_due()

    assert comparing_desk.get_texts(third) == [FEE, DATE]


def test_an_acknowledgement_that_was_withdrawn_counts_no_more(comparing_desk: ComparingDesk) -> None:
    first = comparing_desk.upload(FIRST)
    comparing_desk.compare_due()
    comparing_desk.acknowledge(first)
    second = comparing_desk.save(first, SECOND)
    comparing_desk.compare_due()
    comparing_desk.acknowledge(second)
    comparing_desk.desk.answers.withdraw(make_review_request(comparing_desk.review(second)))

    third = comparing_desk.save(second, THIRD)
    comparing_desk.compare_due()

    assert (third.id, third.revision) == (second.id, 2)
    assert comparing_desk.get_texts(third) == [FEE, DATE]


def test_without_a_stored_text_a_change_is_compared_with_the_version_before(
    comparing_desk: ComparingDesk,
) -> None:
    first = comparing_desk.upload(FIRST)
    comparing_desk.compare_due()
    comparing_desk.acknowledge(first)
    other_key = ContentSealer("another-key-Zq8vN3rW6yKf0bXs2LmT")
    comparing_desk.comparing = replace(comparing_desk.comparing, sealer=other_key)

    second = comparing_desk.save(first, SECOND)
    comparing_desk.compare_due()

    assert comparing_desk.get_texts(second) == [FEE]


def test_the_text_of_another_document_is_compared_with_nothing(comparing_desk: ComparingDesk) -> None:
    first = comparing_desk.upload(FIRST)
    other = comparing_desk.upload(THIRD, "Other.txt")
    comparing_desk.compare_due()
    comparing_desk.acknowledge(first)
    stored = comparing_desk.comparison(other)
    assert stored is not None
    with comparing_desk.desk.engine.begin() as connection:
        of_first = comparisons.c.review_id == first.id
        connection.execute(sa.update(comparisons).where(of_first).values(text=stored.text))

    second = comparing_desk.save(first, SECOND)
    comparing_desk.compare_due()

    assert comparing_desk.get_texts(second) == [FEE]


def test_the_acknowledged_text_counts_also_where_a_save_replaced_its_version(
    comparing_desk: ComparingDesk,
) -> None:
    created = comparing_desk.upload(FIRST)
    comparing_desk.acknowledge(created)
    comparing_desk.compare_due()
    forced = comparing_desk.save(created, SECOND, force=True)
    comparing_desk.compare_due()
    comparing_desk.acknowledge(forced)

    replaced = comparing_desk.save(forced, THIRD, force=True)
    comparing_desk.compare_due()

    assert replaced.version_from == replaced.version_to
    assert comparing_desk.get_texts(replaced) == [DATE]


def test_replaced_content_whose_text_is_not_stored_is_not_the_same_text(
    comparing_desk: ComparingDesk,
) -> None:
    created = comparing_desk.upload(FIRST)
    forced = comparing_desk.save(created, SECOND, force=True)
    comparing_desk.acknowledge(forced)
    with comparing_desk.desk.engine.begin() as connection:
        connection.execute(sa.delete(comparisons))

    replaced = comparing_desk.save(forced, THIRD, force=True)
    comparing_desk.compare_due()

    summary = comparing_desk.summary(replaced)
    assert summary is not None
    assert (summary.state, summary.reason) == ("withheld", "earlier_replaced")


def test_a_version_whose_content_was_replaced_is_not_what_was_acknowledged(
    comparing_desk: ComparingDesk,
) -> None:
    created = comparing_desk.upload(FIRST)
    forced = comparing_desk.save(created, SECOND, force=True)
    comparing_desk.compare_due()
    comparing_desk.acknowledge(forced)
    comparing_desk.comparing = replace(
        comparing_desk.comparing, sealer=ContentSealer("another-key-Zq8vN3rW6yKf0bXs2LmT")
    )
    comparing_desk.save(forced, THIRD)

    newest = comparing_desk.save(forced, THIRD)
    comparing_desk.compare_due()

    summary = comparing_desk.summary(newest)
    assert newest.version_from != newest.version_to
    assert summary is not None
    assert (summary.state, summary.reason) == ("withheld", "earlier_replaced")


def test_content_that_was_saved_after_the_answer_is_not_taken_for_what_was_acknowledged(
    comparing_desk: ComparingDesk,
) -> None:
    created = comparing_desk.upload(FIRST)
    comparing_desk.compare_due()
    forced = comparing_desk.save(created, SECOND, force=True)
    comparing_desk.acknowledge(forced)
    late = comparing_desk.take()

    replaced = comparing_desk.save(forced, THIRD, force=True)
    for number in (*late, *comparing_desk.take()):
        comparing_desk.compare(number)

    for review in (forced, replaced):
        summary = comparing_desk.summary(review)
        assert summary is not None
        assert (summary.state, summary.reason) == ("withheld", "earlier_replaced")


def test_the_text_of_a_save_that_is_no_part_of_the_review_yet_is_not_stored(
    comparing_desk: ComparingDesk,
) -> None:
    created = comparing_desk.upload(FIRST)
    forced = comparing_desk.save(created, SECOND, force=True)
    comparing_desk.portal.save(int(forced.file_id), by=ALICE.id, content=write(THIRD), force_save=True)

    comparing_desk.compare_due()

    comparison = comparing_desk.comparison(forced)
    assert comparison is not None
    assert (comparison.summary.state, comparison.text) == (ComparisonState.COMPARED, b"")


def test_an_acknowledged_state_that_is_not_known_is_not_replaced_by_an_older_one(
    comparing_desk: ComparingDesk,
) -> None:
    first = comparing_desk.upload(FIRST)
    comparing_desk.compare_due()
    comparing_desk.acknowledge(first)
    second = comparing_desk.save(first, SECOND)
    comparing_desk.portal.faults.answer(404, path="/filehandler.ashx", count=None)
    comparing_desk.compare_due()
    comparing_desk.acknowledge(second)
    comparing_desk.portal.faults.clear()

    third = comparing_desk.save(second, FIRST)
    comparing_desk.compare_due()

    assert comparing_desk.get_texts(third) == [FEE[::-1]]


def test_a_state_before_what_a_bulk_review_covered_is_not_what_was_acknowledged_last(
    comparing_desk: ComparingDesk,
) -> None:
    first = comparing_desk.upload(FIRST)
    comparing_desk.compare_due()
    comparing_desk.acknowledge(first)
    second = comparing_desk.save(first, SECOND)
    comparing_desk.acknowledge(second)
    third = comparing_desk.save(second, FIRST)
    with comparing_desk.desk.engine.begin() as connection:
        in_bulk = sa.update(reviews).where(reviews.c.id == second.id).values(file_id="bulk:rev-0")
        connection.execute(in_bulk)

    comparing_desk.compare_due()

    assert comparing_desk.get_texts(third) == [FEE[::-1]]


def test_a_restored_older_version_is_compared_as_any_other(comparing_desk: ComparingDesk) -> None:
    first = comparing_desk.upload(FIRST)
    second = comparing_desk.save(first, SECOND)
    comparing_desk.compare_due()
    comparing_desk.acknowledge(second)

    restored = comparing_desk.change(
        lambda: comparing_desk.portal.restore_version(int(first.file_id), 1, by=ALICE.id)
    )
    comparing_desk.compare_due()

    assert comparing_desk.get_texts(restored) == [FEE[::-1]]


def test_the_bytes_that_were_acknowledged_are_the_same_content(comparing_desk: ComparingDesk) -> None:
    first = comparing_desk.upload(FIRST)
    comparing_desk.compare_due()
    comparing_desk.acknowledge(first)

    second = comparing_desk.save(first, FIRST)
    comparing_desk.compare_due()

    comparison = comparing_desk.comparison(second)
    assert comparison is not None
    assert comparison.summary.reason == "identical"
    assert comparison.text
