"""The sweep against what DocSpace's logs really hold, and what comes in after the sweep has found it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE, OTHER, QUARTER, ROOM
from demo.faults import Fault
from reviews.intake import intake
from reviews.kinds import ChangeKind, SweepSource
from reviews.sweep import completeness
from tests.databases import ON_SQLITE
from tests.reviews.lost import Act, K, delete, lose, move_out, save, trash, unsubscribe
from tests.reviews.portal_desk import FILE, names
from webhook.payload import parse

if TYPE_CHECKING:
    from reviews.sweep.completeness import Completeness
    from tests.reviews.portal_desk import PortalDesk


def hold(portal_desk: PortalDesk, *acts: Act) -> list[bytes]:
    """Let things happen of which the deliveries are late; return their bodies."""
    for act in acts:
        act(portal_desk)
        portal_desk.desk.clock.advance(seconds=1)
    bodies = [portal_desk.sender.request(each).body for each in portal_desk.sender.pending()]
    portal_desk.sender.lose_queue()
    return bodies


def deliver(portal_desk: PortalDesk, bodies: list[bytes]) -> None:
    """Have late deliveries come in, and work until nothing is left to do."""
    before = {stored.id for stored in portal_desk.desk.events()}
    for body in bodies:
        intake.receive_events(portal_desk.desk.transactions, [parse(body)], now=portal_desk.desk.clock())
    portal_desk.work_on_new(before)


@pytest.mark.parametrize("act", [save, move_out, trash, delete])
def test_a_delivery_that_comes_after_the_sweep_has_found_it_opens_and_revises_nothing(
    portal_desk: PortalDesk, act: Act
) -> None:
    bodies = hold(portal_desk, act)
    events = portal_desk.recover()
    before = portal_desk.now()

    deliver(portal_desk, bodies)

    assert {each.event.found_in for each in events} == {SweepSource.DELIVERY_LOG}
    assert portal_desk.reviews_since(before) == []
    assert {each.event.file_id for each in portal_desk.desk.events()} == {str(FILE)}
    assert len(portal_desk.desk.events()) == len(bodies)  # each is a repeat of what was found


def test_a_file_that_was_made_and_deleted_meanwhile_leaves_no_review(portal_desk: PortalDesk) -> None:
    unsubscribe(portal_desk)
    before = lose(
        portal_desk,
        lambda of: of.portal.create_file("Brief.docx", COMPLIANCE, by=BOB.id),
        lambda of: of.portal.delete(of.portal.children(COMPLIANCE)[1][-1].id, by=BOB.id),
    )
    events = portal_desk.recover()

    assert portal_desk.reviews_since(before) == []
    assert {each.event.trigger for each in events} == {"file.deleted"}
    assert "0" not in {each.event.file_id for each in portal_desk.desk.events()}


def test_a_conversion_which_no_webhook_reports_is_found_in_the_log(portal_desk: PortalDesk) -> None:
    before = lose(portal_desk, lambda of: of.portal.convert(FILE, by=BOB.id))
    [stored] = portal_desk.recover()
    [review] = portal_desk.reviews_since(before)

    assert stored.event.found_in is SweepSource.FOLDER_LOG
    assert (review.kind, review.version_to, names(review)) == (K.CONTENT, 2, {"Bob Chen"})


@ON_SQLITE
@pytest.mark.parametrize("path", [f"/folder/{COMPLIANCE}/log", "/webhooks/log"])
def test_a_request_that_docspace_rejects_is_told_and_the_watermark_stays(
    portal_desk: PortalDesk, path: str
) -> None:
    portal_desk.recover()
    mark = completeness_of(portal_desk).up_to
    portal_desk.portal.faults.add(Fault(path=path, status=400), count=None)
    before = lose(portal_desk, save)
    [swept] = portal_desk.sweep_all()
    portal_desk.recover()

    assert swept.stopped_by is not None
    assert "report this defect" in swept.stopped_by
    line = completeness_of(portal_desk)
    assert (line.up_to, line.stopped_by) == (mark, swept.stopped_by)
    assert [review.kind for review in portal_desk.reviews_since(before)] == [K.CONTENT]
    portal_desk.portal.faults.clear()
    assert [each.stopped_by for each in portal_desk.sweep_all()] == [None]


def completeness_of(portal_desk: PortalDesk) -> Completeness:
    with portal_desk.desk.transactions(reading=True) as work:
        [line] = completeness.check_all_folders(work, portal_desk.desk.routes)
    return line


def move_folder_out(portal_desk: PortalDesk) -> object:
    return portal_desk.portal.move_folder(QUARTER, OTHER, by=BOB.id)


def trash_folder(portal_desk: PortalDesk) -> object:
    return portal_desk.portal.trash_folder(QUARTER, by=BOB.id)


def move_folder_in(portal_desk: PortalDesk) -> object:
    folder = portal_desk.portal.create_folder("Contracts", OTHER, by=ALICE.id)
    for number in range(3):
        portal_desk.portal.create_file(f"Contract {number}.docx", folder.id, by=ALICE.id)
    portal_desk.desk.clock.advance(seconds=1)
    return portal_desk.portal.move_folder(folder.id, COMPLIANCE, by=BOB.id)


FOLDER_ACTS = [
    (move_folder_out, {K.MOVED_OUT}),
    (trash_folder, {K.TRASHED, K.DELETED}),  # a listing does not tell one from the other
    (move_folder_in, {K.MOVED_IN}),
]


@pytest.mark.parametrize("record", ["delivery log", "folder log", "listing"])
@pytest.mark.parametrize(("act", "kinds"), FOLDER_ACTS)
def test_what_is_found_of_a_folder_is_one_review_whenever_its_deliveries_come(
    portal_desk: PortalDesk, act: Act, kinds: set[ChangeKind], record: str
) -> None:
    before = portal_desk.now()
    bodies = hold(portal_desk, act)
    if record != "delivery log":
        unsubscribe(portal_desk)
    if record == "listing":
        portal_desk.portal.faults.add(Fault(path=f"/folder/{COMPLIANCE}/log", status=403), count=None)
    portal_desk.recover()
    [review] = portal_desk.reviews_since(before)
    state_before = portal_desk.now()

    deliver(portal_desk, bodies)
    portal_desk.recover()

    assert review.kind in kinds
    assert names(review) == ({"Bob Chen"} if record != "listing" else {"somebody"})
    assert portal_desk.reviews_since(state_before) == []


def test_an_archived_room_is_found_once_by_the_listing_of_a_watched_folder_in_it(
    portal_desk: PortalDesk,
) -> None:
    portal_desk.recover()
    before = portal_desk.now()
    bodies = hold(portal_desk, lambda of: of.portal.archive_room(ROOM, by=BOB.id))
    unsubscribe(portal_desk)
    [stored] = portal_desk.recover()
    [review] = portal_desk.reviews_since(before)
    assert (stored.event.trigger, stored.event.file_id) == ("room.archived", f"folder:{ROOM}")
    assert review.kind is K.MOVED_OUT
    before = portal_desk.now()

    deliver(portal_desk, bodies)

    assert portal_desk.recover() == []
    assert portal_desk.reviews_since(before) == []


@ON_SQLITE
def test_a_watched_folder_in_the_trash_is_no_archived_room(portal_desk: PortalDesk) -> None:
    portal_desk.recover()
    unsubscribe(portal_desk)
    portal_desk.portal.trash_folder(COMPLIANCE, by=BOB.id)

    assert "room.archived" not in {each.event.trigger for each in portal_desk.recover()}
