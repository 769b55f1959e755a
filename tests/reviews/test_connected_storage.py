"""Files that are kept in a connected storage, or go there (facts on DocSpace, 2.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo import BOB, DRIVE_FOLDER, OLGA, OTHER
from reviews.kinds import ChangeKind
from tests.reviews.portal_desk import FILE, QUIET, names, open_portal_desk
from tests.reviews.samples import route

if TYPE_CHECKING:
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk


def test_files_of_connected_storage_are_reviewed_alike(desk: Desk) -> None:
    with open_portal_desk(desk, route(watch=(DRIVE_FOLDER,), quiet_period=QUIET)) as portal_desk:
        letter = portal_desk.portal.add_file("Letter.docx", DRIVE_FOLDER, by=OLGA.id)
        portal_desk.know_everything()

        [review] = portal_desk.reviews_of(lambda: portal_desk.portal.save(letter.id, by=BOB.id))

        assert (review.file_id, review.kind) == (letter.id, ChangeKind.CONTENT)
        assert "Bob Chen" in names(review)


def test_a_move_to_another_storage_is_seen_though_the_file_has_a_new_id_there(
    portal_desk: PortalDesk,
) -> None:
    portal_desk.portal.add_file("Policy.docx", OTHER, by=OLGA.id, file_id=12)

    [review] = portal_desk.reviews_of(lambda: portal_desk.portal.move(FILE, DRIVE_FOLDER, by=BOB.id))

    assert (review.file_id, review.kind, names(review)) == (str(FILE), ChangeKind.MOVED_OUT, {"Bob Chen"})
    assert review.path == "Legal & Compliance / Compliance"
    with portal_desk.desk.transactions(reading=True) as work:
        assert work.files.get(str(FILE)) is None


def test_a_move_elsewhere_of_a_namesake_says_nothing_of_a_file_that_is_still_there(
    portal_desk: PortalDesk,
) -> None:
    portal_desk.portal.add_file("Policy.docx", OTHER, by=OLGA.id, file_id=12)

    assert portal_desk.reviews_of(lambda: portal_desk.portal.move(12, DRIVE_FOLDER, by=BOB.id)) == []
