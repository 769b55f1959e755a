"""What happens to a folder is told of the folder, once, and nothing in it is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE, DEEP, OLGA, OTHER, QUARTER, ROOM
from reviews.kinds import ChangeKind, EventState
from reviews.tree import FOLDER_ID_PREFIX, FilePresence
from tests.reviews.portal_desk import INNER, both_folders, kinds, names, open_portal_desk

if TYPE_CHECKING:
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk


def test_a_move_of_a_folder_does_not_hide_behind_its_new_name(portal_desk: PortalDesk) -> None:
    portal = portal_desk.portal

    out = portal_desk.reviews_of(
        lambda: portal.move_folder(QUARTER, OTHER, by=BOB.id),
        lambda: portal.rename_folder(QUARTER, "Q9", by=BOB.id),
    )
    back = portal_desk.reviews_of(
        lambda: portal.move_folder(QUARTER, COMPLIANCE, by=BOB.id),
        lambda: portal.rename_folder(QUARTER, "Q1", by=BOB.id),
    )

    assert kinds(out) == {f"{FOLDER_ID_PREFIX}{QUARTER}": ChangeKind.MOVED_OUT}
    assert kinds(back) == {f"{FOLDER_ID_PREFIX}{QUARTER}": ChangeKind.MOVED_IN}


def test_a_folder_that_was_thrown_away_and_taken_elsewhere_has_left(portal_desk: PortalDesk) -> None:
    reviews = portal_desk.reviews_of(
        lambda: portal_desk.portal.trash_folder(QUARTER, by=BOB.id),
        lambda: portal_desk.portal.restore_folder(QUARTER, by=BOB.id, to=OTHER),
    )

    assert kinds(reviews) == {f"{FOLDER_ID_PREFIX}{QUARTER}": ChangeKind.MOVED_OUT}


def test_a_room_that_comes_back_is_seen_whatever_follows(portal_desk: PortalDesk) -> None:
    portal_desk.reviews_of(lambda: portal_desk.portal.archive_room(ROOM, by=BOB.id))
    portal_desk.know_everything()

    reviews = portal_desk.reviews_of(
        lambda: portal_desk.portal.restore_room(ROOM, by=BOB.id),
        lambda: portal_desk.portal.update_room(ROOM, by=BOB.id),
    )

    assert kinds(reviews) == {f"{FOLDER_ID_PREFIX}{ROOM}": ChangeKind.RESTORED}


def test_a_copied_folder_is_seen_whatever_follows(portal_desk: PortalDesk) -> None:
    copied = portal_desk.portal.copy_folder(OTHER, QUARTER, by=BOB.id)

    reviews = portal_desk.reviews_of(lambda: portal_desk.portal.rename_folder(copied.id, "Mine", by=BOB.id))

    assert kinds(reviews) == {f"{FOLDER_ID_PREFIX}{copied.id}": ChangeKind.CREATED}


@pytest.mark.parametrize("backwards", [False, True])
def test_a_folder_thrown_away_and_back_within_a_second_is_there(
    portal_desk: PortalDesk, *, backwards: bool
) -> None:
    portal_desk.portal.trash_folder(QUARTER, by=BOB.id)
    portal_desk.portal.restore_folder(QUARTER, by=BOB.id)

    portal_desk.let_happen(backwards=backwards)

    assert portal_desk.desk.latest(f"{FOLDER_ID_PREFIX}{QUARTER}").kind is ChangeKind.RESTORED
    with portal_desk.desk.transactions(reading=True) as work:
        state = work.files.get(str(INNER))
    assert state is not None
    assert state.presence is FilePresence.PRESENT


def test_what_was_deleted_does_not_come_back_with_its_folder(portal_desk: PortalDesk) -> None:
    portal_desk.portal.add_file("Gone.docx", QUARTER, by=OLGA.id, file_id=11)
    portal_desk.know_everything()
    portal_desk.reviews_of(lambda: portal_desk.portal.delete(11, by=BOB.id))
    portal_desk.reviews_of(lambda: portal_desk.portal.trash_folder(QUARTER, by=BOB.id))

    portal_desk.reviews_of(lambda: portal_desk.portal.restore_folder(QUARTER, by=BOB.id))

    contents = portal_desk.desk.latest(f"{FOLDER_ID_PREFIX}{QUARTER}").contents
    assert contents is not None
    assert contents.titles == ("Inner.docx",)


@pytest.mark.parametrize("backwards", [False, True])
def test_a_folder_takes_its_files_along(portal_desk: PortalDesk, *, backwards: bool) -> None:
    portal_desk.portal.add_file("Another.docx", QUARTER, by=OLGA.id, file_id=10)
    portal_desk.know_everything()

    portal_desk.portal.save(INNER, by=ALICE.id)
    portal_desk.portal.move_folder(QUARTER, OTHER, by=BOB.id)
    portal_desk.let_happen(backwards=backwards)

    reviews = {review.file_id: review for review in portal_desk.desk.reviews()}
    folder = reviews[f"{FOLDER_ID_PREFIX}{QUARTER}"]
    assert folder.contents is not None
    assert folder.contents.count == 2
    assert sorted(folder.contents.titles) == ["Another.docx", "Inner.docx"]
    assert folder.path == "Legal & Compliance / Compliance"
    assert reviews[str(INNER)].kind in (
        {ChangeKind.MOVED_OUT} if backwards else {ChangeKind.CONTENT, ChangeKind.MOVED_OUT}
    )
    assert "Alice Moreau" in names(reviews[str(INNER)])


def test_a_file_in_a_folder_that_left_is_not_watched_any_more(portal_desk: PortalDesk) -> None:
    portal_desk.portal.move_folder(QUARTER, OTHER, by=BOB.id)
    portal_desk.let_happen()

    portal_desk.portal.save(INNER, by=BOB.id)
    [stored] = portal_desk.let_happen()

    assert stored.state is EventState.IGNORED


def test_a_folder_with_more_subfolders_than_calls_at_once_comes_to_an_end(portal_desk: PortalDesk) -> None:
    for number in range(40):
        folder = portal_desk.portal.add_folder(f"F{number}", OTHER, by=OLGA.id)
        portal_desk.portal.add_file(f"Paper {number}.docx", folder.id, by=OLGA.id)

    portal_desk.reviews_of(lambda: portal_desk.portal.move_folder(OTHER, QUARTER, by=BOB.id))
    calls = len(portal_desk.portal.faults.calls("/path"))
    portal_desk.reviews_of(lambda: portal_desk.portal.move_folder(OTHER, DEEP, by=BOB.id))

    assert calls < 60
    assert len(portal_desk.portal.faults.calls("/path")) - calls < 10


def test_an_agent_that_is_deleted_takes_its_files_along(desk: Desk) -> None:
    with open_portal_desk(desk, replace(both_folders(), watch=("600",))) as portal_desk:
        portal_desk.portal.add_folder("Legal agent", by=OLGA.id, folder_id=600, room_type=9)
        portal_desk.portal.add_file("Prompt.docx", 600, by=BOB.id)
        portal_desk.know_everything()

        [review] = portal_desk.reviews_of(lambda: portal_desk.portal.delete_folder(600, by=OLGA.id))

        assert portal_desk.portal.emitted[-1].trigger == "agent.deleted"
        assert (review.file_id, review.kind) == (f"{FOLDER_ID_PREFIX}600", ChangeKind.DELETED)
        assert review.contents is not None
        assert review.contents.titles == ("Prompt.docx",)
