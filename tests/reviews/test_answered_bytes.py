"""An answer names the bytes of the document that was answered, or says why they are not known."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from demo import ALICE
from reviews.answers.answers import Answers
from reviews.routes.route import Routes, ShowChanges
from runtime.commands.printing.review_json import build_review_json
from runtime.ledger_verification.ledger_check import check_ledger
from tests.reviews.comparing_desk import FIRST, SECOND, THIRD, write
from tests.reviews.desk import build_answer_request

if TYPE_CHECKING:
    from reviews.model import Answer, Review
    from tests.reviews.comparing_desk import ComparingDesk


def hash_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def answer(comparing_desk: ComparingDesk, review: Review) -> tuple[Answer, dict[str, Any]]:
    """Acknowledge a review; return the answer as stored, and its entry in the ledger."""
    comparing_desk.acknowledge(review)
    [*_earlier, recorded] = comparing_desk.review(review).answers
    entry = comparing_desk.desk.entries()[-1]
    assert entry["type"] == "review:acknowledged"
    return recorded, entry


def test_an_answer_names_the_bytes_that_a_worker_has_read(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload(FIRST)
    comparing_desk.compare_due()

    recorded, entry = answer(comparing_desk, review)

    assert (recorded.sha256, recorded.size, recorded.not_read) == (hash_text(FIRST), len(FIRST), None)
    assert (entry["sha256"], entry["size"]) == (hash_text(FIRST), len(FIRST))
    assert "not_read" not in entry


def test_each_revision_has_its_own_bytes(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload(FIRST)
    comparing_desk.compare_due()
    revised = comparing_desk.save(review, SECOND)
    assert build_review_json(revised)["sha256"] is None
    comparing_desk.compare_due()

    recorded, _entry = answer(comparing_desk, revised)

    assert recorded.sha256 == hash_text(SECOND)
    shown = build_review_json(comparing_desk.review(review))
    assert (shown["sha256"], shown["size"]) == (hash_text(SECOND), len(SECOND))
    assert shown["answers"][0]["sha256"] == hash_text(SECOND)


def test_an_answer_before_the_document_was_read_says_so(comparing_desk: ComparingDesk) -> None:
    recorded, entry = answer(comparing_desk, comparing_desk.upload(FIRST))

    assert (recorded.sha256, recorded.not_read) == (None, "not_yet")
    assert entry["not_read"] == "not_yet"
    assert not entry.keys() & {"sha256", "size"}


def test_bytes_that_were_saved_after_the_revision_are_not_those_of_the_answer(
    comparing_desk: ComparingDesk,
) -> None:
    review = comparing_desk.save(comparing_desk.upload(FIRST), SECOND, force=True)
    comparing_desk.portal.save(int(review.file_id), by=ALICE.id, content=write(THIRD), force_save=True)
    comparing_desk.compare_due()

    recorded, _entry = answer(comparing_desk, review)

    assert (recorded.sha256, recorded.size, recorded.not_read) == (None, None, "saved_again")


@pytest.mark.parametrize(
    ("rules", "reason"),
    [({"private": True}, "private_route"), ({"show_changes": ShowChanges.OFF}, "turned_off")],
)
def test_what_the_route_forbids_to_read_is_the_reason(
    comparing_desk: ComparingDesk, rules: dict[str, Any], reason: str
) -> None:
    comparing_desk.follow(**rules)
    review = comparing_desk.upload(FIRST)
    comparing_desk.compare_due()

    recorded, _entry = answer(comparing_desk, review)

    assert (recorded.sha256, recorded.not_read) == (None, reason)


def test_a_route_that_turns_it_off_before_anything_was_requested_is_the_reason(
    comparing_desk: ComparingDesk,
) -> None:
    review = comparing_desk.upload(FIRST)
    desk = comparing_desk.desk
    comparing_desk.follow(show_changes=ShowChanges.OFF)
    answers = Answers(
        transactions=desk.transactions,
        routes=Routes(list(comparing_desk.comparing.routes.all)),
        clock=desk.clock,
        accounts=desk.answers.accounts,
    )

    answers.record_answer(build_answer_request(review))

    [recorded] = comparing_desk.review(review).answers
    assert recorded.not_read == "turned_off"


def test_a_renamed_document_has_no_content_to_read(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload(FIRST)
    comparing_desk.acknowledge(review)
    renamed = comparing_desk.change(
        lambda: comparing_desk.portal.rename(int(review.file_id), "Other terms.txt", by=ALICE.id)
    )

    recorded, _entry = answer(comparing_desk, renamed)

    assert recorded.not_read == "no_content"


def test_the_bytes_in_the_database_are_checked_against_the_ledger(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload(FIRST)
    comparing_desk.compare_due()
    answer(comparing_desk, review)
    engine = comparing_desk.desk.engine
    assert check_ledger(engine).intact

    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE answers SET sha256 = 'ffff'")

    verdict = check_ledger(engine)
    assert not verdict.intact
    assert "sha256" in str(verdict)
