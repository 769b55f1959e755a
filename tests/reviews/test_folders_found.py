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
    open_portal_desk,
    other_folder,
)
from webhook.payload import parse

if TYPE_CHECKING:
    from demo.entries import EntryId
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk

K = ChangeKind
HOUR = 3600


def hide_logs(portal_desk: PortalDesk) -> None:
    """Leave nothing but the listings to the sweep."""
    unsubscribe(portal_desk)
    for folder in (ROOM, COMPLIANCE, QUARTER, OTHER):
        portal_desk.portal.faults.add(Fault(path=f"/folder/{folder}/log", status=403), count=None)


def stock(portal_desk: PortalDesk, parent: EntryId, *, files: int = 3) -> EntryId:
    """Put a folder with files and a subfolder with a file in place; return its id."""
    folder = portal_desk.portal.add_folder("Big", parent, by=OLGA.id).id
    for number in range(files):
        portal_desk.portal.add_file(f"{number}.docx", folder, by=OLGA.id)
    inside = portal_desk.portal.add_folder("Inside", folder, by=OLGA.id).id
    portal_desk.portal.add_file("Inside.docx", inside, by=OLGA.id)
    portal_desk.desk.clock.advance(seconds=HOUR)  # what is younger than two minutes is left to its delivery
    return folder


def subject(folder: EntryId) -> str:
    return f"{FOLDER_ID_PREFIX}{folder}"


def meet(portal_desk: PortalDesk, folder: EntryId) -> None:
    """Have the folder looked up on account of a file in it that no route watches."""
    portal_desk.portal.create_file("Met.docx", folder, by=ALICE.id)
    portal_desk.let_happen()
    with portal_desk.desk.transactions(reading=True) as work:
        assert work.folders.get(str(folder)) is not None


def receive(portal_desk: PortalDesk) -> None:
    """Receive what was emitted, and find that it is not quiet yet."""
    bodies = [portal_desk.sender.request(each).body for each in portal_desk.sender.pending()]
    portal_desk.sender.lose_queue()
    for body in bodies:
        intake.receive_events(portal_desk.desk.transactions, [parse(body)], now=portal_desk.desk.clock())
    for stored in portal_desk.desk.events():
        portal_desk.desk.intake.process(stored.id)


def test_a_folder_that_was_met_elsewhere_comes_as_one(portal_desk: PortalDesk) -> None:
    big = stock(portal_desk, OTHER)
    meet(portal_desk, big)
    portal_desk.sweep_all()
    hide_logs(portal_desk)
    before = lose(portal_desk, lambda of: of.portal.move_folder(big, COMPLIANCE, by=BOB.id))

    portal_desk.recover()
    portal_desk.recover()

    assert kinds(portal_desk.reviews_since(before)) == {subject(big): K.MOVED_IN}


@pytest.mark.parametrize("backwards", [False, True])
def test_a_folder_that_goes_from_route_to_route_is_one_review_on_each(desk: Desk, *, backwards: bool) -> None:
    routes = [both_folders(), other_folder()]
    with open_portal_desk(desk, *(reversed(routes) if backwards else routes)) as portal_desk:
        big = stock(portal_desk, OTHER)
        portal_desk.know_everything()
        portal_desk.sweep_all()
        hide_logs(portal_desk)
        before = lose(portal_desk, lambda of: of.portal.move_folder(big, DEEP, by=BOB.id))

        portal_desk.recover()
        portal_desk.recover()

        kinds_by_file = {
            (review.route, review.file_id): review.kind for review in portal_desk.reviews_since(before)
        }
        assert kinds_by_file == {
            ("compliance", subject(big)): K.MOVED_IN,
            ("other", subject(big)): K.MOVED_OUT,
        }


