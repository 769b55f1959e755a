"""A scheduled sweep reads the folder's log, and its listing in turns or where the log is not enough."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from demo import BOB, COMPLIANCE, DEEP, DRIVE_FOLDER, OLGA, OTHER, ROOM, back_up, restore
from demo.faults import Fault
from reviews.intake import intake
from reviews.kinds import ChangeKind, SweepSource
from reviews.sweep.delivery_sweep import DELIVERY_LOG_ID
from reviews.sweep.sweep import LISTING_INTERVAL
from reviews.tree import FOLDER_ID_PREFIX as FOLDER_SUBJECT
from tests.databases import ON_SQLITE
from tests.reviews.lost import lose, save, unsubscribe
from tests.reviews.portal_desk import FILE, INNER, QUIET, STEP, open_portal_desk
from tests.reviews.samples import event, route

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.model import StoredEvent
    from reviews.ports.docspace_logs import LogPage
    from reviews.ports.portal import PortalLogs
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk

pytestmark = ON_SQLITE

FOLDER = str(COMPLIANCE)
QUARTER_OF_AN_HOUR = 15 * 60
LOG, LISTING = "GET /api/2.0/files/folder/<int:folder_id>/log", "GET /api/2.0/files/<folder_id>"


def sweep_when_due(portal_desk: PortalDesk, *, after: float = QUARTER_OF_AN_HOUR) -> list[StoredEvent]:
    """Let the worker's sweep come round after so many seconds; return what it found."""
    started = portal_desk.desk.clock()
    portal_desk.desk.clock.advance(seconds=after)
    before = {stored.id for stored in portal_desk.desk.events()}
    portal_desk.portal.faults.forget_calls()
    for folder in portal_desk.sweep.list_due_folders(started_at=started):
        portal_desk.sweep.sweep_due_folder(folder, started_at=started)
    return portal_desk.work_on_new(before)


def calls(portal_desk: PortalDesk) -> dict[str, int]:
    """Return what was asked about folders, by endpoint."""
    return {
        name: count for name, count in portal_desk.portal.faults.counts().items() if name in {LOG, LISTING}
    }


def test_an_unchanged_folder_costs_one_call_however_many_files_are_in_it(portal_desk: PortalDesk) -> None:
    for number in range(250):
        portal_desk.portal.add_file(f"{number}.docx", COMPLIANCE, by=OLGA.id)
    portal_desk.know_everything()
    sweep_when_due(portal_desk)

    events = sweep_when_due(portal_desk)

    assert (events, calls(portal_desk)) == ([], {LOG: 1})


def test_the_listing_comes_round_after_its_interval(portal_desk: PortalDesk) -> None:
    sweep_when_due(portal_desk)
    sweep_when_due(portal_desk, after=LISTING_INTERVAL.total_seconds() - 1000)
    assert calls(portal_desk) == {LOG: 1}
    sweep_when_due(portal_desk, after=1000)
    assert calls(portal_desk) == {LOG: 1, LISTING: 1}
    sweep_when_due(portal_desk)
    assert calls(portal_desk) == {LOG: 1}


def test_what_no_log_has_is_found_when_the_listing_comes_round(portal_desk: PortalDesk) -> None:
    sweep_when_due(portal_desk)
    unsubscribe(portal_desk)
    portal_desk.portal.save_by_api(FILE, by=BOB.id)

    assert sweep_when_due(portal_desk) == []
    [stored] = sweep_when_due(portal_desk, after=LISTING_INTERVAL.total_seconds())
    assert stored.event.found_in is SweepSource.LISTING


def test_a_log_that_tells_of_something_missed_has_the_listing_looked_at_too(portal_desk: PortalDesk) -> None:
    sweep_when_due(portal_desk)
    unsubscribe(portal_desk)
    lose(portal_desk, save)

    [stored] = sweep_when_due(portal_desk)

    assert stored.event.found_in is SweepSource.FOLDER_LOG
    assert calls(portal_desk) == {LOG: 1, LISTING: 1}


