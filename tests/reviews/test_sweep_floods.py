"""What a sweep finds otherwise than expected is no reason to review everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from demo import BOB, COMPLIANCE, OTHER, QUARTER, ROOM
from demo.faults import Fault
from reviews.bulk_reviews.gathering import MAX_SWEEP_DURATION, Cause, CauseKind, is_same_flood
from reviews.kinds import ChangeKind, SweepSource
from reviews.ports.gatherings import start_gathering
from tests.reviews.portal_desk import FILE, STEP, both_folders, open_portal_desk
from tests.reviews.samples import START, route

if TYPE_CHECKING:
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk

HOUR = 3600
FIVE_MINUTES = timedelta(minutes=5)


def test_a_portal_that_knows_nothing_any_more_has_deleted_nothing(portal_desk: PortalDesk) -> None:
    portal_desk.sweep_all()
    portal_desk.portal.faults.add(Fault(status=404), count=None)
    away = portal_desk.recover()
    portal_desk.portal.faults.clear()
    back = portal_desk.recover()

    assert (away, back) == ([], [])


def test_a_watched_folder_that_was_deleted_is_reviewed_once(portal_desk: PortalDesk) -> None:
    portal_desk.sweep_all()
    before = portal_desk.now()
    portal_desk.portal.delete_folder(COMPLIANCE, by=BOB.id)
    portal_desk.sender.lose_queue()
    for hook in portal_desk.sender.webhooks():
        portal_desk.sender.remove(hook.id)

    assert {each.event.trigger for each in portal_desk.recover()} == {"folder.deleted"}
    assert portal_desk.recover() == []
    assert len(portal_desk.reviews_since(before)) == 1


def test_the_files_of_a_room_in_the_archive_have_left_with_it(portal_desk: PortalDesk) -> None:
    [left] = portal_desk.reviews_of(lambda: portal_desk.portal.archive_room(ROOM, by=BOB.id))
    events = portal_desk.recover()
    [back] = portal_desk.reviews_of(lambda: portal_desk.portal.restore_room(ROOM, by=BOB.id))

    assert (left.kind, events, back.kind) == (ChangeKind.MOVED_OUT, [], ChangeKind.RESTORED)
    assert portal_desk.recover() == []


def test_a_folder_that_came_and_that_no_route_reviews_is_not_reviewed_file_by_file(desk: Desk) -> None:
    content = replace(both_folders(), review=frozenset({ChangeKind.CONTENT}))
    with open_portal_desk(desk, content) as portal_desk:
        big = portal_desk.portal.create_folder("Big", OTHER, by=BOB.id)
        for number in range(3):
            portal_desk.portal.add_file(f"{number}.docx", big.id, by=BOB.id)
        portal_desk.know_everything()
        portal_desk.sweep_all()
        came = portal_desk.reviews_of(lambda: portal_desk.portal.move_folder(big.id, COMPLIANCE, by=BOB.id))

        assert (came, portal_desk.recover()) == ([], [])


def test_a_first_look_at_a_folder_around_hides_nothing_from_the_folder_in_it(desk: Desk) -> None:
    inner = replace(both_folders(), name="inner", watch=(str(QUARTER),))
    outer = replace(both_folders(), name="outer", watch=(str(COMPLIANCE),))
    with open_portal_desk(desk, outer, inner) as portal_desk:
        portal_desk.sweep.run([str(QUARTER)])
        for hook in portal_desk.sender.webhooks():
            portal_desk.sender.remove(hook.id)
        made = portal_desk.portal.create_file("New.docx", QUARTER, by=BOB.id)

        assert {each.event.file_id for each in portal_desk.recover()} == {str(made.id)}


def test_a_download_hides_no_change_from_the_sweep(portal_desk: PortalDesk) -> None:
    portal_desk.portal.save(FILE, by=BOB.id)
    portal_desk.sender.lose_queue()
    portal_desk.desk.clock.advance(seconds=STEP)
    portal_desk.portal.download(FILE, by=BOB.id)
    portal_desk.let_happen()

    assert {each.event.found_in for each in portal_desk.recover()} == {SweepSource.DELIVERY_LOG}


def test_what_sweeps_find_bit_by_bit_is_not_one_flood_for_ever() -> None:
    many = start_gathering("b", "compliance", Cause(kind=CauseKind.SWEEP).key, arrived=START, now=START)

    times = [START + number * FIVE_MINUTES for number in range(1, 100)]
    for at in times:
        if is_same_flood(many, at, route(bulk=25)):
            many = many.add_file(ChangeKind.CONTENT, at, at)

    assert many.arrived_to == START + MAX_SWEEP_DURATION
