"""No change of a file hides behind another, whatever the order in which they are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE, DEEP, OTHER, QUARTER
from reviews.kinds import ChangeKind
from tests.databases import ON_SQLITE
from tests.reviews.portal_desk import FILE, both_folders, kinds, names, portal_desk

if TYPE_CHECKING:
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk


pytestmark = ON_SQLITE


@pytest.mark.parametrize("backwards", [False, True])
def test_a_save_of_the_same_size_does_not_hide_behind_a_move(office: PortalDesk, *, backwards: bool) -> None:
    size = office.portal.file(FILE).current.size
    office.portal.save(FILE, by=BOB.id, force_save=True, size=size)
    office.let_happen()
    office.know_everything()

    reviews = office.reviews_of(
        lambda: office.portal.save(FILE, by=ALICE.id, size=size),
        lambda: office.portal.move(FILE, DEEP, by=BOB.id),
        backwards=backwards,
    )

    assert kinds(reviews) == {str(FILE): ChangeKind.CONTENT}
    assert "Alice Moreau" in names(reviews[0])


def test_a_save_of_the_same_size_does_not_hide_behind_many_locks(office: PortalDesk) -> None:
    size = office.portal.file(FILE).current.size
    office.portal.save(FILE, by=BOB.id, force_save=True, size=size)
    office.let_happen()
    office.know_everything()
    before = office.now()
    office.desk.clock.advance(seconds=5)

    office.portal.save(FILE, by=BOB.id, size=size)
    for _ in range(60):
        office.portal.lock(FILE, by=BOB.id)
        office.portal.unlock(FILE, by=BOB.id)
        office.desk.clock.advance(seconds=0.01)
    office.let_happen()

    assert [review.kind for review in office.reviews_since(before)] == [ChangeKind.CONTENT]


@pytest.mark.parametrize("through", ["trash", "elsewhere"])
def test_content_is_reviewed_though_the_route_does_not_review_how_the_file_came_back(
    desk: Desk, through: str
) -> None:
    only = replace(both_folders(), review=frozenset({ChangeKind.CONTENT, ChangeKind.CREATED}))
    with portal_desk(desk, only) as office:
        portal = office.portal
        office.know_everything()
        if through == "trash":
            office.reviews_of(lambda: portal.save(FILE, by=BOB.id), lambda: portal.trash(FILE, by=BOB.id))
            office.reviews_of(lambda: portal.restore(FILE, by=BOB.id))
        else:
            office.reviews_of(
                lambda: portal.save(FILE, by=BOB.id), lambda: portal.move(FILE, OTHER, by=BOB.id)
            )
            office.reviews_of(lambda: portal.move(FILE, COMPLIANCE, by=BOB.id))

        assert desk.latest(str(FILE)).kind is ChangeKind.CONTENT
        assert desk.latest(str(FILE)).version_to in {None, 1, 2}


def test_two_moves_within_one_second_are_two(desk: Desk) -> None:
    with portal_desk(desk, replace(both_folders(), quiet_period=timedelta())) as office:
        office.know_everything()
        office.portal.move(FILE, DEEP, by=BOB.id)
        office.let_happen()
        before = office.now()

        office.portal.move(FILE, QUARTER, by=BOB.id)
        office.portal.move(FILE, OTHER, by=BOB.id)
        office.let_happen()

        assert [review.kind for review in office.reviews_since(before)] == [ChangeKind.MOVED_OUT]


def test_deliveries_in_the_wrong_order_end_alike(office: PortalDesk) -> None:
    office.portal.save(FILE, by=ALICE.id)
    office.desk.clock.advance(seconds=1)
    office.portal.rename(FILE, "New.docx", by=BOB.id)
    office.desk.clock.advance(seconds=1)
    office.portal.save(FILE, by=BOB.id)

    office.let_happen(backwards=True)

    [review] = office.desk.reviews()
    assert (review.title, review.version_to, review.kind) == ("New.docx", 3, ChangeKind.CONTENT)
    assert names(review) == {"Bob Chen", "Alice Moreau"}


def test_an_open_card_shows_where_the_document_is_now(office: PortalDesk) -> None:
    [review] = office.reviews_of(lambda: office.portal.save(FILE, by=BOB.id))
    drawn = {card.requested_drawing for card in review.cards}

    assert office.reviews_of(lambda: office.portal.move(FILE, DEEP, by=BOB.id)) == []

    moved = office.desk.latest(str(FILE))
    assert moved.path.endswith("2026 Q1 / Incidents")
    assert {card.requested_drawing for card in moved.cards} != drawn
    assert moved.revision == review.revision


def test_a_moment_of_forbidden_does_not_make_a_file_unknown(office: PortalDesk) -> None:
    office.portal.faults.answer(403, path=f"/files/file/{FILE}")
    office.portal.save(FILE, by=BOB.id)

    office.let_happen()

    assert office.desk.latest(str(FILE)).version_to == 2
