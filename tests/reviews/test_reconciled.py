"""A watermark covers what was reconciled: nothing that any process passed over, however slow."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from demo import BOB, COMPLIANCE, OTHER
from reviews.intake import intake
from reviews.sweep import completeness
from tests.databases import ON_SQLITE
from tests.reviews.lost import unsubscribe
from tests.reviews.portal_desk import FILE, both_folders, open_portal_desk, other_folder
from webhook.payload import parse

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.sweep.completeness import Completeness
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk
    from tests.reviews.sweeping_desk import SweepingDesk


def check(portal_desk: PortalDesk, folder_id: int = COMPLIANCE) -> Completeness:
    with portal_desk.desk.transactions(reading=True) as work:
        folders = completeness.check_all_folders(work, portal_desk.desk.routes)
    return next(each for each in folders if each.folder_id == str(folder_id))


def get_up_to(portal_desk: PortalDesk, folder_id: int = COMPLIANCE) -> datetime:
    up_to = check(portal_desk, folder_id).up_to
    assert up_to is not None
    return up_to


def silent(_done: int, _total: int) -> None:
    return


def restart(portal_desk: PortalDesk) -> None:
    """Have another process sweep from now on, which knows nothing but the database."""
    portal_desk.sweep = replace(portal_desk.sweep)


def test_a_file_that_no_log_explains_outlives_the_process_that_saw_it(sweeping_desk: SweepingDesk) -> None:
    portal_desk = sweeping_desk.portal_desk
    before = portal_desk.now()
    happened_at = portal_desk.desk.clock()
    made = portal_desk.portal.add_file("Unlogged.docx", COMPLIANCE, by=BOB.id)
    holds = set()

    for _ in range(40):
        restart(portal_desk)
        sweeping_desk.pass_time(5)
        holds.add(check(portal_desk).held_by)
        assert portal_desk.reviews_since(before) or get_up_to(portal_desk) <= happened_at

    [review] = portal_desk.reviews_since(before)
    assert review.file_id == str(made.id)
    assert any(str(made.id) in (each or "") for each in holds)
    assert check(portal_desk).held_by is None
    assert get_up_to(portal_desk) > happened_at


def test_a_row_of_another_file_explains_nothing(sweeping_desk: SweepingDesk) -> None:
    portal_desk = sweeping_desk.portal_desk
    before = portal_desk.now()
    sweeping_desk.write_log_late()
    made = portal_desk.portal.add_file("Unlogged.docx", COMPLIANCE, by=BOB.id)
    portal_desk.portal.convert(FILE, by=BOB.id)
    sweeping_desk.pass_time(220)

    assert {each.file_id for each in portal_desk.reviews_since(before)} == {str(made.id), str(FILE)}


def test_a_file_that_is_gone_from_the_page_without_a_row_is_found(sweeping_desk: SweepingDesk) -> None:
    portal_desk = sweeping_desk.portal_desk
    before = portal_desk.now()
    portal_desk.portal.faults.answer(404, path=f"/file/{FILE}", count=None)
    portal_desk.portal._files.take(FILE)  # noqa: SLF001 - without a row in any log
    happened_at = portal_desk.desk.clock()
    for _ in range(40):
        restart(portal_desk)
        sweeping_desk.pass_time(5)
        assert portal_desk.reviews_since(before) or get_up_to(portal_desk) <= happened_at

    assert [each.file_id for each in portal_desk.reviews_since(before)] == [str(FILE)]


def test_a_slow_manual_sweep_takes_no_watermark_back(desk: Desk) -> None:
    with open_portal_desk(desk, both_folders(), other_folder()) as portal_desk:
        portal_desk.know_everything()
        portal_desk.sweep_all()
        desk.clock.advance(seconds=3600)
        newer: list[datetime] = []

        def be_slow(folder_id: str, _done: int, _total: int) -> None:
            if folder_id == str(COMPLIANCE) and not newer:
                desk.clock.advance(seconds=3600)
                replace(portal_desk.sweep).run([str(OTHER)])
                newer.append(get_up_to(portal_desk, OTHER))

        portal_desk.sweep.run([str(COMPLIANCE), str(OTHER)], progress=be_slow)

        assert [get_up_to(portal_desk, OTHER)] >= newer
        assert check(portal_desk, OTHER).listed_to == newer[0]


def test_an_older_state_of_a_file_replaces_no_newer_one(desk: Desk) -> None:
    desk.store_file("1")
    with desk.transactions() as work:
        stored = work.files.get("1")
        assert stored is not None
        assert stored.as_of is not None
        work.files.put(replace(stored, version=99, as_of=stored.as_of - timedelta(seconds=1)))
        work.commit()
    with desk.transactions(reading=True) as work:
        assert work.files.get("1") == stored


@ON_SQLITE
def test_a_page_of_the_first_look_brings_back_no_file_that_has_left_meanwhile(
    new_portal_desk: PortalDesk,
) -> None:
    desk, portal = new_portal_desk.desk, new_portal_desk.portal
    reader = new_portal_desk.baseline.portal

    class SlowReader:
        def list_files_beneath(self, folder_id: str, *, start: int) -> object:
            page = reader.list_files_beneath(folder_id, start=start)
            if portal.file(FILE).parent_id == COMPLIANCE:
                portal.move(FILE, OTHER, by=BOB.id)
                bodies = [
                    new_portal_desk.sender.request(each).body for each in new_portal_desk.sender.pending()
                ]
                for body in bodies:
                    intake.receive_events(desk.transactions, [parse(body)], now=desk.clock())
                desk.clock.advance(seconds=10)
                for stored in desk.events():
                    desk.intake.process(stored.id)
            return page

        def __getattr__(self, name: str) -> object:
            return getattr(reader, name)

    slow_reader: Any = SlowReader()
    replace(new_portal_desk.baseline, portal=slow_reader).take(str(COMPLIANCE), progress=silent)

    with desk.transactions(reading=True) as work:
        assert work.files.get(str(FILE)) is None


@ON_SQLITE
def test_a_first_look_that_broke_off_covers_nothing_since_it_began(new_portal_desk: PortalDesk) -> None:
    desk, portal = new_portal_desk.desk, new_portal_desk.portal
    unsubscribe(new_portal_desk)
    for number in range(150):
        portal.add_file(f"Paper {number}.docx", COMPLIANCE, by=BOB.id)
    portal.faults.answer(500, path="startIndex=100")
    with pytest.raises(Exception, match="answered 500"):
        new_portal_desk.baseline.take(str(COMPLIANCE), progress=silent)
    desk.clock.advance(seconds=600)
    happened_at = desk.clock()
    portal.save_by_api(FILE, by=BOB.id)
    new_portal_desk.sender.lose_queue()
    desk.clock.advance(seconds=600)

    new_portal_desk.sweep_all()
    assert get_up_to(new_portal_desk) <= happened_at
    desk.clock.advance(seconds=900)
    new_portal_desk.sweep_all()

    assert str(FILE) in {each.event.file_id for each in desk.events()}