def test_a_folder_that_came_is_found_where_the_folder_that_it_left_is_hidden(desk: Desk) -> None:
    with open_portal_desk(desk, both_folders(), other_folder()) as portal_desk:
        big = stock(portal_desk, OTHER)
        portal_desk.know_everything()
        portal_desk.sweep_all()
        hide_logs(portal_desk)
        before = lose(portal_desk, lambda of: of.portal.move_folder(big, COMPLIANCE, by=BOB.id))

        portal_desk.desk.clock.advance(seconds=1800)
        portal_desk.sweep.run([str(COMPLIANCE)])
        portal_desk.work_on_new(set())

        kinds_by_file = {
            (review.route, review.file_id): review.kind for review in portal_desk.reviews_since(before)
        }
        assert kinds_by_file == {
            ("compliance", subject(big)): K.MOVED_IN,
            ("other", subject(big)): K.MOVED_OUT,
        }


def test_a_file_that_is_saved_after_its_folder_came_hides_the_folder_from_no_sweep(
    portal_desk: PortalDesk,
) -> None:
    big = stock(portal_desk, OTHER)
    file = portal_desk.portal.add_file("Saved.docx", big, by=OLGA.id).id
    portal_desk.sweep_all()
    hide_logs(portal_desk)
    portal_desk.sender.register(RECEIVER, secret="Compl1ance!", triggers=["*"])
    before = lose(portal_desk, lambda of: of.portal.move_folder(big, COMPLIANCE, by=BOB.id))
    portal_desk.desk.clock.advance(seconds=STEP)
    portal_desk.portal.save(file, by=BOB.id)
    portal_desk.let_happen()
    unsubscribe(portal_desk)

    portal_desk.recover()
    portal_desk.recover()

    assert set(kinds(portal_desk.reviews_since(before))) == {subject(big), str(file)}


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_sweep_while_the_folder_s_event_waits_finds_none_of_its_files(
    portal_desk: PortalDesk, steps: int
) -> None:
    big = stock(portal_desk, OTHER)
    portal_desk.sweep_all()
    before = portal_desk.now()
    portal_desk.portal.move_folder(big, COMPLIANCE, by=BOB.id)
    hide_logs(portal_desk)
    receive(portal_desk)
    for _ in range(steps):
        portal_desk.sweep_all()
    portal_desk.work_on_new(set())

    portal_desk.recover()

    assert kinds(portal_desk.reviews_since(before)) == {subject(big): K.MOVED_IN}


def test_what_is_handled_between_a_listing_and_its_end_is_expected(portal_desk: PortalDesk) -> None:
    big = stock(portal_desk, OTHER)
    portal_desk.sweep_all()
    portal_desk.portal.move_folder(big, COMPLIANCE, by=BOB.id)
    comparison = ListingComparison(
        transactions=portal_desk.desk.transactions,
        portal=portal_desk.sweep.portal,
        folder_id=str(COMPLIANCE),
        since=portal_desk.desk.clock(),
        until=portal_desk.desk.clock(),
    )
    states, _ = portal_desk.sweep.portal.list_files_beneath(str(COMPLIANCE), start=0)
    comparison.compare_page(states)
    portal_desk.let_happen()

    assert comparison.find_differences() == []


def test_a_folder_whose_event_was_given_up_comes_as_one_all_the_same(portal_desk: PortalDesk) -> None:
    big = stock(portal_desk, OTHER)
    portal_desk.sweep_all()
    before = portal_desk.now()
    portal_desk.portal.move_folder(big, COMPLIANCE, by=BOB.id)
    receive(portal_desk)
    with portal_desk.desk.transactions() as work:
        [stored, *_] = portal_desk.desk.events()
        work.events.settle([stored.id], EventState.DEAD, "given up")
        work.commit()
    hide_logs(portal_desk)

    portal_desk.recover()

    assert kinds(portal_desk.reviews_since(before)) == {subject(big): K.MOVED_IN}


