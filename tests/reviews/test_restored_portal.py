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


def acknowledge_all(office: PortalDesk) -> None:
    for review in office.desk.reviews():
        try:
            office.desk.answers.record_answer(build_answer_request(review))
        except Refused:
            continue


def save(office: PortalDesk, *files: int) -> None:
    """Have files saved, a second apart."""
    for file in files:
        office.portal.save(file, by=BOB.id)
        office.desk.clock.advance(seconds=1)


def test_three_changes_after_a_restore_are_three_reviews(office: PortalDesk) -> None:
    backup = back_up(office.sender)
    save(office, FILE, FILE, FILE)
    undone = [stored.event.event_id for stored in office.let_happen()]
    acknowledge_all(office)
    restore(office.sender, backup)
    before = office.now()

    save(office, FILE, INNER)
    made = office.portal.create_file("New.docx", COMPLIANCE, by=BOB.id)
    events = office.let_happen()

    assert [stored.event.event_id for stored in events] == undone
    expected = {str(FILE): K.CONTENT, str(INNER): K.CONTENT, str(made.id): K.CREATED}
    assert kinds(office.reviews_since(before)) == expected


def test_the_sweep_finds_each_file_that_a_restore_put_back(office: PortalDesk) -> None:
    portal = office.portal
    office.recover()
    saved, renamed, trashed, deleted, moved = (
        portal.add_file(f"{name}.docx", COMPLIANCE, by=OLGA.id).id
        for name in ("Saved", "Renamed", "Trashed", "Deleted", "Moved")
    )
    office.know_everything()
    office.desk.clock.advance(seconds=HALF_AN_HOUR)
    office.sweep_all()
    backup = back_up(office.sender)
    portal.save(saved, by=BOB.id)
    portal.rename(renamed, "Another name.docx", by=BOB.id)
    portal.trash(trashed, by=BOB.id)
    portal.delete(deleted, by=BOB.id)
    portal.move(moved, OTHER, by=BOB.id)
    made = portal.create_file("New.docx", COMPLIANCE, by=BOB.id).id
    office.let_happen()
    acknowledge_all(office)
    before = office.now()

    restore(office.sender, backup)
    office.recover()

    review_kinds = kinds(office.reviews_since(before))
    assert review_kinds == {
        str(saved): K.CONTENT,
        str(renamed): K.CONTENT,
        str(trashed): K.RESTORED,
        str(deleted): K.RESTORED,
        str(moved): K.CONTENT,
        str(made): K.MOVED_OUT,
    }
    office.recover()
    assert kinds(office.reviews_since(before)) == review_kinds


def put_back(office: PortalDesk, backup: Backup) -> set[tuple[str, int]]:
    """Restore the portal an hour after what was done, with all of that acknowledged; return the reviews."""
    office.let_happen()
    acknowledge_all(office)
    office.desk.clock.advance(seconds=2 * HALF_AN_HOUR)
    restore(office.sender, backup)
    return office.now()


@pytest.mark.parametrize("lost", [False, True])
def test_other_content_under_a_version_that_was_reviewed_before_is_reviewed(
    office: PortalDesk, *, lost: bool
) -> None:
    office.recover()
    backup = back_up(office.sender)
    save(office, FILE)
    before = put_back(office, backup)

    save(office, FILE)
    if lost:
        office.sender.lose_queue()
    office.let_happen()
    office.recover()

    [review] = office.reviews_since(before)
    assert (review.kind, review.version_from, review.version_to) == (K.CONTENT, 2, 2)
    assert names(review) == {BOB.display_name}


def test_a_logged_change_whose_id_was_logged_before_is_found(office: PortalDesk) -> None:
    office.recover()
    unsubscribe(office)
    backup = back_up(office.sender)
    for _ in range(2):
        before = office.now()
        save(office, FILE)
        [missed_event] = office.recover()
        assert (missed_event.event.found_in, missed_event.event.actor.id) == (SweepSource.FOLDER_LOG, BOB.id)
        assert len(office.reviews_since(before)) == 1
        put_back(office, backup)
        office.recover()


def test_a_state_that_only_listings_show_is_reviewed_each_time_it_comes_back(office: PortalDesk) -> None:
    office.recover()
    hide_logs(office)
    save(office, FILE)
    office.recover()
    backup = back_up(office.sender)
    save(office, FILE)
    office.recover()

    for _ in range(2):
        before = put_back(office, backup)
        office.recover()
        [review] = office.reviews_since(before)
        assert (review.kind, review.version_to) == (K.CONTENT, 2)
        save(office, FILE)
        office.recover()


def test_a_watched_folder_that_is_gone_once_more_is_reviewed_once_more(office: PortalDesk) -> None:
    office.recover()
    unsubscribe(office)
    backup = back_up(office.sender)
    for _ in range(2):
        before = office.now()
        office.portal.delete_folder(COMPLIANCE, by=BOB.id)
        office.recover()
        office.recover()
        [review] = office.reviews_since(before)
        assert review.kind is K.DELETED

        before = put_back(office, backup)
        office.recover()
        assert kinds(office.reviews_since(before)) == {f"folder:{COMPLIANCE}": K.RESTORED}
        acknowledge_all(office)


def test_folders_that_a_restore_put_back_or_took_away_are_reviewed_with_their_files(
    office: PortalDesk,
) -> None:
    portal = office.portal
    came, went, thrown = (
        portal.add_folder(name, where)
        for name, where in (("Came", OTHER), ("Went", COMPLIANCE), ("Thrown", COMPLIANCE))
    )
    portal.add_file("Inside.docx", came.id, by=OLGA.id)
    for folder in (went, thrown):
        portal.add_file("Inside.docx", folder.id, by=OLGA.id)
    office.know_everything()
    office.recover()
    backup = back_up(office.sender)
    portal.move_folder(came.id, COMPLIANCE, by=BOB.id)
    portal.move_folder(went.id, OTHER, by=BOB.id)
    portal.trash_folder(thrown.id, by=BOB.id)
    made = portal.create_folder("Made", COMPLIANCE, by=BOB.id)
    portal.create_file("New.docx", made.id, by=BOB.id)
    before = put_back(office, backup)

    office.recover()

    assert kinds(office.reviews_since(before)) == {
        f"folder:{came.id}": K.MOVED_OUT,
        f"folder:{made.id}": K.DELETED,
        f"folder:{went.id}": K.MOVED_IN,
        f"folder:{thrown.id}": K.RESTORED,
    }


def test_co_authors_after_a_restore_may_not_answer_for_what_they_wrote(office: PortalDesk) -> None:
    backup = back_up(office.sender)
    save(office, FILE, FILE, FILE)
    before = put_back(office, backup)

    office.portal.save(FILE, by=BOB.id, co_authors=(ALICE.id,))
    office.let_happen()

    [review] = office.reviews_since(before)
    assert names(review) == {BOB.display_name, ALICE.display_name}
