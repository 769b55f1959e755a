"""The lists of exceptions in the PDF, before they are set."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from reviews.kinds import Decision, ReviewState
from reviews.pack.printed.blocks import Heading, Paragraph
from reviews.pack.printed.exceptions import MAX_ROWS, build_exceptions
from tests.pack.printed_tables import list_rows, set_states
from tests.pack.reports import make_report


def test_late_reviews_come_the_latest_first() -> None:
    report = make_report(3, titles=("a", "b", "c"))
    reviews = tuple(
        replace(
            review,
            settled_at=review.opened_at + timedelta(days=2, hours=hours),
            due_at=review.opened_at + timedelta(days=2),
        )
        for review, hours in zip(report.reviews, (1, 5, 0), strict=True)
    )

    rows = list_rows(build_exceptions(replace(report, reviews=reviews)), "Late")

    assert [(row[0][0], row[3]) for row in rows] == [("b", ["5 h"]), ("a", ["1 h"])]


def test_a_long_list_is_cut_and_says_how_many_are_missing_and_where_they_are() -> None:
    report = set_states(make_report(MAX_ROWS + 7), state=ReviewState.OPEN)

    blocks = build_exceptions(report)

    assert len(list_rows(blocks, "Open")) == MAX_ROWS
    assert any(
        isinstance(block, Paragraph) and block.text.startswith("7 more are not printed") for block in blocks
    )


def test_kinds_of_exceptions_without_any_have_no_list_of_their_own() -> None:
    blocks = build_exceptions(make_report(0))

    assert [block.text for block in blocks if isinstance(block, Heading)] == ["Exceptions"]
    assert {row[1][0] for row in list_rows(blocks, "Exceptions")} == {"None"}


def test_an_answer_that_was_taken_back_is_no_reason_for_sending_back() -> None:
    report = make_report(2, titles=())
    [review, _other] = [review for review in report.reviews if review.answers]
    first = replace(review.answers[0], decision=Decision.REQUEST_CHANGES, note="Stands.", withdrawn_at=None)
    second = replace(first, entry=9, note="Taken back.", withdrawn_at=first.at + timedelta(minutes=1))
    review = replace(review, state=ReviewState.CHANGES_REQUESTED, answers=(first, second))

    [row] = list_rows(build_exceptions(replace(report, reviews=(review,))), "Changes requested")

    assert row[3] == ["Stands."]


def test_a_run_names_some_of_its_documents_and_how_many_more() -> None:
    report = make_report(60, titles=())
    assert report.rapid_runs

    [row] = list_rows(build_exceptions(report), "In quick succession")

    assert row[0] == ["1"]
    assert row[3:6] == [["6"], ["11 s"], ["1 s"]]
    assert len(row[6]) == 4
    assert row[6][-1] == "and 3 more"


def test_a_run_says_what_too_soon_means() -> None:
    [meaning] = [
        block.text
        for block in build_exceptions(make_report(60, titles=()))
        if isinstance(block, Paragraph) and "too soon" in block.text
    ]

    assert meaning.startswith("At least 3 acknowledgements by one person, each within 15 s after")
