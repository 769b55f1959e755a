"""A folder that came or left with its files is one review, whatever a sweep finds of it and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE, DEEP, OLGA, OTHER, QUARTER, ROOM, back_up, restore
from demo.faults import Fault
from reviews.intake import intake
from reviews.kinds import ChangeKind, EventState
from reviews.sweep.listing_comparison import ListingComparison
from reviews.tree import FOLDER_ID_PREFIX
from tests.reviews.lost import lose, unsubscribe
from tests.reviews.portal_desk import (
    FILE,
    INNER,
    RECEIVER,
    STEP,
    both_folders,
    kinds,
    other_folder,
    portal_desk,
)
from webhook.payload import parse

if TYPE_CHECKING:
    from demo.entries import EntryId
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk

K = ChangeKind
HOUR = 3600


def hide_logs(office: PortalDesk) -> None:
    """Leave nothing but the listings to the sweep."""
    unsubscribe(office)
    for folder in (ROOM, COMPLIANCE, QUARTER, OTHER):
        office.portal.faults.add(Fault(path=f"/folder/{folder}/log", status=403), count=None)


def stock(office: PortalDesk, parent: EntryId, *, files: int = 3) -> EntryId:
    """Put a folder with files and a subfolder with a file in place; return its id."""
    folder = office.portal.add_folder("Big", parent, by=OLGA.id).id
    for number in range(files):
        office.portal.add_file(f"{number}.docx", folder, by=OLGA.id)
    inside = office.portal.add_folder("Inside", folder, by=OLGA.id).id
    office.portal.add_file("Inside.docx", inside, by=OLGA.id)
    office.desk.clock.advance(seconds=HOUR)  # what is younger than two minutes is left to its delivery
    return folder


def subject(folder: EntryId) -> str:
    return f"{FOLDER_ID_PREFIX}{folder}"


def meet(office: PortalDesk, folder: EntryId) -> None:
    """Have the folder looked up on account of a file in it that no route watches."""
    office.portal.create_file("Met.docx", folder, by=ALICE.id)
    office.let_happen()
    with office.desk.transactions(reading=True) as work:
        assert work.folders.get(str(folder)) is not None


def receive(office: PortalDesk) -> None:
    """Receive what was emitted, and find that it is not quiet yet."""
    bodies = [office.sender.request(each).body for each in office.sender.pending()]
    office.sender.lose_queue()
    for body in bodies:
        intake.receive_events(office.desk.transactions, [parse(body)], now=office.desk.clock())
    for stored in office.desk.events():
        office.desk.intake.process(stored.id)


def test_a_folder_that_was_met_elsewhere_comes_as_one(office: PortalDesk) -> None:
    big = stock(office, OTHER)
    meet(office, big)
    office.sweep_all()
    hide_logs(office)
    before = lose(office, lambda of: of.portal.move_folder(big, COMPLIANCE, by=BOB.id))

    office.recover()
    office.recover()

    assert kinds(office.reviews_since(before)) == {subject(big): K.MOVED_IN}


@pytest.mark.parametrize("backwards", [False, True])
def test_a_folder_that_goes_from_route_to_route_is_one_review_on_each(desk: Desk, *, backwards: bool) -> None:
    routes = [both_folders(), other_folder()]
    with portal_desk(desk, *(reversed(routes) if backwards else routes)) as office:
        big = stock(office, OTHER)
        office.know_everything()
        office.sweep_all()
        hide_logs(office)
        before = lose(office, lambda of: of.portal.move_folder(big, DEEP, by=BOB.id))

        office.recover()
        office.recover()

        kinds_by_file = {
            (review.route, review.file_id): review.kind for review in office.reviews_since(before)
        }
        assert kinds_by_file == {
            ("compliance", subject(big)): K.MOVED_IN,
            ("other", subject(big)): K.MOVED_OUT,
        }


def test_a_folder_that_came_is_found_where_the_folder_that_it_left_is_hidden(desk: Desk) -> None:
    with portal_desk(desk, both_folders(), other_folder()) as office:
        big = stock(office, OTHER)
        office.know_everything()
        office.sweep_all()
        hide_logs(office)
        before = lose(office, lambda of: of.portal.move_folder(big, COMPLIANCE, by=BOB.id))

        office.desk.clock.advance(seconds=1800)
        office.sweep.run([str(COMPLIANCE)])
        office.work_on_new(set())

        kinds_by_file = {
            (review.route, review.file_id): review.kind for review in office.reviews_since(before)
        }
        assert kinds_by_file == {
            ("compliance", subject(big)): K.MOVED_IN,
            ("other", subject(big)): K.MOVED_OUT,
        }


def test_a_file_that_is_saved_after_its_folder_came_hides_the_folder_from_no_sweep(
    office: PortalDesk,
) -> None:
    big = stock(office, OTHER)
    file = office.portal.add_file("Saved.docx", big, by=OLGA.id).id
    office.sweep_all()
    hide_logs(office)
    office.sender.register(RECEIVER, secret="Compl1ance!", triggers=["*"])
    before = lose(office, lambda of: of.portal.move_folder(big, COMPLIANCE, by=BOB.id))
    office.desk.clock.advance(seconds=STEP)
    office.portal.save(file, by=BOB.id)
    office.let_happen()
    unsubscribe(office)

    office.recover()
    office.recover()

    assert set(kinds(office.reviews_since(before))) == {subject(big), str(file)}


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_sweep_while_the_folder_s_event_waits_finds_none_of_its_files(
    office: PortalDesk, steps: int
) -> None:
    big = stock(office, OTHER)
    office.sweep_all()
    before = office.now()
    office.portal.move_folder(big, COMPLIANCE, by=BOB.id)
    hide_logs(office)
    receive(office)
    for _ in range(steps):
        office.sweep_all()
    office.work_on_new(set())

    office.recover()

    assert kinds(office.reviews_since(before)) == {subject(big): K.MOVED_IN}


def test_what_is_handled_between_a_listing_and_its_end_is_expected(office: PortalDesk) -> None:
    big = stock(office, OTHER)
    office.sweep_all()
    office.portal.move_folder(big, COMPLIANCE, by=BOB.id)
    comparison = ListingComparison(
        transactions=office.desk.transactions,
        portal=office.sweep.portal,
        folder_id=str(COMPLIANCE),
        since=office.desk.clock(),
        until=office.desk.clock(),
    )
    states, _ = office.sweep.portal.list_files_beneath(str(COMPLIANCE), start=0)
    comparison.compare_page(states)
    office.let_happen()

    assert comparison.find_differences() == []


def test_a_folder_whose_event_was_given_up_comes_as_one_all_the_same(office: PortalDesk) -> None:
    big = stock(office, OTHER)
    office.sweep_all()
    before = office.now()
    office.portal.move_folder(big, COMPLIANCE, by=BOB.id)
    receive(office)
    with office.desk.transactions() as work:
        [stored, *_] = office.desk.events()
        work.events.settle([stored.id], EventState.DEAD, "given up")
        work.commit()
    hide_logs(office)

    office.recover()

    assert kinds(office.reviews_since(before)) == {subject(big): K.MOVED_IN}


def test_a_room_that_comes_back_is_one_review_where_only_listings_show_it(office: PortalDesk) -> None:
    office.reviews_of(lambda: office.portal.archive_room(ROOM, by=BOB.id))
    office.know_everything()
    office.sweep_all()
    hide_logs(office)
    before = lose(office, lambda of: of.portal.restore_room(ROOM, by=BOB.id))

    office.recover()
    office.recover()

    assert kinds(office.reviews_since(before)) == {subject(ROOM): K.RESTORED}


def test_a_folder_that_comes_back_from_the_trash_is_one_review_where_only_listings_show_it(
    office: PortalDesk,
) -> None:
    office.sweep_all()
    office.reviews_of(lambda: office.portal.trash_folder(QUARTER, by=BOB.id))
    office.sweep_all()
    hide_logs(office)
    before = lose(office, lambda of: of.portal.restore_folder(QUARTER, by=BOB.id))

    office.recover()
    office.recover()

    assert kinds(office.reviews_since(before)) == {subject(QUARTER): K.RESTORED}


@pytest.mark.parametrize("lost", [(), ("restore",), ("move",), ("restore", "move")])
def test_a_folder_that_comes_back_and_goes_to_another_route_at_once_is_one_review_there(
    desk: Desk, lost: tuple[str, ...]
) -> None:
    with portal_desk(desk, both_folders(), other_folder()) as office:
        big = stock(office, COMPLIANCE)
        office.know_everything()
        office.sweep_all()
        office.reviews_of(lambda: office.portal.trash_folder(big, by=BOB.id))
        hide_logs(office)
        office.sender.register(RECEIVER, secret="Compl1ance!", triggers=["*"])
        before = office.now()

        office.portal.restore_folder(big, by=BOB.id)
        if lost == ("move",):
            receive(office)
        elif lost:
            office.sender.lose_queue()
        office.desk.clock.advance(seconds=1)
        office.portal.move_folder(big, OTHER, by=BOB.id)
        if "move" in lost:
            office.sender.lose_queue()
        office.let_happen()
        office.work_on_new(set())
        office.recover()
        office.recover()

        kinds = sorted((review.route, review.file_id) for review in office.reviews_since(before))
        expected = [("compliance", subject(big)), ("other", subject(big))]
        assert kinds in (expected, expected[1:])


def test_a_folder_that_a_backup_brings_back_is_one_review(office: PortalDesk) -> None:
    big = stock(office, COMPLIANCE)
    office.know_everything()
    office.sweep_all()
    backup = back_up(office.sender)
    office.reviews_of(lambda: office.portal.delete_folder(big, by=BOB.id))
    office.sweep_all()
    before = office.now()
    restore(office.sender, backup)

    office.recover()
    office.recover()

    assert kinds(office.reviews_since(before)) == {subject(big): K.RESTORED}


def test_a_folder_that_was_found_elsewhere_before_its_move_is_told_has_left(office: PortalDesk) -> None:
    office.sweep_all()
    hide_logs(office)
    before = lose(office, lambda of: of.portal.move_folder(QUARTER, OTHER, by=BOB.id))
    office.desk.clock.advance(seconds=1200)
    office.sender.register(RECEIVER, secret="Compl1ance!", triggers=["*"])
    new = office.portal.create_file("New.docx", QUARTER, by=BOB.id)
    office.let_happen()
    unsubscribe(office)

    office.recover()
    office.recover()

    review_kinds = kinds(office.reviews_since(before))
    review_kinds.pop(str(new.id), None)  # nothing says that it was made after the folder had left
    assert review_kinds == {subject(QUARTER): K.MOVED_OUT}


@pytest.mark.parametrize("found_first", [False, True])
def test_a_deleted_room_is_one_review_though_a_watched_folder_went_with_it(
    office: PortalDesk, *, found_first: bool
) -> None:
    office.sweep_all()
    before = office.now()
    office.portal.delete_folder(ROOM, by=BOB.id)
    hide_logs(office)
    if found_first:
        office.sweep_all()
    office.let_happen()

    office.recover()
    office.recover()

    assert kinds(office.reviews_since(before)) == {subject(ROOM): K.DELETED}


def test_a_folder_in_a_folder_comes_along(office: PortalDesk) -> None:
    outer = office.portal.add_folder("Outer", OTHER, by=OLGA.id).id
    big = stock(office, outer)
    meet(office, big)
    office.sweep_all()
    hide_logs(office)
    before = lose(office, lambda of: of.portal.move_folder(outer, COMPLIANCE, by=BOB.id))

    office.recover()
    office.recover()

    assert kinds(office.reviews_since(before)) == {subject(outer): K.MOVED_IN}


def test_a_file_that_is_missing_from_a_folder_that_never_left_is_its_own(office: PortalDesk) -> None:
    office.sweep_all()
    hide_logs(office)
    before = lose(
        office,
        lambda of: of.portal.trash(FILE, by=BOB.id),
        lambda of: of.portal.create_file("New.docx", DEEP, by=BOB.id),
        lambda of: of.portal.save(INNER, by=BOB.id),
    )

    office.recover()

    reviews = office.reviews_since(before)
    assert len(reviews) == 3
    assert not any(review.file_id.startswith(FOLDER_ID_PREFIX) for review in reviews)


def test_the_rename_of_a_folder_tells_of_its_move_that_was_lost(office: PortalDesk) -> None:
    big = stock(office, OTHER)
    meet(office, big)
    office.sweep_all()
    before = lose(office, lambda of: of.portal.move_folder(big, COMPLIANCE, by=BOB.id))
    unsubscribe(office)
    office.sender.register(RECEIVER, secret="Compl1ance!", triggers=["*"])

    office.desk.clock.advance(seconds=HOUR)
    reviews = office.reviews_of(lambda: office.portal.rename_folder(big, "Bigger", by=BOB.id))
    hide_logs(office)
    office.recover()

    assert kinds(reviews) == {subject(big): K.MOVED_IN}
    assert len(office.reviews_since(before)) == 1


def test_the_rename_of_a_folder_tells_of_its_return_that_was_lost(office: PortalDesk) -> None:
    office.sweep_all()
    office.reviews_of(lambda: office.portal.trash_folder(QUARTER, by=BOB.id))
    before = lose(office, lambda of: of.portal.restore_folder(QUARTER, by=BOB.id))
    unsubscribe(office)
    office.sender.register(RECEIVER, secret="Compl1ance!", triggers=["*"])

    office.desk.clock.advance(seconds=HOUR)
    reviews = office.reviews_of(lambda: office.portal.rename_folder(QUARTER, "Again", by=BOB.id))
    hide_logs(office)
    office.recover()

    assert kinds(reviews) == {subject(QUARTER): K.RESTORED}
    assert len(office.reviews_since(before)) == 1
