"""The population as a spreadsheet that calculates nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.kinds import ReviewState
from reviews.pack.spreadsheet import COLUMNS
from tests.pack.ledgers import make_entries
from tests.pack.packed import make_acknowledged, make_packed_answer, make_packed_review, read_rows
from tests.pack.requests import collect_reviews
from tests.reviews.samples import START

if TYPE_CHECKING:
    from reviews.pack.report import PackedReview


def test_each_review_of_a_ledger_is_a_row_and_each_cell_is_safe() -> None:
    reviews = collect_reviews(make_entries(60)).reviews

    rows = read_rows(*reviews)

    assert [row["review_id"] for row in rows] == [review.id for review in reviews]
    assert {row["state"] for row in rows} == {*ReviewState} - {ReviewState.CLOSED}  # campaigns close reviews
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    assert any(row["title"].startswith("'=HYPERLINK") for row in rows)


def test_a_row_says_how_its_review_went() -> None:
    review = replace(make_acknowledged(1, after=timedelta(hours=2)), due_at=START + timedelta(hours=1))

    [row] = read_rows(review)

    assert (row["opened_at"], row["settled_at"]) == (
        "2026-03-09T14:05:12.345678Z",
        "2026-03-09T16:05:12.345678Z",
    )
    assert (row["late"], row["seconds_to_acknowledge"], row["required"]) == ("yes", "7200", "1")
    assert (row["first_entry"], row["last_entry"], row["entries"]) == ("1", "101", "2")


def test_several_people_are_in_one_cell_and_withdrawn_answers_and_earlier_revisions_are_not() -> None:
    answers = (
        make_packed_answer(reviewer="Early"),
        make_packed_answer(reviewer="Gone", revision=2, withdrawn_at=START),
        make_packed_answer(reviewer="Dana", revision=2),
        make_packed_answer(reviewer="Ilze", email=None, revision=2, own_change=True),
    )

    [row] = read_rows(make_packed_review(answers=answers, revision=2, required=None))

    assert (row["answered_by"], row["answered_by_email"]) == ("Dana; Ilze", "owner@example.com; ")
    assert (row["own_change"], row["answers"], row["withdrawn_answers"]) == ("no; yes", "4", "1")
    assert row["required"] == "each owner"


def test_the_person_for_whom_a_stand_in_answered_has_cells_of_their_own() -> None:
    answers = (
        make_packed_answer(reviewer="Ilze", absent="Dana", absent_email="owner@example.com"),
        make_packed_answer(reviewer="Juris"),
    )

    [row] = read_rows(make_packed_review(answers=answers, required=None))

    assert (row["answered_for"], row["answered_for_email"]) == ("Dana; ", "owner@example.com; ")


def test_the_reviews_of_a_rapid_run_have_its_number() -> None:
    clicks = (0, 5, 10, 3600, 3605, 3610, 7200)
    reviews = [make_acknowledged(number, after=timedelta(seconds=each)) for number, each in enumerate(clicks)]

    assert [row["rapid_run"] for row in read_rows(*reviews)] == ["1", "1", "1", "2", "2", "2", ""]


def test_a_review_of_two_rapid_runs_has_both_numbers() -> None:
    def acknowledge(number: int) -> PackedReview:
        review = make_acknowledged(number, after=timedelta(seconds=number))
        [answer] = review.answers
        other = replace(answer, reviewer="Ilze", email="ilze@example.com", at=answer.at + timedelta(hours=1))
        return replace(review, answers=(answer, other))

    assert [row["rapid_run"] for row in read_rows(*map(acknowledge, range(3)))] == ["1; 2"] * 3


def test_a_bulk_review_says_how_many_files_it_has() -> None:
    bulk, one = make_packed_review(id="bulk", files=400), make_packed_review(id="one")

    assert [row["files"] for row in read_rows(bulk, one)] == ["400", "1"]


def test_the_columns_stay_as_they_are() -> None:
    assert COLUMNS == (
        "review_id", "opened_at", "kind", "file_id", "title", "path", "version", "revision", "owners",
        "required", "due_at", "state", "settled_at", "late", "seconds_to_acknowledge", "answered_by",
        "answered_by_email", "answered_at", "identity", "own_change", "answers", "withdrawn_answers",
        "lapsed_at", "superseded_by", "carried", "document_gone", "unanswered_revisions", "given_up",
        "removed_at", "entries", "first_entry", "last_entry", "files", "lapsed_step", "escalations",
        "follow_ups", "rapid_run", "answered_for", "answered_for_email",
    )  # fmt: skip
