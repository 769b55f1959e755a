"""A change that concerns two routes is told to both, to each only its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from demo import BOB, OTHER, QUARTER, ROOM
from reviews.kinds import ChangeKind
from tests.reviews.portal_desk import FILE, INNER, both_folders, open_portal_desk, other_folder

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


def test_a_folder_that_changes_between_routes_is_told_to_both(desk: Desk) -> None:
    with open_portal_desk(desk, both_folders(), other_folder()) as portal_desk:
        portal_desk.know_everything()

        portal_desk.portal.move_folder(QUARTER, OTHER, by=BOB.id)
        portal_desk.let_happen()

        kinds = {review.route: review.kind for review in desk.reviews()}
        assert kinds == {"compliance": ChangeKind.MOVED_OUT, "other": ChangeKind.MOVED_IN}
        portal_desk.portal.save(INNER, by=BOB.id)
        portal_desk.let_happen()
        assert desk.latest(str(INNER)).route == "other"


def test_the_owners_of_one_route_are_not_told_of_the_files_of_another(desk: Desk) -> None:
    with open_portal_desk(desk, both_folders(), other_folder()) as portal_desk:
        portal_desk.know_everything()

        portal_desk.reviews_of(lambda: portal_desk.portal.archive_room(ROOM, by=BOB.id))

        contents = {review.route: review.contents for review in desk.reviews() if review.contents}
        assert {route: inside.titles for route, inside in contents.items()} == {
            "compliance": ("Inner.docx", "Policy.docx"),
            "other": ("Draft.docx",),
        }
        with desk.transactions(reading=True) as work:
            assert work.files.get(str(FILE)) is None


def test_no_route_waits_longer_than_it_wants_to_for_the_sake_of_another(desk: Desk) -> None:
    patient = replace(other_folder(), quiet_period=timedelta(hours=8), max_wait=timedelta(hours=24))
    hasty = replace(both_folders(), max_wait=timedelta(minutes=1))
    with open_portal_desk(desk, hasty, patient) as portal_desk:
        portal_desk.know_everything()

        reviews = portal_desk.reviews_of(lambda: portal_desk.portal.move(FILE, OTHER, by=BOB.id))

        assert {review.route for review in reviews} == {"compliance", "other"}
