"""Floods over many folders, and beside those of others: no file of them gets a card of its own before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from demo import BOB, COMPLIANCE, OLGA
from reviews.bulk_reviews.pending_files import MAX_PENDING_EVENTS
from reviews.intake import intake
from reviews.kinds import ChangeKind, ReviewState
from reviews.routes.route import Routes
from reviews.tree import FOLDER_ID_PREFIX, Place
from tests.reviews.flood import files_of, handle, list_bulk_reviews, names, receive_events
from tests.reviews.portal_desk import STEP, both_folders, open_portal_desk
from tests.reviews.samples import ELSEWHERE, START, WATCHED, route
from webhook.payload import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk

MANY_FOLDERS = 60


@pytest.fixture
def portal_desk(desk: Desk) -> Iterator[PortalDesk]:
    """A desk at the stand-in portal whose route lets three files through one by one."""
    with open_portal_desk(desk, replace(both_folders(), bulk=3)) as portal_desk:
        yield portal_desk


def of_files(desk: Desk) -> list[tuple[str, ReviewState]]:
    """Return what reviews of files there are, and how they stand: of many, or of one."""
    file_reviews = [review for review in desk.reviews() if not review.file_id.startswith(FOLDER_ID_PREFIX)]
    return [("many" if each.kind is ChangeKind.BULK else "one", each.state) for each in file_reviews]


ALL_IN_ONE = [("many", ReviewState.OPEN)]


def let_happen_late(portal_desk: PortalDesk) -> None:
    """Deliver what was emitted, and look at none of it before all quiet periods are over."""
    bodies = [portal_desk.sender.request(each).body for each in portal_desk.sender.pending()]
    portal_desk.sender.lose_queue()
    for body in bodies:
        intake.receive_events(portal_desk.desk.transactions, [parse(body)], now=portal_desk.desk.clock())
    portal_desk.desk.clock.advance(seconds=STEP)
    waiting = [stored.id for stored in reversed(portal_desk.desk.events())]
    for _ in range(20):
        waiting = [number for number in waiting if portal_desk.desk.intake.process(number) is not None]
        portal_desk.desk.clock.advance(seconds=1)
    assert waiting == []


def test_a_tree_that_is_uploaded_with_its_folders_is_one_review(portal_desk: PortalDesk) -> None:
    portal_desk.know_everything()
    before = len(portal_desk.desk.reviews())
    top = portal_desk.portal.create_folder("Tree", COMPLIANCE, by=BOB.id).id
    for number in range(6):
        folder = portal_desk.portal.create_folder(f"Branch {number}", top, by=BOB.id).id
        portal_desk.portal.upload(f"{number}.docx", folder, by=BOB.id)

    let_happen_late(portal_desk)

    assert before == 0
    assert of_files(portal_desk.desk) == ALL_IN_ONE
    [review] = list_bulk_reviews(portal_desk.desk)
    assert len(files_of(portal_desk.desk, review)) == 6


def test_files_in_folders_that_nothing_told_of_are_one_review_where_each_waits_to_be_quiet(
    portal_desk: PortalDesk,
) -> None:
    folders = [
        portal_desk.portal.add_folder(f"Empty {number}", COMPLIANCE, by=OLGA.id).id for number in range(6)
    ]
    portal_desk.know_everything()
    for number, folder in enumerate(folders):
        portal_desk.portal.upload(f"{number}.docx", folder, by=BOB.id)

    portal_desk.let_happen()

    assert of_files(portal_desk.desk) == ALL_IN_ONE


def test_a_new_folder_that_is_in_another_one_by_then_is_not_counted_in(portal_desk: PortalDesk) -> None:
    portal_desk.know_everything()
    outside = portal_desk.portal.add_folder("Outside", by=OLGA.id).id
    for number in range(6):
        folder = portal_desk.portal.create_folder(f"Branch {number}", COMPLIANCE, by=BOB.id).id
        portal_desk.portal.upload(f"{number}.docx", folder, by=BOB.id)
        if number:
            portal_desk.portal.move_folder(folder, outside, by=BOB.id)

    let_happen_late(portal_desk)

    assert list_bulk_reviews(portal_desk.desk) == []


def know_folders(desk: Desk, above: str, folders: list[str]) -> None:
    with desk.transactions() as work:
        for folder in folders:
            work.folders.put(Place(folders=(("1", "Rooms"), (above, "Room"), (folder, folder))), at=START)
        work.commit()


def test_a_flood_is_seen_whatever_waits_in_how_many_other_folders(desk: Desk) -> None:
    desk.follow(Routes([route(bulk=3)]))
    others = [f"other{number}" for number in range(MANY_FOLDERS)]
    know_folders(desk, ELSEWHERE, others)
    own = [f"own{number}" for number in range(5)]
    know_folders(desk, WATCHED, own)
    desk.portal.get_place = lambda folder_id: Place(  # type: ignore[method-assign]
        folders=(("1", "Rooms"), (WATCHED, "Room"), (folder_id, folder_id))
    )
    for number, folder in enumerate(others):
        receive_events(desk, [f"x{number}"], parent_id=folder)

    handle(
        desk,
        [
            number
            for file, at in zip(names(5), own, strict=True)
            for number in receive_events(desk, [file], parent_id=at)
        ],
    )

    assert of_files(desk) == ALL_IN_ONE


@pytest.mark.parametrize("order", [1, -1])
def test_a_flood_is_seen_beside_one_of_another_route_that_waits_longer(desk: Desk, order: int) -> None:
    desk.follow(Routes([route(bulk=3), replace(route(bulk=3), name="other", watch=(ELSEWHERE,))]))
    receive_events(desk, [f"x{number}" for number in range(MAX_PENDING_EVENTS + 1)], parent_id=ELSEWHERE)
    desk.clock.advance(seconds=5)

    numbers: list[int] = []
    for file in names(6):
        numbers += receive_events(desk, [file])
        desk.clock.advance(seconds=1)
    handle(desk, numbers[::order])

    assert of_files(desk) == ALL_IN_ONE
    assert all(desk.event(number).of_many for number in numbers)