def test_a_room_that_comes_back_is_one_review_where_only_listings_show_it(portal_desk: PortalDesk) -> None:
    portal_desk.reviews_of(lambda: portal_desk.portal.archive_room(ROOM, by=BOB.id))
    portal_desk.know_everything()
    portal_desk.sweep_all()
    hide_logs(portal_desk)
    before = lose(portal_desk, lambda of: of.portal.restore_room(ROOM, by=BOB.id))

    portal_desk.recover()
    portal_desk.recover()

    assert kinds(portal_desk.reviews_since(before)) == {subject(ROOM): K.RESTORED}


def test_a_folder_that_comes_back_from_the_trash_is_one_review_where_only_listings_show_it(
    portal_desk: PortalDesk,
) -> None:
    portal_desk.sweep_all()
    portal_desk.reviews_of(lambda: portal_desk.portal.trash_folder(QUARTER, by=BOB.id))
    portal_desk.sweep_all()
    hide_logs(portal_desk)
    before = lose(portal_desk, lambda of: of.portal.restore_folder(QUARTER, by=BOB.id))

    portal_desk.recover()
    portal_desk.recover()

    assert kinds(portal_desk.reviews_since(before)) == {subject(QUARTER): K.RESTORED}


@pytest.mark.parametrize("lost", [(), ("restore",), ("move",), ("restore", "move")])
def test_a_folder_that_comes_back_and_goes_to_another_route_at_once_is_one_review_there(
    desk: Desk, lost: tuple[str, ...]
) -> None:
    with open_portal_desk(desk, both_folders(), other_folder()) as portal_desk:
        big = stock(portal_desk, COMPLIANCE)
        portal_desk.know_everything()
        portal_desk.sweep_all()
        portal_desk.reviews_of(lambda: portal_desk.portal.trash_folder(big, by=BOB.id))
        hide_logs(portal_desk)
        portal_desk.sender.register(RECEIVER, secret="Compl1ance!", triggers=["*"])
        before = portal_desk.now()

        portal_desk.portal.restore_folder(big, by=BOB.id)
        if lost == ("move",):
            receive(portal_desk)
        elif lost:
            portal_desk.sender.lose_queue()
        portal_desk.desk.clock.advance(seconds=1)
        portal_desk.portal.move_folder(big, OTHER, by=BOB.id)
        if "move" in lost:
            portal_desk.sender.lose_queue()
        portal_desk.let_happen()
        portal_desk.work_on_new(set())
        portal_desk.recover()
        portal_desk.recover()

        kinds = sorted((review.route, review.file_id) for review in portal_desk.reviews_since(before))
        expected = [("compliance", subject(big)), ("other", subject(big))]
        assert kinds in (expected, expected[1:])


def test_a_folder_that_a_backup_brings_back_is_one_review(portal_desk: PortalDesk) -> None:
    big = stock(portal_desk, COMPLIANCE)
    portal_desk.know_everything()
    portal_desk.sweep_all()
    backup = back_up(portal_desk.sender)
    portal_desk.reviews_of(lambda: portal_desk.portal.delete_folder(big, by=BOB.id))
    portal_desk.sweep_all()
    before = portal_desk.now()
    restore(portal_desk.sender, backup)

    portal_desk.recover()
    portal_desk.recover()

    assert kinds(portal_desk.reviews_since(before)) == {subject(big): K.RESTORED}


def test_a_folder_that_was_found_elsewhere_before_its_move_is_told_has_left(portal_desk: PortalDesk) -> None:
    portal_desk.sweep_all()
    hide_logs(portal_desk)
    before = lose(portal_desk, lambda of: of.portal.move_folder(QUARTER, OTHER, by=BOB.id))
    portal_desk.desk.clock.advance(seconds=1200)
    portal_desk.sender.register(RECEIVER, secret="Compl1ance!", triggers=["*"])
    new = portal_desk.portal.create_file("New.docx", QUARTER, by=BOB.id)
    portal_desk.let_happen()
    unsubscribe(portal_desk)

    portal_desk.recover()
    portal_desk.recover()

    review_kinds = kinds(portal_desk.reviews_since(before))
    review_kinds.pop(str(new.id), None)  # nothing says that it was made after the folder had left
    assert review_kinds == {subject(QUARTER): K.MOVED_OUT}