def test_what_was_left_out_since_a_folder_waited_is_compared_the_next_time(portal_desk: PortalDesk) -> None:
    sweep_when_due(portal_desk)
    unsubscribe(portal_desk)
    portal_desk.portal.save_by_api(INNER, by=BOB.id)
    deep = f"{FOLDER_SUBJECT}{DEEP}"
    renamed = event(file_id=deep, trigger="folder.updated", parent_id=FOLDER, title="Deep")
    portal_desk.desk.clock.advance(seconds=LISTING_INTERVAL.total_seconds())
    intake.receive_events(portal_desk.desk.transactions, [renamed], now=portal_desk.desk.clock())

    assert sweep_when_due(portal_desk, after=0) == []
    for stored in portal_desk.desk.events():
        portal_desk.desk.clock.advance(seconds=STEP)
        assert portal_desk.desk.intake.process(stored.id) is None
    [stored_event] = sweep_when_due(portal_desk)

    assert (stored_event.event.file_id, stored_event.event.found_in) == (str(INNER), SweepSource.LISTING)
    sweep_when_due(portal_desk)
    assert calls(portal_desk) == {LOG: 1}


@pytest.mark.parametrize("status", [403, 400])
def test_a_log_that_is_refused_has_the_listing_looked_at(portal_desk: PortalDesk, status: int) -> None:
    sweep_when_due(portal_desk)
    unsubscribe(portal_desk)
    portal_desk.portal.faults.add(Fault(path=f"/folder/{COMPLIANCE}/log", status=status), count=None)
    lose(portal_desk, save)

    [stored] = sweep_when_due(portal_desk)

    assert stored.event.found_in is SweepSource.LISTING


def test_a_kind_of_action_that_is_not_known_has_the_listing_looked_at(portal_desk: PortalDesk) -> None:
    sweep_when_due(portal_desk)
    portal_desk.sweep = replace(portal_desk.sweep, logs=Newer(portal_desk.sweep.logs))

    assert (sweep_when_due(portal_desk), calls(portal_desk)) == ([], {LOG: 1, LISTING: 1})


class Newer:
    """The log rows of a DocSpace that logs actions of a kind that is not known here."""

    def __init__(self, records: PortalLogs) -> None:
        self._records = records
        self.list_undelivered = records.list_undelivered

    def list_logged(self, folder_id: str, since: datetime, until: datetime, start: int) -> LogPage:
        return replace(self._records.list_logged(folder_id, since, until, start), is_clear=False)


def test_a_row_of_the_log_that_is_gone_tells_of_a_restored_portal(portal_desk: PortalDesk) -> None:
    backup = back_up(portal_desk.sender)
    portal_desk.portal.save(FILE, by=BOB.id)
    portal_desk.let_happen()
    sweep_when_due(portal_desk)
    before = portal_desk.now()

    restore(portal_desk.sender, backup)
    [stored] = sweep_when_due(portal_desk)

    assert (stored.event.file_id, stored.event.found_in) == (str(FILE), SweepSource.LISTING)
    assert [review.kind for review in portal_desk.reviews_since(before)] == [ChangeKind.CONTENT]
    sweep_when_due(portal_desk)
    assert calls(portal_desk) == {LOG: 1}


def test_a_room_in_the_archive_is_found_when_the_listing_comes_round(portal_desk: PortalDesk) -> None:
    sweep_when_due(portal_desk)
    unsubscribe(portal_desk)
    portal_desk.portal.archive_room(ROOM, by=BOB.id)

    assert sweep_when_due(portal_desk) == []
    [stored] = sweep_when_due(portal_desk, after=LISTING_INTERVAL.total_seconds())
    assert (stored.event.trigger, stored.event.file_id) == ("room.archived", f"folder:{ROOM}")


