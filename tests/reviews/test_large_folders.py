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


def list_little_at_once(portal_desk: PortalDesk) -> None:
    folders = portal_desk.desk.intake.folders
    arrivals = replace(folders.arrivals, pages_at_once=2)
    portal_desk.desk.intake = replace(portal_desk.desk.intake, folders=replace(folders, arrivals=arrivals))


def move_large_folder(portal_desk: PortalDesk) -> int:
    """Have a folder with many files come, and receive its event when it is quiet; return the event's id."""
    large = portal_desk.portal.add_folder("Large", OTHER, by=OLGA.id).id
    for number in range(FILES):
        portal_desk.portal.add_file(f"{number}.docx", large, by=OLGA.id)
    portal_desk.desk.clock.advance(seconds=HOUR)
    portal_desk.sweep_all()
    portal_desk.portal.move_folder(large, COMPLIANCE, by=BOB.id)
    [body] = [portal_desk.sender.request(each).body for each in portal_desk.sender.pending()]
    portal_desk.sender.lose_queue()
    intake.receive_events(portal_desk.desk.transactions, [parse(body)], now=portal_desk.desk.clock())
    portal_desk.desk.clock.advance(seconds=60)
    return portal_desk.desk.newest_event().id


def listings(portal_desk: PortalDesk, folder: str) -> int:
    return len(portal_desk.portal.faults.calls(f"/files/{folder}?"))


def test_a_large_folder_is_listed_in_several_runs_and_swept_in_between(portal_desk: PortalDesk) -> None:
    list_little_at_once(portal_desk)
    event = move_large_folder(portal_desk)
    before = portal_desk.now()
    runs = 0
    while (wait := portal_desk.desk.intake.process(event)) is not None:
        assert portal_desk.desk.event(event).attempts == 0
        assert portal_desk.now() == before
        portal_desk.desk.clock.advance(seconds=wait + 180)
        portal_desk.sweep_all()
        runs += 1
    hide_logs(portal_desk)
    portal_desk.recover()

    [review] = portal_desk.reviews_since(before)
    assert runs == PAGES // 2
    assert (review.kind, review.contents and review.contents.count) == (ChangeKind.MOVED_IN, FILES)
    assert review.contents is not None
    assert len(review.contents.titles) == 100


@ON_SQLITE
def test_a_listing_that_broke_off_goes_on_where_it_was(portal_desk: PortalDesk) -> None:
    event = move_large_folder(portal_desk)
    folder = portal_desk.desk.event(event).event.file_id.removeprefix(FOLDER_ID_PREFIX)
    before = portal_desk.now()
    portal_desk.portal.faults.answer(500, path="startIndex=300")
    assert portal_desk.desk.intake.process(event) is not None
    portal_desk.desk.intake.process(event)

    assert kinds(portal_desk.reviews_since(before)) == {f"{FOLDER_ID_PREFIX}{folder}": ChangeKind.MOVED_IN}
    assert (
        listings(portal_desk, folder) == PAGES + 2
    )  # one page failed, and the first is asked for titles again


@ON_SQLITE
def test_a_file_of_a_large_folder_that_is_saved_meanwhile_waits_for_its_folder(
    portal_desk: PortalDesk,
) -> None:
    list_little_at_once(portal_desk)
    event = move_large_folder(portal_desk)
    before = portal_desk.now()
    portal_desk.desk.intake.process(event)
    last = portal_desk.portal.children(
        int(portal_desk.desk.event(event).event.file_id.removeprefix(FOLDER_ID_PREFIX))
    )[1][-1]
    portal_desk.portal.lock(last.id, by=BOB.id)
    portal_desk.let_happen()
    portal_desk.work_on_new(set())

    assert all(stored.state is not EventState.RECEIVED for stored in portal_desk.desk.events())
    assert len(portal_desk.reviews_since(before)) == 1
