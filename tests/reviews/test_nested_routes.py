"""Folders of one route inside of another's: the first route that watches a file's folder has the duty."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from demo import BOB, COMPLIANCE, DEEP, OTHER, QUARTER
from reviews.kinds import ChangeKind
from reviews.tree import FOLDER_ID_PREFIX
from tests.reviews.portal_desk import (
    FILE,
    OUTSIDE,
    QUIET,
    PortalDesk,
    both_folders,
    open_portal_desk,
    other_folder,
)
from tests.reviews.samples import OWNER, route

if TYPE_CHECKING:
    from reviews.routes.route import Route
    from tests.reviews.desk import Desk


def inner_folder() -> Route:
    return route(name="inner", watch=(str(DEEP),), owners=(OWNER,), quiet_period=QUIET)


def move_around_the_inner_folder(portal_desk: PortalDesk) -> dict[str, ChangeKind]:
    """Move the folder around the watched one under another route's; return what each route was told."""
    portal_desk.know_everything()
    reviews = portal_desk.reviews_of(lambda: portal_desk.portal.move_folder(QUARTER, OTHER, by=BOB.id))
    assert {review.file_id for review in reviews} == {f"{FOLDER_ID_PREFIX}{QUARTER}"}
    return {review.route: review.kind for review in reviews}


def test_what_an_earlier_route_watches_stays_its_own_wherever_it_is_taken(desk: Desk) -> None:
    with open_portal_desk(desk, inner_folder(), other_folder()) as portal_desk:
        reviews = move_around_the_inner_folder(portal_desk)

    assert reviews == {"other": ChangeKind.MOVED_IN}


def test_what_is_taken_under_an_earlier_route_leaves_the_later_one(desk: Desk) -> None:
    with open_portal_desk(desk, other_folder(), inner_folder()) as portal_desk:
        reviews = move_around_the_inner_folder(portal_desk)

    assert reviews == {"inner": ChangeKind.MOVED_OUT, "other": ChangeKind.MOVED_IN}


def test_a_folder_around_two_watched_ones_tells_both_routes(desk: Desk) -> None:
    outer = route(name="outer", watch=(str(COMPLIANCE),), owners=(OWNER,), quiet_period=QUIET)
    with open_portal_desk(desk, inner_folder(), outer) as portal_desk:
        portal_desk.know_everything()
        reviews = portal_desk.reviews_of(lambda: portal_desk.portal.trash_folder(COMPLIANCE, by=BOB.id))

    names = {review.route for review in reviews if review.kind is ChangeKind.TRASHED}
    assert names == {"inner", "outer"}


def test_what_a_document_is_called_on_a_private_route_stays_there(desk: Desk) -> None:
    secret = replace(other_folder(), private=True)
    with open_portal_desk(desk, both_folders(), secret) as portal_desk:
        portal_desk.know_everything()
        reviews = portal_desk.reviews_of(
            lambda: portal_desk.portal.rename(OUTSIDE, "Note.docx", by=BOB.id),
            lambda: portal_desk.portal.move(OUTSIDE, COMPLIANCE, by=BOB.id),
            lambda: portal_desk.portal.move(FILE, OTHER, by=BOB.id),
            lambda: portal_desk.portal.rename(FILE, "Merger.docx", by=BOB.id),
        )

    by_file = {review.file_id: review for review in reviews if review.route == "compliance"}
    came, went = by_file[str(OUTSIDE)], by_file[str(FILE)]
    assert (came.title, came.title_before, came.path_before) == ("Note.docx", None, None)
    assert (went.title, went.title_before, went.moved_to) == ("Policy.docx", None, None)
    owned = {review.file_id: review for review in reviews if review.route == "other"}
    assert (owned[str(OUTSIDE)].title_before, owned[str(FILE)].title) == ("Draft.docx", "Merger.docx")