@pytest.mark.parametrize("found_first", [False, True])
def test_a_deleted_room_is_one_review_though_a_watched_folder_went_with_it(
    portal_desk: PortalDesk, *, found_first: bool
) -> None:
    portal_desk.sweep_all()
    before = portal_desk.now()
    portal_desk.portal.delete_folder(ROOM, by=BOB.id)
    hide_logs(portal_desk)
    if found_first:
        portal_desk.sweep_all()
    portal_desk.let_happen()

    portal_desk.recover()
    portal_desk.recover()

    assert kinds(portal_desk.reviews_since(before)) == {subject(ROOM): K.DELETED}


def test_a_folder_in_a_folder_comes_along(portal_desk: PortalDesk) -> None:
    outer = portal_desk.portal.add_folder("Outer", OTHER, by=OLGA.id).id
    big = stock(portal_desk, outer)
    meet(portal_desk, big)
    portal_desk.sweep_all()
    hide_logs(portal_desk)
    before = lose(portal_desk, lambda of: of.portal.move_folder(outer, COMPLIANCE, by=BOB.id))

    portal_desk.recover()
    portal_desk.recover()

    assert kinds(portal_desk.reviews_since(before)) == {subject(outer): K.MOVED_IN}


def test_a_file_that_is_missing_from_a_folder_that_never_left_is_its_own(portal_desk: PortalDesk) -> None:
    portal_desk.sweep_all()
    hide_logs(portal_desk)
    before = lose(
        portal_desk,
        lambda of: of.portal.trash(FILE, by=BOB.id),
        lambda of: of.portal.create_file("New.docx", DEEP, by=BOB.id),
        lambda of: of.portal.save(INNER, by=BOB.id),
    )

    portal_desk.recover()

    reviews = portal_desk.reviews_since(before)
    assert len(reviews) == 3
    assert not any(review.file_id.startswith(FOLDER_ID_PREFIX) for review in reviews)


def test_the_rename_of_a_folder_tells_of_its_move_that_was_lost(portal_desk: PortalDesk) -> None:
    big = stock(portal_desk, OTHER)
    meet(portal_desk, big)
    portal_desk.sweep_all()
    before = lose(portal_desk, lambda of: of.portal.move_folder(big, COMPLIANCE, by=BOB.id))
    unsubscribe(portal_desk)
    portal_desk.sender.register(RECEIVER, secret="Compl1ance!", triggers=["*"])

    portal_desk.desk.clock.advance(seconds=HOUR)
    reviews = portal_desk.reviews_of(lambda: portal_desk.portal.rename_folder(big, "Bigger", by=BOB.id))
    hide_logs(portal_desk)
    portal_desk.recover()

    assert kinds(reviews) == {subject(big): K.MOVED_IN}
    assert len(portal_desk.reviews_since(before)) == 1


def test_the_rename_of_a_folder_tells_of_its_return_that_was_lost(portal_desk: PortalDesk) -> None:
    portal_desk.sweep_all()
    portal_desk.reviews_of(lambda: portal_desk.portal.trash_folder(QUARTER, by=BOB.id))
    before = lose(portal_desk, lambda of: of.portal.restore_folder(QUARTER, by=BOB.id))
    unsubscribe(portal_desk)
    portal_desk.sender.register(RECEIVER, secret="Compl1ance!", triggers=["*"])

    portal_desk.desk.clock.advance(seconds=HOUR)
    reviews = portal_desk.reviews_of(lambda: portal_desk.portal.rename_folder(QUARTER, "Again", by=BOB.id))
    hide_logs(portal_desk)
    portal_desk.recover()

    assert kinds(reviews) == {subject(QUARTER): K.RESTORED}
    assert len(portal_desk.reviews_since(before)) == 1
