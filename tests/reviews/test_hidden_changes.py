"""No change of a file hides behind another, whatever the order in which they are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE, DEEP, OTHER, QUARTER, FilledContent
from reviews.kinds import ChangeKind
from tests.databases import ON_SQLITE
from tests.reviews.portal_desk import FILE, both_folders, kinds, names, open_portal_desk

if TYPE_CHECKING:
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk


pytestmark = ON_SQLITE

FIRST, SECOND = FilledContent(7726, "a"), FilledContent(7726, "b")
"""As many bytes, and not the same."""


@pytest.mark.parametrize("backwards", [False, True])
def test_a_save_of_the_same_size_does_not_hide_behind_a_move(
    portal_desk: PortalDesk, *, backwards: bool
) -> None:
    portal_desk.portal.save(FILE, by=BOB.id, force_save=True, content=FIRST)
    portal_desk.let_happen()
    portal_desk.know_everything()

    reviews = portal_desk.reviews_of(
        lambda: portal_desk.portal.save(FILE, by=ALICE.id, content=SECOND),
        lambda: portal_desk.portal.move(FILE, DEEP, by=BOB.id),
        backwards=backwards,
    )

    assert kinds(reviews) == {str(FILE): ChangeKind.CONTENT}
    assert "Alice Moreau" in names(reviews[0])


def test_a_save_of_the_same_size_does_not_hide_behind_many_locks(portal_desk: PortalDesk) -> None:
    portal_desk.portal.save(FILE, by=BOB.id, force_save=True, content=FIRST)
    portal_desk.let_happen()
    portal_desk.know_everything()
    before = portal_desk.now()
    portal_desk.desk.clock.advance(seconds=5)

    portal_desk.portal.save(FILE, by=BOB.id, content=SECOND)
    for _ in range(60):
        portal_desk.portal.lock(FILE, by=BOB.id)
        portal_desk.portal.unlock(FILE, by=BOB.id)
        portal_desk.desk.clock.advance(seconds=0.01)
    portal_desk.let_happen()

    assert [review.kind for review in portal_desk.reviews_since(before)] == [ChangeKind.CONTENT]


@pytest.mark.parametrize("through", ["trash", "elsewhere"])
def test_content_is_reviewed_though_the_route_does_not_review_how_the_file_came_back(
    desk: Desk, through: str
) -> None:
    only = replace(both_folders(), review=frozenset({ChangeKind.CONTENT, ChangeKind.CREATED}))
    with open_portal_desk(desk, only) as portal_desk:
        portal = portal_desk.portal
        portal_desk.know_everything()
        if through == "trash":
            portal_desk.reviews_of(
                lambda: portal.save(FILE, by=BOB.id), lambda: portal.trash(FILE, by=BOB.id)
            )
            portal_desk.reviews_of(lambda: portal.restore(FILE, by=BOB.id))
        else:
            portal_desk.reviews_of(
                lambda: portal.save(FILE, by=BOB.id), lambda: portal.move(FILE, OTHER, by=BOB.id)
            )
            portal_desk.reviews_of(lambda: portal.move(FILE, COMPLIANCE, by=BOB.id))

        assert desk.latest(str(FILE)).kind is ChangeKind.CONTENT
        assert desk.latest(str(FILE)).version_to in {None, 1, 2}


def test_two_moves_within_one_second_are_two(desk: Desk) -> None:
    with open_portal_desk(desk, replace(both_folders(), quiet_period=timedelta())) as portal_desk:
        portal_desk.know_everything()
        portal_desk.portal.move(FILE, DEEP, by=BOB.id)
        portal_desk.let_happen()
        before = portal_desk.now()

        portal_desk.portal.move(FILE, QUARTER, by=BOB.id)
        portal_desk.portal.move(FILE, OTHER, by=BOB.id)
        portal_desk.let_happen()

        assert [review.kind for review in portal_desk.reviews_since(before)] == [ChangeKind.MOVED_OUT]


def test_deliveries_in_the_wrong_order_end_alike(portal_desk: PortalDesk) -> None:
    portal_desk.portal.save(FILE, by=ALICE.id)
    portal_desk.desk.clock.advance(seconds=1)
    portal_desk.portal.rename(FILE, "New.docx", by=BOB.id)
    portal_desk.desk.clock.advance(seconds=1)
    portal_desk.portal.save(FILE, by=BOB.id)

    portal_desk.let_happen(backwards=True)

    [review] = portal_desk.desk.reviews()
    assert (review.title, review.version_to, review.kind) == ("New.docx", 3, ChangeKind.CONTENT)
    assert names(review) == {"Bob Chen", "Alice Moreau"}


def test_an_open_card_shows_where_the_document_is_now(portal_desk: PortalDesk) -> None:
    [review] = portal_desk.reviews_of(lambda: portal_desk.portal.save(FILE, by=BOB.id))
    drawn = {card.requested_drawing for card in review.cards}

    assert portal_desk.reviews_of(lambda: portal_desk.portal.move(FILE, DEEP, by=BOB.id)) == []

    moved = portal_desk.desk.latest(str(FILE))
    assert moved.path.endswith("2026 Q1 / Incidents")
    assert {card.requested_drawing for card in moved.cards} != drawn
    assert moved.revision == review.revision


def test_a_moment_of_forbidden_does_not_make_a_file_unknown(portal_desk: PortalDesk) -> None:
    portal_desk.portal.faults.answer(403, path=f"/files/file/{FILE}")
    portal_desk.portal.save(FILE, by=BOB.id)

    portal_desk.let_happen()

    assert portal_desk.desk.latest(str(FILE)).version_to == 2
