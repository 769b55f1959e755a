"""Which reviews are compared, and when their comparison ends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from demo import ALICE, COMPLIANCE, OTHER
from reviews.comparison import ComparisonState
from reviews.comparisons.requests import is_comparable
from reviews.kinds import ChangeKind, ReviewState
from reviews.routes.route import ShowChanges
from store.schema import comparisons
from tests.databases import ON_SQLITE
from tests.reviews.comparing_desk import FIRST, SECOND
from tests.reviews.portal_desk import FILE, both_folders, open_portal_desk
from tests.reviews.samples import bulk_review

if TYPE_CHECKING:
    from tests.reviews.comparing_desk import ComparingDesk

pytestmark = ON_SQLITE
"""What the store does is held by `tests/store/test_comparisons.py` on both databases."""


FEE = ("The fee is EUR 100.", "The fee is EUR 250.")
DATE = ("It is due on 1 May 2026.", "It is due on 9 May 2026.")


def count_comparisons(desk: ComparingDesk) -> int:
    with desk.desk.engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(comparisons)).scalar_one()


def test_each_revision_gets_a_comparison_of_its_own(comparing_desk: ComparingDesk) -> None:
    first = comparing_desk.upload(FIRST)
    comparing_desk.compare_due()

    second = comparing_desk.save(first, SECOND)

    waiting = comparing_desk.comparison(second)
    assert waiting is not None
    assert (waiting.revision, waiting.summary.state, waiting.text) == (2, ComparisonState.WAITING, b"")
    assert comparing_desk.summary(second) is None
    comparing_desk.compare_due()
    assert comparing_desk.get_texts(second) == [("", FEE[1]), ("", DATE[0])]


def test_a_rename_and_a_removal_are_not_compared(comparing_desk: ComparingDesk) -> None:
    first = comparing_desk.upload(FIRST)
    comparing_desk.compare_due()
    comparing_desk.acknowledge(first)
    before = count_comparisons(comparing_desk)
    file_id = int(first.file_id)

    comparing_desk.house.reviews_of(lambda: comparing_desk.portal.rename(file_id, "New.txt", by=ALICE.id))
    comparing_desk.house.reviews_of(lambda: comparing_desk.portal.trash(file_id, by=ALICE.id))

    assert count_comparisons(comparing_desk) == before
    assert comparing_desk.take() == []


def test_neither_a_folder_nor_a_bulk_review_is_compared(comparing_desk: ComparingDesk) -> None:
    folder = comparing_desk.portal.add_folder("Minutes", COMPLIANCE, by=ALICE.id)
    comparing_desk.portal.add_file("A.txt", folder.id, by=ALICE.id)
    before = count_comparisons(comparing_desk)

    comparing_desk.house.reviews_of(lambda: comparing_desk.portal.trash_folder(folder.id, by=ALICE.id))

    assert count_comparisons(comparing_desk) == before
    assert not is_comparable(bulk_review())


def test_a_route_without_comparisons_requests_none(comparing_desk: ComparingDesk) -> None:
    house, before = comparing_desk.house, count_comparisons(comparing_desk)
    with open_portal_desk(house.desk, replace(both_folders(), show_changes=ShowChanges.OFF)) as off:
        off.know_everything()
        [review] = off.reviews_of(lambda: off.portal.save(FILE, by=ALICE.id))

    assert review.content
    assert count_comparisons(comparing_desk) == before


def test_a_request_ends_with_the_content_of_its_review(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload(FIRST)
    moved = comparing_desk.change(lambda: comparing_desk.portal.move(int(review.file_id), OTHER, by=ALICE.id))
    assert (moved.id, moved.kind) == (review.id, ChangeKind.MOVED_OUT)

    assert comparing_desk.compare_due() == [None]

    assert comparing_desk.comparison(review) is None
    assert comparing_desk.take() == []


def test_an_answered_review_gets_its_comparison_too(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload(FIRST)
    comparing_desk.acknowledge(review)

    comparing_desk.compare_due()

    assert comparing_desk.review(review).state is ReviewState.ACKNOWLEDGED
    assert len(comparing_desk.get_texts(review)) == 2


def test_the_ledger_verifies_after_comparisons(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload(FIRST)
    comparing_desk.compare_due()
    comparing_desk.acknowledge(review)
    comparing_desk.save(review, SECOND)
    comparing_desk.compare_due()

    assert comparing_desk.desk.verdict().intact
