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


def hold(office: PortalDesk, *acts: Act) -> list[bytes]:
    """Let things happen of which the deliveries are late; return their bodies."""
    for act in acts:
        act(office)
        office.desk.clock.advance(seconds=1)
    bodies = [office.sender.request(each).body for each in office.sender.pending()]
    office.sender.lose_queue()
    return bodies


def deliver(office: PortalDesk, bodies: list[bytes]) -> None:
    """Have late deliveries come in, and work until nothing is left to do."""
    before = {stored.id for stored in office.desk.events()}
    for body in bodies:
        intake.receive_events(office.desk.transactions, [parse(body)], now=office.desk.clock())
    office.work_on_new(before)


@pytest.mark.parametrize("act", [save, move_out, trash, delete])
def test_a_delivery_that_comes_after_the_sweep_has_found_it_opens_and_revises_nothing(
    office: PortalDesk, act: Act
) -> None:
    bodies = hold(office, act)
    events = office.recover()
    before = office.now()

    deliver(office, bodies)

    assert {each.event.found_in for each in events} == {SweepSource.DELIVERY_LOG}
    assert office.reviews_since(before) == []
    assert {each.event.file_id for each in office.desk.events()} == {str(FILE)}
    assert len(office.desk.events()) == len(bodies)  # each is a repeat of what was found


def test_a_file_that_was_made_and_deleted_meanwhile_leaves_no_review(office: PortalDesk) -> None:
    unsubscribe(office)
    before = lose(
        office,
        lambda of: of.portal.create_file("Brief.docx", COMPLIANCE, by=BOB.id),
        lambda of: of.portal.delete(of.portal.children(COMPLIANCE)[1][-1].id, by=BOB.id),
    )
    events = office.recover()

    assert office.reviews_since(before) == []
    assert {each.event.trigger for each in events} == {"file.deleted"}
    assert "0" not in {each.event.file_id for each in office.desk.events()}


def test_a_conversion_which_no_webhook_reports_is_found_in_the_log(office: PortalDesk) -> None:
    before = lose(office, lambda of: of.portal.convert(FILE, by=BOB.id))
    [stored] = office.recover()
    [review] = office.reviews_since(before)

    assert stored.event.found_in is SweepSource.FOLDER_LOG
    assert (review.kind, review.version_to, names(review)) == (K.CONTENT, 2, {"Bob Chen"})


@ON_SQLITE
@pytest.mark.parametrize("path", [f"/folder/{COMPLIANCE}/log", "/webhooks/log"])
def test_a_request_that_docspace_rejects_is_told_and_the_watermark_stays(
    office: PortalDesk, path: str
) -> None:
    office.recover()
    mark = completeness_of(office).up_to
    office.portal.faults.add(Fault(path=path, status=400), count=None)
    before = lose(office, save)
    [swept] = office.sweep_all()
    office.recover()

    assert swept.stopped_by is not None
    assert "report this defect" in swept.stopped_by
    line = completeness_of(office)
    assert (line.up_to, line.stopped_by) == (mark, swept.stopped_by)
    assert [review.kind for review in office.reviews_since(before)] == [K.CONTENT]
    office.portal.faults.clear()
    assert [each.stopped_by for each in office.sweep_all()] == [None]


def completeness_of(office: PortalDesk) -> Completeness:
    with office.desk.transactions(reading=True) as work:
        [line] = completeness.check_all_folders(work, office.desk.routes)
    return line


def move_folder_out(office: PortalDesk) -> object:
    return office.portal.move_folder(QUARTER, OTHER, by=BOB.id)


def trash_folder(office: PortalDesk) -> object:
    return office.portal.trash_folder(QUARTER, by=BOB.id)


def move_folder_in(office: PortalDesk) -> object:
    folder = office.portal.create_folder("Contracts", OTHER, by=ALICE.id)
    for number in range(3):
        office.portal.create_file(f"Contract {number}.docx", folder.id, by=ALICE.id)
    office.desk.clock.advance(seconds=1)
    return office.portal.move_folder(folder.id, COMPLIANCE, by=BOB.id)


FOLDER_ACTS = [
    (move_folder_out, {K.MOVED_OUT}),
    (trash_folder, {K.TRASHED, K.DELETED}),  # a listing does not tell one from the other
    (move_folder_in, {K.MOVED_IN}),
]


@pytest.mark.parametrize("record", ["delivery log", "folder log", "listing"])
@pytest.mark.parametrize(("act", "kinds"), FOLDER_ACTS)
def test_what_is_found_of_a_folder_is_one_review_whenever_its_deliveries_come(
    office: PortalDesk, act: Act, kinds: set[ChangeKind], record: str
) -> None:
    before = office.now()
    bodies = hold(office, act)
    if record != "delivery log":
        unsubscribe(office)
    if record == "listing":
        office.portal.faults.add(Fault(path=f"/folder/{COMPLIANCE}/log", status=403), count=None)
    office.recover()
    [review] = office.reviews_since(before)
    state_before = office.now()

    deliver(office, bodies)
    office.recover()

    assert review.kind in kinds
    assert names(review) == ({"Bob Chen"} if record != "listing" else {"somebody"})
    assert office.reviews_since(state_before) == []


def test_an_archived_room_is_found_once_by_the_listing_of_a_watched_folder_in_it(office: PortalDesk) -> None:
    office.recover()
    before = office.now()
    bodies = hold(office, lambda of: of.portal.archive_room(ROOM, by=BOB.id))
    unsubscribe(office)
    [stored] = office.recover()
    [review] = office.reviews_since(before)
    assert (stored.event.trigger, stored.event.file_id) == ("room.archived", f"folder:{ROOM}")
    assert review.kind is K.MOVED_OUT
    before = office.now()

    deliver(office, bodies)

    assert office.recover() == []
    assert office.reviews_since(before) == []


@ON_SQLITE
def test_a_watched_folder_in_the_trash_is_no_archived_room(office: PortalDesk) -> None:
    office.recover()
    unsubscribe(office)
    office.portal.trash_folder(COMPLIANCE, by=BOB.id)

    assert "room.archived" not in {each.event.trigger for each in office.recover()}