def test_a_sweep_by_hand_looks_at_the_listing(portal_desk: PortalDesk) -> None:
    sweep_when_due(portal_desk)
    portal_desk.portal.faults.forget_calls()

    portal_desk.recover()

    assert calls(portal_desk) == {LOG: 1, LISTING: 1}


def fill(portal_desk: PortalDesk, count: int) -> list[str]:
    made = [
        portal_desk.portal.add_file(f"{number}.docx", DRIVE_FOLDER, by=OLGA.id) for number in range(count)
    ]
    return [str(each.id) for each in made]


@pytest.mark.parametrize("count", [3, 250])
def test_an_unchanged_folder_of_connected_storage_costs_one_call(desk: Desk, count: int) -> None:
    with open_portal_desk(desk, route(watch=(DRIVE_FOLDER,), quiet_period=QUIET)) as portal_desk:
        fill(portal_desk, count)
        portal_desk.know_everything()
        sweep_when_due(portal_desk)
        sweep_when_due(portal_desk)  # sees for the first time what a glance shows

        assert (sweep_when_due(portal_desk), calls(portal_desk)) == ([], {LISTING: 1})


@pytest.mark.parametrize("count", [3, 250])
def test_a_change_in_connected_storage_is_seen_at_a_glance(desk: Desk, count: int) -> None:
    with open_portal_desk(desk, route(watch=(DRIVE_FOLDER,), quiet_period=QUIET)) as portal_desk:
        files = fill(portal_desk, count)
        portal_desk.know_everything()
        unsubscribe(portal_desk)
        for _ in range(2):
            sweep_when_due(portal_desk)

        portal_desk.portal.save(files[1], by=BOB.id)
        assert [each.event.file_id for each in sweep_when_due(portal_desk)] == [files[1]]
        portal_desk.portal.move(files[2], OTHER, by=BOB.id)
        assert [each.event.file_id for each in sweep_when_due(portal_desk)] == [files[2]]


def test_a_change_that_is_too_young_to_be_compared_is_seen_the_next_time(desk: Desk) -> None:
    with open_portal_desk(desk, route(watch=(DRIVE_FOLDER,), quiet_period=QUIET)) as portal_desk:
        files = fill(portal_desk, 250)
        portal_desk.know_everything()
        unsubscribe(portal_desk)
        for _ in range(2):
            sweep_when_due(portal_desk)
        portal_desk.desk.clock.advance(seconds=QUARTER_OF_AN_HOUR)
        portal_desk.portal.save(files[1], by=BOB.id)

        assert sweep_when_due(portal_desk, after=10) == []
        assert [each.event.file_id for each in sweep_when_due(portal_desk)] == [files[1]]


def test_a_clock_that_was_a_day_ahead_and_is_right_again_hides_nothing(portal_desk: PortalDesk) -> None:
    save(portal_desk)
    portal_desk.let_happen()
    sweep_when_due(portal_desk)
    right = portal_desk.desk.clock.now
    portal_desk.desk.clock.advance(days=1)
    sweep_when_due(portal_desk)
    portal_desk.desk.clock.now = right
    unsubscribe(portal_desk)
    lose(portal_desk, save)

    [stored] = sweep_when_due(portal_desk)

    assert stored.event.found_in is SweepSource.FOLDER_LOG
    with portal_desk.desk.transactions(reading=True) as work:
        marks = work.baselines.get_watermarks([FOLDER, DELIVERY_LOG_ID])
    assert all(mark.swept_to and mark.swept_to < portal_desk.desk.clock() for mark in marks.values())


def test_a_sweep_by_hand_compares_the_listing_whatever_a_clock_has_written_that_was_ahead(
    portal_desk: PortalDesk,
) -> None:
    right = portal_desk.desk.clock.now
    portal_desk.desk.clock.advance(days=1)
    portal_desk.sweep_all()
    portal_desk.desk.clock.now = right
    unsubscribe(portal_desk)
    portal_desk.portal.save_by_api(FILE, by=BOB.id)

    [stored] = portal_desk.recover()

    assert stored.event.found_in is SweepSource.LISTING
