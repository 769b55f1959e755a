"""A portal whose database was put back to an earlier moment: what happens then is reviewed all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo import BOB, COMPLIANCE, OLGA, OTHER, back_up, restore
from reviews.errors import Refused
from reviews.model import ChangeKind
from tests.reviews.desk import attempt
from tests.reviews.lost import HALF_AN_HOUR
from tests.reviews.portal_desk import FILE, INNER, kinds

if TYPE_CHECKING:
    from tests.reviews.portal_desk import PortalDesk

K = ChangeKind


def acknowledge_all(office: PortalDesk) -> None:
    for review in office.desk.reviews():
        try:
            office.desk.answers.take(attempt(review))
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
    told = office.let_happen()

    assert [stored.event.event_id for stored in told] == undone
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

    found = kinds(office.reviews_since(before))
    assert found == {
        str(saved): K.CONTENT,
        str(renamed): K.CONTENT,
        str(trashed): K.RESTORED,
        str(deleted): K.RESTORED,
        str(moved): K.CONTENT,
        str(made): K.MOVED_OUT,
    }
    office.recover()
    assert kinds(office.reviews_since(before)) == found
