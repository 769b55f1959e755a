"""Entries one after the other: documents that go and come back, and bulk reviews that change as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from reviews.kinds import ChangeKind, ReviewState
from reviews.ledger import bulk_entries, ledger_entries
from reviews.pack.life_steps import add_entry
from reviews.pack.review_life import ReviewLife
from tests.reviews.samples import ALICE, BOB, OWNER, START, answer, bulk_file, bulk_review, review

if TYPE_CHECKING:
    from reviews.model import Review
    from reviews.pack.report import PackedReview

LATER = START + timedelta(minutes=5)
UNANSWERED = {"cause": "trashed", "revision": 1}
BULK = bulk_review(owners=(OWNER, str(BOB.email)), required=None)


def live(*bodies: dict[str, Any]) -> PackedReview:
    life = ReviewLife(id="rev-1", opened_at=START)
    for seq, body in enumerate(bodies, start=1):
        add_entry(life, {**body, "seq": seq})
    return life.build_packed_review()


def go(reviewed: Review, folder: str = "") -> dict[str, Any]:
    with_folder = {"file_id": folder, "files": 1} if folder else None
    return ledger_entries.build_document_gone(
        reviewed, kind=ChangeKind.TRASHED, unanswered=UNANSWERED, at=LATER, with_folder=with_folder
    )


def come_back(reviewed: Review, folder: str = "") -> dict[str, Any]:
    with_folder = {"file_id": folder, "files": 1} if folder else None
    return ledger_entries.build_document_back(
        reviewed, kind=ChangeKind.RESTORED, at=LATER, with_folder=with_folder
    )


def see_from(file_id: str) -> Review:
    """Return the bulk review as seen from one of its files."""
    return replace(BULK, file_id=file_id, is_file_view=True)


def join(after: Review) -> dict[str, Any]:
    return bulk_entries.build_joined(after, bulk_file(1), [1], before=BULK)


def test_a_newer_revision_means_that_the_document_is_there() -> None:
    opened, revised = ledger_entries.build_opened(review(), [1]), replace(review(), revision=2)

    packed = live(opened, go(review()), ledger_entries.build_revised(revised, [2]))

    assert (packed.document_gone, packed.unanswered) == (False, 1)


def test_a_document_that_went_with_its_folder_may_come_back_alone() -> None:
    opened = ledger_entries.build_opened(review(), [1])

    assert live(opened, go(review(), "folder:9")).document_gone
    assert not live(opened, go(review(), "folder:9"), come_back(review())).document_gone


def test_each_file_of_many_comes_back_for_itself_and_those_of_a_folder_with_it() -> None:
    opened = ledger_entries.build_opened(BULK, [1])
    gone = (go(see_from("1")), go(BULK, "folder:8"), go(BULK, "folder:9"))
    back = (come_back(see_from("1")), come_back(BULK, "folder:8"), come_back(BULK, "folder:9"))

    for number in range(3):
        others = [each for position, each in enumerate(back) if position != number]
        assert live(opened, *gone, *others).document_gone
        assert live(opened, *gone, *others).unanswered == 1
    assert not live(opened, *gone, *back).document_gone
    assert live(opened, *gone, *back).unanswered == 0


def test_a_file_of_many_that_changes_again_is_there() -> None:
    file = bulk_file(1)
    newer = replace(BULK, revision=2)
    revised = bulk_entries.build_revised(newer, file, [1], before=BULK, unanswered={"cause": "restored"})

    packed = live(ledger_entries.build_opened(BULK, [1]), go(see_from(file.file_id)), revised)

    assert not packed.document_gone


def test_a_bulk_review_gets_what_changes_of_the_whole_when_a_file_joins() -> None:
    after = replace(BULK, revision=2, title="Statements", path="Finance", required=2)

    packed = live(ledger_entries.build_opened(BULK, [1]), join(after))

    assert (packed.title, packed.path, packed.required, packed.revision) == ("Statements", "Finance", 2, 2)
    assert live(ledger_entries.build_opened(BULK, [1]), join(replace(BULK, revision=2))).title == BULK.title


def test_a_bulk_review_has_the_files_that_joined_and_were_not_taken_out() -> None:
    def take_out(file_id: str) -> dict[str, Any]:
        return {**join(BULK), "type": "review:taken_out", "file_id": file_id}

    joined = [{**join(BULK), "file_id": file_id} for file_id in ("1", "2", "3")]
    opened = ledger_entries.build_opened(BULK, [1])

    assert live(opened, *joined).files == 3
    assert live(opened, *joined, take_out("2"), joined[0]).files == 2
    assert live(ledger_entries.build_opened(review(), [1])).files == 1


def test_who_wrote_a_file_that_joins_does_not_have_to_answer() -> None:
    by_alice = replace(BULK, contributors=(ALICE,))
    by_both = replace(by_alice, contributors=(ALICE, BOB), revision=2)
    opened = ledger_entries.build_opened(by_alice, [1])
    joined = bulk_entries.build_joined(by_both, bulk_file(1), [1], before=by_alice)
    answers = [ledger_entries.build_answered(by_both, answer(owner=OWNER, revision=each)) for each in (1, 2)]

    assert live(opened, answers[0]).state is ReviewState.OPEN
    assert live(opened, joined, answers[1]).state is ReviewState.ACKNOWLEDGED
