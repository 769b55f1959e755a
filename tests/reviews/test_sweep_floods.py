"""What a sweep finds otherwise than expected is no reason to review everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from demo import BOB, COMPLIANCE, OTHER, QUARTER, ROOM
from demo.faults import Fault
from reviews.bulk_reviews.gathering import MAX_SWEEP_DURATION, Cause, CauseKind, is_same_flood
from reviews.kinds import ChangeKind, SweepSource
from reviews.ports.bulk_files import start_gathering
from tests.reviews.portal_desk import FILE, STEP, both_folders, portal_desk
from tests.reviews.samples import START, route

if TYPE_CHECKING:
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk

HOUR = 3600
FIVE_MINUTES = timedelta(minutes=5)


def test_a_portal_that_knows_nothing_any_more_has_deleted_nothing(office: PortalDesk) -> None:
    office.sweep_all()
    office.portal.faults.add(Fault(status=404), count=None)
    away = office.recover()
    office.portal.faults.clear()
    back = office.recover()

    assert (away, back) == ([], [])


def test_a_watched_folder_that_was_deleted_is_reviewed_once(office: PortalDesk) -> None:
    office.sweep_all()
    before = office.now()
    office.portal.delete_folder(COMPLIANCE, by=BOB.id)
    office.sender.lose_queue()
    for hook in office.sender.webhooks():
        office.sender.remove(hook.id)

    assert {each.event.trigger for each in office.recover()} == {"folder.deleted"}
    assert office.recover() == []
    assert len(office.reviews_since(before)) == 1


def test_the_files_of_a_room_in_the_archive_have_left_with_it(office: PortalDesk) -> None:
    [left] = office.reviews_of(lambda: office.portal.archive_room(ROOM, by=BOB.id))
    events = office.recover()
    [back] = office.reviews_of(lambda: office.portal.restore_room(ROOM, by=BOB.id))

    assert (left.kind, events, back.kind) == (ChangeKind.MOVED_OUT, [], ChangeKind.RESTORED)
    assert office.recover() == []


def test_a_folder_that_came_and_that_no_route_reviews_is_not_reviewed_file_by_file(desk: Desk) -> None:
    content = replace(both_folders(), review=frozenset({ChangeKind.CONTENT}))
    with portal_desk(desk, content) as office:
        big = office.portal.create_folder("Big", OTHER, by=BOB.id)
        for number in range(3):
            office.portal.add_file(f"{number}.docx", big.id, by=BOB.id)
        office.know_everything()
        office.sweep_all()
        came = office.reviews_of(lambda: office.portal.move_folder(big.id, COMPLIANCE, by=BOB.id))

        assert (came, office.recover()) == ([], [])


def test_a_first_look_at_a_folder_around_hides_nothing_from_the_folder_in_it(desk: Desk) -> None:
    inner = replace(both_folders(), name="inner", watch=(str(QUARTER),))
    outer = replace(both_folders(), name="outer", watch=(str(COMPLIANCE),))
    with portal_desk(desk, outer, inner) as office:
        office.sweep.run([str(QUARTER)])
        for hook in office.sender.webhooks():
            office.sender.remove(hook.id)
        made = office.portal.create_file("New.docx", QUARTER, by=BOB.id)

        assert {each.event.file_id for each in office.recover()} == {str(made.id)}


def test_a_download_hides_no_change_from_the_sweep(office: PortalDesk) -> None:
    office.portal.save(FILE, by=BOB.id)
    office.sender.lose_queue()
    office.desk.clock.advance(seconds=STEP)
    office.portal.download(FILE, by=BOB.id)
    office.let_happen()

    assert {each.event.found_in for each in office.recover()} == {SweepSource.DELIVERY_LOG}


def test_what_sweeps_find_bit_by_bit_is_not_one_flood_for_ever() -> None:
    many = start_gathering("b", "compliance", Cause(kind=CauseKind.SWEEP).key, arrived=START, now=START)

    times = [START + number * FIVE_MINUTES for number in range(1, 100)]
    for at in times:
        if is_same_flood(many, at, route(bulk=25)):
            many = many.add_file(ChangeKind.CONTENT, at, at)

    assert many.arrived_to == START + MAX_SWEEP_DURATION
