"""What happens just before a first look or during one, which may see it: it is reviewed all the same."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE, DEEP, OLGA, QUARTER
from demo.faults import Fault
from reviews.kinds import ChangeKind, EventState
from tests.reviews.portal_desk import FILE, OUTSIDE, both_folders, open_portal_desk

if TYPE_CHECKING:
    from collections.abc import Callable

    from demo import DemoPortal
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk


def silent(_done: int, _total: int) -> None:
    return


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (lambda p: p.save(FILE, by=BOB.id), ChangeKind.CONTENT),
        (lambda p: p.upload("Scan.pdf", DEEP, by=BOB.id), ChangeKind.CREATED),
        (lambda p: p.move(OUTSIDE, DEEP, by=BOB.id), ChangeKind.MOVED_IN),
    ],
)
def test_what_is_still_to_be_told_when_the_look_sees_it_is_reviewed(
    new_portal_desk: PortalDesk, act: Callable[[DemoPortal], object], kind: ChangeKind
) -> None:
    act(new_portal_desk.portal)
    new_portal_desk.baseline.take(str(COMPLIANCE), progress=silent)

    new_portal_desk.let_happen()

    assert [review.kind for review in new_portal_desk.desk.reviews()] == [kind]


@pytest.mark.parametrize("fraction", [0.0, 0.2, 0.4, 0.6, 0.8])
def test_an_event_of_the_second_after_the_change_is_of_the_change_that_the_look_has_seen(
    desk: Desk, fraction: float
) -> None:
    started_at = desk.clock() + timedelta(seconds=fraction)
    ticks = itertools.count()
    slow = lambda: started_at + timedelta(seconds=0.2) * next(ticks)  # noqa: E731 - each call takes a while
    with open_portal_desk(desk, both_folders(), portal_clock=slow) as portal_desk:
        portal_desk.portal.save(FILE, by=BOB.id)
        portal_desk.baseline.take(str(COMPLIANCE), progress=silent)

        portal_desk.let_happen()

        assert [review.kind for review in portal_desk.desk.reviews()] == [ChangeKind.CONTENT]


def test_it_names_everybody_who_edited(new_portal_desk: PortalDesk) -> None:
    new_portal_desk.portal.save(FILE, by=BOB.id, co_authors=(ALICE.id,))
    new_portal_desk.baseline.take(str(COMPLIANCE), progress=silent)

    new_portal_desk.let_happen()

    [review] = new_portal_desk.desk.reviews()
    assert {who.name for who in review.contributors} == {"Bob Chen", "Alice Moreau"}


def test_a_look_that_broke_off_is_missing_until_it_is_over(new_portal_desk: PortalDesk) -> None:
    for number in range(150):
        new_portal_desk.portal.add_file(f"Paper {number}.docx", QUARTER, by=OLGA.id)
    new_portal_desk.portal.faults.answer(500, path="startIndex=100")
    with pytest.raises(Exception, match="answered 500"):
        new_portal_desk.baseline.take(str(COMPLIANCE), progress=silent)
    assert new_portal_desk.baseline.list_unfinished() == [str(COMPLIANCE)]

    new_portal_desk.baseline.take(str(COMPLIANCE), progress=silent)

    assert new_portal_desk.baseline.list_unfinished() == []


def test_a_second_look_adds_what_was_missed_and_overwrites_nothing(new_portal_desk: PortalDesk) -> None:
    new_portal_desk.know_everything()
    new_portal_desk.portal.save(FILE, by=BOB.id)
    new_portal_desk.let_happen()
    new_portal_desk.portal.add_file("Unheard of.docx", DEEP, by=OLGA.id)

    file_count = new_portal_desk.baseline.take(str(COMPLIANCE), progress=silent)

    with new_portal_desk.desk.transactions(reading=True) as work:
        state = work.files.get(str(FILE))
    assert (file_count, new_portal_desk.baseline.list_unfinished()) == (3, [])
    assert state is not None
    assert state.as_of is not None


def test_a_folder_that_was_never_looked_at_is_missing(new_portal_desk: PortalDesk) -> None:
    assert new_portal_desk.baseline.list_unfinished() == [str(COMPLIANCE)]


def test_a_first_look_goes_on_where_it_stopped_and_overwrites_nothing(new_portal_desk: PortalDesk) -> None:
    for number in range(250):
        new_portal_desk.portal.add_file(f"Paper {number}.docx", QUARTER, by=OLGA.id)
    new_portal_desk.portal.faults.answer(500, path="startIndex=200")
    heard: list[tuple[int, int]] = []

    def report_progress(done: int, total: int) -> None:
        heard.append((done, total))

    with pytest.raises(Exception, match="answered 500"):
        new_portal_desk.baseline.take(str(COMPLIANCE), progress=report_progress)
    file_count = new_portal_desk.baseline.take(str(COMPLIANCE), progress=report_progress)

    assert file_count == 252
    assert heard == [(100, 252), (200, 252), (252, 252)]


@pytest.mark.parametrize(
    ("act", "kinds"),
    [
        (lambda p: p.lock(FILE, by=BOB.id), []),
        (lambda p: (p.lock(FILE, by=BOB.id), p.unlock(FILE, by=BOB.id)), []),
        (lambda p: p.rename(FILE, "Renamed.docx", by=BOB.id), []),
        (lambda p: p.save(FILE, by=BOB.id), [ChangeKind.CONTENT]),
        (lambda p: (p.save(FILE, by=BOB.id), p.lock(FILE, by=BOB.id)), [ChangeKind.CONTENT]),
        (lambda p: p.create_file("New.docx", DEEP, by=BOB.id), [ChangeKind.CREATED]),
    ],
)
def test_a_file_that_changes_before_the_first_look_is_looked_at_by_itself(
    new_portal_desk: PortalDesk, act: Callable[[DemoPortal], object], kinds: list[ChangeKind]
) -> None:
    act(new_portal_desk.portal)
    events = new_portal_desk.let_happen()

    assert EventState.RECEIVED not in {stored.state for stored in events}
    assert [review.kind for review in new_portal_desk.desk.reviews()] == kinds


def test_a_file_that_was_made_during_the_first_look_is_no_old_one(new_portal_desk: PortalDesk) -> None:
    with new_portal_desk.desk.transactions() as work:
        work.baselines.mark_started(str(COMPLIANCE), at=new_portal_desk.desk.clock())
        work.commit()
    made = new_portal_desk.portal.create_file("New.docx", COMPLIANCE, by=BOB.id)
    new_portal_desk.sender.lose_queue()
    new_portal_desk.desk.clock.advance(seconds=30)
    new_portal_desk.portal.lock(made.id, by=BOB.id)
    new_portal_desk.let_happen()

    assert [review.file_id for review in new_portal_desk.desk.reviews()] == [str(made.id)]


def test_where_no_log_tells_a_change_waits_for_the_end_of_the_first_look(new_portal_desk: PortalDesk) -> None:
    new_portal_desk.portal.faults.add(Fault(path=f"/file/{FILE}/log", status=403), count=None)
    new_portal_desk.portal.lock(FILE, by=BOB.id)
    events = new_portal_desk.let_happen()
    assert {stored.state for stored in events} == {EventState.RECEIVED}
    new_portal_desk.portal.faults.clear()
    new_portal_desk.baseline.take(str(COMPLIANCE), progress=silent)

    assert [new_portal_desk.desk.intake.process(stored.id) for stored in events] == [None]
    assert new_portal_desk.desk.reviews() == []


def test_a_first_look_that_never_ends_holds_up_nothing_for_good(new_portal_desk: PortalDesk) -> None:
    new_portal_desk.portal.faults.add(Fault(path=f"/file/{FILE}/log", status=403), count=None)
    new_portal_desk.portal.save(FILE, by=BOB.id)
    [stored] = new_portal_desk.let_happen()
    new_portal_desk.desk.clock.advance(seconds=600)
    new_portal_desk.desk.intake.process(stored.id)

    assert [review.kind for review in new_portal_desk.desk.reviews()] == [ChangeKind.CONTENT]


def test_a_rename_that_the_first_look_has_seen_asks_for_nothing(new_portal_desk: PortalDesk) -> None:
    new_portal_desk.portal.rename(FILE, "Renamed.docx", by=BOB.id)
    new_portal_desk.baseline.take(str(COMPLIANCE), progress=silent)
    new_portal_desk.let_happen()

    assert new_portal_desk.desk.reviews() == []


def test_a_new_file_that_the_first_look_has_seen_and_its_folder_do_not_wait_for_each_other(
    new_portal_desk: PortalDesk,
) -> None:
    new_portal_desk.portal.upload("Scan.pdf", DEEP, by=BOB.id)
    new_portal_desk.desk.clock.advance(seconds=1)
    new_portal_desk.portal.rename_folder(DEEP, "Renamed", by=BOB.id)
    new_portal_desk.baseline.take(str(COMPLIANCE), progress=silent)

    events = new_portal_desk.let_happen()

    assert EventState.RECEIVED not in {stored.state for stored in events}
    assert [review.title for review in new_portal_desk.desk.reviews()] == ["Scan.pdf"]


def test_a_file_whose_log_does_not_tell_is_asked_about_less_and_less_often(
    new_portal_desk: PortalDesk,
) -> None:
    new_portal_desk.portal.faults.answer(403, path=f"/file/{FILE}/log", count=None)
    new_portal_desk.portal.lock(FILE, by=BOB.id)
    [stored] = new_portal_desk.let_happen()

    asked = 0
    while (wait := new_portal_desk.desk.intake.process(stored.id)) is not None:
        new_portal_desk.desk.clock.advance(seconds=wait + 0.001)
        asked += 1

    assert 1 < asked < 30
