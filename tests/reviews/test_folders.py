"""What happens to a folder is told of the folder, once, and nothing in it is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE, DEEP, OLGA, OTHER, QUARTER, ROOM
from reviews.kinds import ChangeKind, EventState
from reviews.tree import FOLDER_ID_PREFIX, FilePresence
from tests.reviews.portal_desk import INNER, both_folders, kinds, names, portal_desk

if TYPE_CHECKING:
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk


def test_a_move_of_a_folder_does_not_hide_behind_its_new_name(office: PortalDesk) -> None:
    portal = office.portal

    out = office.reviews_of(
        lambda: portal.move_folder(QUARTER, OTHER, by=BOB.id),
        lambda: portal.rename_folder(QUARTER, "Q9", by=BOB.id),
    )
    back = office.reviews_of(
        lambda: portal.move_folder(QUARTER, COMPLIANCE, by=BOB.id),
        lambda: portal.rename_folder(QUARTER, "Q1", by=BOB.id),
    )

    assert kinds(out) == {f"{FOLDER_ID_PREFIX}{QUARTER}": ChangeKind.MOVED_OUT}
    assert kinds(back) == {f"{FOLDER_ID_PREFIX}{QUARTER}": ChangeKind.MOVED_IN}


def test_a_folder_that_was_thrown_away_and_taken_elsewhere_has_left(office: PortalDesk) -> None:
    reviews = office.reviews_of(
        lambda: office.portal.trash_folder(QUARTER, by=BOB.id),
        lambda: office.portal.restore_folder(QUARTER, by=BOB.id, to=OTHER),
    )

    assert kinds(reviews) == {f"{FOLDER_ID_PREFIX}{QUARTER}": ChangeKind.MOVED_OUT}


def test_a_room_that_comes_back_is_seen_whatever_follows(office: PortalDesk) -> None:
    office.reviews_of(lambda: office.portal.archive_room(ROOM, by=BOB.id))
    office.know_everything()

    reviews = office.reviews_of(
        lambda: office.portal.restore_room(ROOM, by=BOB.id),
        lambda: office.portal.update_room(ROOM, by=BOB.id),
    )

    assert kinds(reviews) == {f"{FOLDER_ID_PREFIX}{ROOM}": ChangeKind.RESTORED}


def test_a_copied_folder_is_seen_whatever_follows(office: PortalDesk) -> None:
    copied = office.portal.copy_folder(OTHER, QUARTER, by=BOB.id)

    reviews = office.reviews_of(lambda: office.portal.rename_folder(copied.id, "Mine", by=BOB.id))

    assert kinds(reviews) == {f"{FOLDER_ID_PREFIX}{copied.id}": ChangeKind.CREATED}


@pytest.mark.parametrize("backwards", [False, True])
def test_a_folder_thrown_away_and_back_within_a_second_is_there(
    office: PortalDesk, *, backwards: bool
) -> None:
    office.portal.trash_folder(QUARTER, by=BOB.id)
    office.portal.restore_folder(QUARTER, by=BOB.id)

    office.let_happen(backwards=backwards)

    assert office.desk.latest(f"{FOLDER_ID_PREFIX}{QUARTER}").kind is ChangeKind.RESTORED
    with office.desk.transactions(reading=True) as work:
        state = work.files.get(str(INNER))
    assert state is not None
    assert state.presence is FilePresence.PRESENT


def test_what_was_deleted_does_not_come_back_with_its_folder(office: PortalDesk) -> None:
    office.portal.add_file("Gone.docx", QUARTER, by=OLGA.id, file_id=11)
    office.know_everything()
    office.reviews_of(lambda: office.portal.delete(11, by=BOB.id))
    office.reviews_of(lambda: office.portal.trash_folder(QUARTER, by=BOB.id))

    office.reviews_of(lambda: office.portal.restore_folder(QUARTER, by=BOB.id))

    contents = office.desk.latest(f"{FOLDER_ID_PREFIX}{QUARTER}").contents
    assert contents is not None
    assert contents.titles == ("Inner.docx",)


@pytest.mark.parametrize("backwards", [False, True])
def test_a_folder_takes_its_files_along(office: PortalDesk, *, backwards: bool) -> None:
    office.portal.add_file("Another.docx", QUARTER, by=OLGA.id, file_id=10)
    office.know_everything()

    office.portal.save(INNER, by=ALICE.id)
    office.portal.move_folder(QUARTER, OTHER, by=BOB.id)
    office.let_happen(backwards=backwards)

    reviews = {review.file_id: review for review in office.desk.reviews()}
    folder = reviews[f"{FOLDER_ID_PREFIX}{QUARTER}"]
    assert folder.contents is not None
    assert folder.contents.count == 2
    assert sorted(folder.contents.titles) == ["Another.docx", "Inner.docx"]
    assert folder.path == "Legal & Compliance / Compliance"
    assert reviews[str(INNER)].kind in (
        {ChangeKind.MOVED_OUT} if backwards else {ChangeKind.CONTENT, ChangeKind.MOVED_OUT}
    )
    assert "Alice Moreau" in names(reviews[str(INNER)])


def test_a_file_in_a_folder_that_left_is_not_watched_any_more(office: PortalDesk) -> None:
    office.portal.move_folder(QUARTER, OTHER, by=BOB.id)
    office.let_happen()

    office.portal.save(INNER, by=BOB.id)
    [stored] = office.let_happen()

    assert stored.state is EventState.IGNORED


def test_a_folder_with_more_subfolders_than_calls_at_once_comes_to_an_end(office: PortalDesk) -> None:
    for number in range(40):
        folder = office.portal.add_folder(f"F{number}", OTHER, by=OLGA.id)
        office.portal.add_file(f"Paper {number}.docx", folder.id, by=OLGA.id)

    office.reviews_of(lambda: office.portal.move_folder(OTHER, QUARTER, by=BOB.id))
    calls = len(office.portal.faults.calls("/path"))
    office.reviews_of(lambda: office.portal.move_folder(OTHER, DEEP, by=BOB.id))

    assert calls < 60
    assert len(office.portal.faults.calls("/path")) - calls < 10


def test_an_agent_that_is_deleted_takes_its_files_along(desk: Desk) -> None:
    with portal_desk(desk, replace(both_folders(), watch=("600",))) as office:
        office.portal.add_folder("Legal agent", by=OLGA.id, folder_id=600, room_type=9)
        office.portal.add_file("Prompt.docx", 600, by=BOB.id)
        office.know_everything()

        [review] = office.reviews_of(lambda: office.portal.delete_folder(600, by=OLGA.id))

        assert office.portal.emitted[-1].trigger == "agent.deleted"
        assert (review.file_id, review.kind) == (f"{FOLDER_ID_PREFIX}600", ChangeKind.DELETED)
        assert review.contents is not None
        assert review.contents.titles == ("Prompt.docx",)
