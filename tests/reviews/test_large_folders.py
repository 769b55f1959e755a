"""A folder with more files than are listed in one run is one review, and listed to its end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from demo import BOB, COMPLIANCE, OLGA, OTHER
from reviews.intake import intake
from reviews.kinds import ChangeKind, EventState
from reviews.tree import FOLDER_ID_PREFIX
from tests.databases import ON_SQLITE
from tests.reviews.lost import hide_logs
from tests.reviews.portal_desk import kinds
from webhook.payload import parse

if TYPE_CHECKING:
    from tests.reviews.portal_desk import PortalDesk

FILES = 450
PAGES = 5
HOUR = 3600


def list_little_at_once(office: PortalDesk) -> None:
    folders = office.desk.intake.folders
    arrivals = replace(folders.arrivals, pages_at_once=2)
    office.desk.intake = replace(office.desk.intake, folders=replace(folders, arrivals=arrivals))


def move_large_folder(office: PortalDesk) -> int:
    """Have a folder with many files come, and receive its event when it is quiet; return the event's id."""
    large = office.portal.add_folder("Large", OTHER, by=OLGA.id).id
    for number in range(FILES):
        office.portal.add_file(f"{number}.docx", large, by=OLGA.id)
    office.desk.clock.advance(seconds=HOUR)
    office.sweep_all()
    office.portal.move_folder(large, COMPLIANCE, by=BOB.id)
    [body] = [office.sender.request(each).body for each in office.sender.pending()]
    office.sender.lose_queue()
    intake.receive_events(office.desk.transactions, [parse(body)], now=office.desk.clock())
    office.desk.clock.advance(seconds=60)
    return office.desk.newest_event().id


def listings(office: PortalDesk, folder: str) -> int:
    return len(office.portal.faults.calls(f"/files/{folder}?"))


def test_a_large_folder_is_listed_in_several_runs_and_swept_in_between(office: PortalDesk) -> None:
    list_little_at_once(office)
    event = move_large_folder(office)
    before = office.now()
    runs = 0
    while (wait := office.desk.intake.process(event)) is not None:
        assert office.desk.event(event).attempts == 0
        assert office.now() == before
        office.desk.clock.advance(seconds=wait + 180)
        office.sweep_all()
        runs += 1
    hide_logs(office)
    office.recover()

    [review] = office.reviews_since(before)
    assert runs == PAGES // 2
    assert (review.kind, review.contents and review.contents.count) == (ChangeKind.MOVED_IN, FILES)
    assert review.contents is not None
    assert len(review.contents.titles) == 100


@ON_SQLITE
def test_a_listing_that_broke_off_goes_on_where_it_was(office: PortalDesk) -> None:
    event = move_large_folder(office)
    folder = office.desk.event(event).event.file_id.removeprefix(FOLDER_ID_PREFIX)
    before = office.now()
    office.portal.faults.answer(500, path="startIndex=300")
    assert office.desk.intake.process(event) is not None
    office.desk.intake.process(event)

    assert kinds(office.reviews_since(before)) == {f"{FOLDER_ID_PREFIX}{folder}": ChangeKind.MOVED_IN}
    assert listings(office, folder) == PAGES + 2  # one page failed, and the first is asked for titles again


@ON_SQLITE
def test_a_file_of_a_large_folder_that_is_saved_meanwhile_waits_for_its_folder(office: PortalDesk) -> None:
    list_little_at_once(office)
    event = move_large_folder(office)
    before = office.now()
    office.desk.intake.process(event)
    last = office.portal.children(int(office.desk.event(event).event.file_id.removeprefix(FOLDER_ID_PREFIX)))[
        1
    ][-1]
    office.portal.lock(last.id, by=BOB.id)
    office.let_happen()
    office.work_on_new(set())

    assert all(stored.state is not EventState.RECEIVED for stored in office.desk.events())
    assert len(office.reviews_since(before)) == 1
