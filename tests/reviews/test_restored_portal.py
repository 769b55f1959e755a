"""A portal whose database was put back to an earlier moment: what happens then is reviewed all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE, OLGA, OTHER, back_up, restore
from reviews.errors import Refused
from reviews.kinds import ChangeKind, SweepSource
from tests.reviews.desk import build_answer_request
from tests.reviews.lost import HALF_AN_HOUR, hide_logs, unsubscribe
from tests.reviews.portal_desk import FILE, INNER, kinds, names

if TYPE_CHECKING:
    from demo import Backup
    from tests.reviews.portal_desk import PortalDesk

K = ChangeKind


def acknowledge_all(portal_desk: PortalDesk) -> None:
    for review in portal_desk.desk.reviews():
        try:
            portal_desk.desk.answers.record_answer(build_answer_request(review))
        except Refused:
            continue


def save(portal_desk: PortalDesk, *files: int) -> None:
    """Have files saved, a second apart."""
    for file in files:
        portal_desk.portal.save(file, by=BOB.id)
        portal_desk.desk.clock.advance(seconds=1)


def test_three_changes_after_a_restore_are_three_reviews(portal_desk: PortalDesk) -> None:
    backup = back_up(portal_desk.sender)
    save(portal_desk, FILE, FILE, FILE)
    undone = [stored.event.event_id for stored in portal_desk.let_happen()]
    acknowledge_all(portal_desk)
    restore(portal_desk.sender, backup)
    before = portal_desk.now()

    save(portal_desk, FILE, INNER)
    made = portal_desk.portal.create_file("New.docx", COMPLIANCE, by=BOB.id)
    events = portal_desk.let_happen()

    assert [stored.event.event_id for stored in events] == undone
    expected = {str(FILE): K.CONTENT, str(INNER): K.CONTENT, str(made.id): K.CREATED}
    assert kinds(portal_desk.reviews_since(before)) == expected


def test_the_sweep_finds_each_file_that_a_restore_put_back(portal_desk: PortalDesk) -> None:
    portal = portal_desk.portal
    portal_desk.recover()
    saved, renamed, trashed, deleted, moved = (
        portal.add_file(f"{name}.docx", COMPLIANCE, by=OLGA.id).id
        for name in ("Saved", "Renamed", "Trashed", "Deleted", "Moved")
    )
    portal_desk.know_everything()
    portal_desk.desk.clock.advance(seconds=HALF_AN_HOUR)
    portal_desk.sweep_all()
    backup = back_up(portal_desk.sender)
    portal.save(saved, by=BOB.id)
    portal.rename(renamed, "Another name.docx", by=BOB.id)
    portal.trash(trashed, by=BOB.id)
    portal.delete(deleted, by=BOB.id)
    portal.move(moved, OTHER, by=BOB.id)
    made = portal.create_file("New.docx", COMPLIANCE, by=BOB.id).id
    portal_desk.let_happen()
    acknowledge_all(portal_desk)
    before = portal_desk.now()

    restore(portal_desk.sender, backup)
    portal_desk.recover()

    review_kinds = kinds(portal_desk.reviews_since(before))
    assert review_kinds == {
        str(saved): K.CONTENT,
        str(renamed): K.CONTENT,
        str(trashed): K.RESTORED,
        str(deleted): K.RESTORED,
        str(moved): K.CONTENT,
        str(made): K.MOVED_OUT,
    }
    portal_desk.recover()
    assert kinds(portal_desk.reviews_since(before)) == review_kinds


def put_back(portal_desk: PortalDesk, backup: Backup) -> set[tuple[str, int]]:
    """Restore the portal an hour after what was done, with all of that acknowledged; return the reviews."""
    portal_desk.let_happen()
    acknowledge_all(portal_desk)
    portal_desk.desk.clock.advance(seconds=2 * HALF_AN_HOUR)
    restore(portal_desk.sender, backup)
    return portal_desk.now()


@pytest.mark.parametrize("lost", [False, True])
def test_other_content_under_a_version_that_was_reviewed_before_is_reviewed(
    portal_desk: PortalDesk, *, lost: bool
) -> None:
    portal_desk.recover()
    backup = back_up(portal_desk.sender)
    save(portal_desk, FILE)
    before = put_back(portal_desk, backup)

    save(portal_desk, FILE)
    if lost:
        portal_desk.sender.lose_queue()
    portal_desk.let_happen()
    portal_desk.recover()

    [review] = portal_desk.reviews_since(before)
    assert (review.kind, review.version_from, review.version_to) == (K.CONTENT, 2, 2)
    assert names(review) == {BOB.display_name}


def test_a_logged_change_whose_id_was_logged_before_is_found(portal_desk: PortalDesk) -> None:
    portal_desk.recover()
    unsubscribe(portal_desk)
    backup = back_up(portal_desk.sender)
    for _ in range(2):
        before = portal_desk.now()
        save(portal_desk, FILE)
        [missed_event] = portal_desk.recover()
        assert (missed_event.event.found_in, missed_event.event.actor.id) == (SweepSource.FOLDER_LOG, BOB.id)
        assert len(portal_desk.reviews_since(before)) == 1
        put_back(portal_desk, backup)
        portal_desk.recover()


def test_a_state_that_only_listings_show_is_reviewed_each_time_it_comes_back(portal_desk: PortalDesk) -> None:
    portal_desk.recover()
    hide_logs(portal_desk)
    save(portal_desk, FILE)
    portal_desk.recover()
    backup = back_up(portal_desk.sender)
    save(portal_desk, FILE)
    portal_desk.recover()

    for _ in range(2):
        before = put_back(portal_desk, backup)
        portal_desk.recover()
        [review] = portal_desk.reviews_since(before)
        assert (review.kind, review.version_to) == (K.CONTENT, 2)
        save(portal_desk, FILE)
        portal_desk.recover()


def test_a_watched_folder_that_is_gone_once_more_is_reviewed_once_more(portal_desk: PortalDesk) -> None:
    portal_desk.recover()
    unsubscribe(portal_desk)
    backup = back_up(portal_desk.sender)
    for _ in range(2):
        before = portal_desk.now()
        portal_desk.portal.delete_folder(COMPLIANCE, by=BOB.id)
        portal_desk.recover()
        portal_desk.recover()
        [review] = portal_desk.reviews_since(before)
        assert review.kind is K.DELETED

        before = put_back(portal_desk, backup)
        portal_desk.recover()
        assert kinds(portal_desk.reviews_since(before)) == {f"folder:{COMPLIANCE}": K.RESTORED}
        acknowledge_all(portal_desk)


def test_folders_that_a_restore_put_back_or_took_away_are_reviewed_with_their_files(
    portal_desk: PortalDesk,
) -> None:
    portal = portal_desk.portal
    came, went, thrown = (
        portal.add_folder(name, where)
        for name, where in (("Came", OTHER), ("Went", COMPLIANCE), ("Thrown", COMPLIANCE))
    )
    portal.add_file("Inside.docx", came.id, by=OLGA.id)
    for folder in (went, thrown):
        portal.add_file("Inside.docx", folder.id, by=OLGA.id)
    portal_desk.know_everything()
    portal_desk.recover()
    backup = back_up(portal_desk.sender)
    portal.move_folder(came.id, COMPLIANCE, by=BOB.id)
    portal.move_folder(went.id, OTHER, by=BOB.id)
    portal.trash_folder(thrown.id, by=BOB.id)
    made = portal.create_folder("Made", COMPLIANCE, by=BOB.id)
    portal.create_file("New.docx", made.id, by=BOB.id)
    before = put_back(portal_desk, backup)

    portal_desk.recover()

    assert kinds(portal_desk.reviews_since(before)) == {
        f"folder:{came.id}": K.MOVED_OUT,
        f"folder:{made.id}": K.DELETED,
        f"folder:{went.id}": K.MOVED_IN,
        f"folder:{thrown.id}": K.RESTORED,
    }


def test_co_authors_after_a_restore_may_not_answer_for_what_they_wrote(portal_desk: PortalDesk) -> None:
    backup = back_up(portal_desk.sender)
    save(portal_desk, FILE, FILE, FILE)
    before = put_back(portal_desk, backup)

    portal_desk.portal.save(FILE, by=BOB.id, co_authors=(ALICE.id,))
    portal_desk.let_happen()

    [review] = portal_desk.reviews_since(before)
    assert names(review) == {BOB.display_name, ALICE.display_name}
