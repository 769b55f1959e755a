"""How far a sweep comes, when it is due, and what stops it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from demo import BOB, COMPLIANCE
from demo.faults import Fault
from reviews.errors import RateLimitReached
from reviews.sweep.sweep_rules import LOG_GRACE
from tests.reviews.lost import HALF_AN_HOUR, K, hide_logs, lose, save, unsubscribe
from tests.reviews.portal_desk import STEP

if TYPE_CHECKING:
    from reviews.ports.portal import Portal
    from reviews.tree import FileState
    from tests.reviews.portal_desk import PortalDesk


def test_a_sweep_goes_on_from_where_the_last_one_got_to(portal_desk: PortalDesk) -> None:
    portal_desk.recover()
    swept = [portal_desk.desk.clock() - timedelta(seconds=STEP) - LOG_GRACE]
    portal_desk.portal.faults.add(Fault(path="/log", status=503))
    lose(portal_desk, save)
    assert portal_desk.recover() == []
    with portal_desk.desk.transactions(reading=True) as work:
        mark = work.baselines.get_watermarks([str(COMPLIANCE)])[str(COMPLIANCE)]
    assert [mark.swept_to] == swept
    assert "503" in str(mark.stopped_by)

    portal_desk.portal.faults.clear()
    assert len(portal_desk.recover(minutes=600)) == 1
    with portal_desk.desk.transactions(reading=True) as work:
        mark = work.baselines.get_watermarks([str(COMPLIANCE)])[str(COMPLIANCE)]
    assert (mark.swept_to, mark.stopped_by) == (
        portal_desk.desk.clock() - timedelta(seconds=STEP) - LOG_GRACE,
        None,
    )


def test_the_first_sweep_of_a_folder_only_looks(new_portal_desk: PortalDesk) -> None:
    assert new_portal_desk.recover() == []
    assert new_portal_desk.desk.reviews() == []
    with new_portal_desk.desk.transactions(reading=True) as work:
        assert work.baselines.list_unfinished([str(COMPLIANCE)]) == []
        assert work.files.count_beneath(str(COMPLIANCE)) == 2


def test_what_was_lost_before_the_first_look_is_no_news(new_portal_desk: PortalDesk) -> None:
    save(new_portal_desk)
    new_portal_desk.sender.lose_queue()
    new_portal_desk.desk.clock.advance(seconds=240)
    new_portal_desk.know_everything()

    assert new_portal_desk.recover() == []
    assert new_portal_desk.desk.reviews() == []


def test_a_folder_is_due_after_its_time_and_sooner_where_it_was_stopped(portal_desk: PortalDesk) -> None:
    clock, folder = portal_desk.desk.clock, str(COMPLIANCE)
    started = clock()
    assert portal_desk.sweep.list_due_folders(started_at=started) == [folder]
    portal_desk.sweep_all()
    assert portal_desk.sweep.list_due_folders(started_at=started) == []
    clock.advance(seconds=60 * 15)
    assert portal_desk.sweep.list_due_folders(started_at=started) == [folder]
    portal_desk.portal.faults.add(Fault(path="/log", status=503))
    portal_desk.sweep_all()
    assert portal_desk.sweep.list_due_folders(started_at=started) == []
    clock.advance(seconds=60)
    assert portal_desk.sweep.list_due_folders(started_at=started) == [folder]
    portal_desk.sweep_all()
    assert portal_desk.sweep.list_due_folders(started_at=clock() + timedelta(seconds=1)) == [folder]


def test_a_watched_folder_that_is_gone_is_reviewed_once_and_stops_the_sweep(portal_desk: PortalDesk) -> None:
    portal_desk.recover()
    unsubscribe(portal_desk)
    portal_desk.portal.delete_folder(COMPLIANCE, by=BOB.id)
    before = lose(portal_desk)
    portal_desk.recover()
    portal_desk.recover()

    [review] = portal_desk.reviews_since(before)
    assert (review.kind, review.contents and review.contents.count) == (K.DELETED, 2)
    with portal_desk.desk.transactions(reading=True) as work:
        assert "no such folder" in str(
            work.baselines.get_watermarks([str(COMPLIANCE)])[str(COMPLIANCE)].stopped_by
        )


def test_a_sweep_since_yesterday_leaves_nothing_out_that_is_older(portal_desk: PortalDesk) -> None:
    unsubscribe(portal_desk)
    portal_desk.sweep_all()
    portal_desk.desk.clock.advance(seconds=HALF_AN_HOUR)
    made = portal_desk.portal.create_file("Brief.docx", COMPLIANCE, by=BOB.id)
    portal_desk.desk.clock.advance(seconds=STEP)
    portal_desk.portal.trash(made.id, by=BOB.id)
    portal_desk.sender.lose_queue()
    portal_desk.desk.clock.advance(seconds=HALF_AN_HOUR)

    portal_desk.sweep.run(portal_desk.sweep.watched, since=portal_desk.desk.clock() - timedelta(minutes=5))

    assert {each.event.trigger for each in portal_desk.desk.events()} >= {"file.created", "file.trashed"}


def test_more_missing_files_than_the_limit_allows_to_ask_for_are_asked_for_once_each(
    portal_desk: PortalDesk,
) -> None:
    lost = [portal_desk.portal.add_file(f"{number}.docx", COMPLIANCE, by=BOB.id) for number in range(30)]
    portal_desk.recover()
    hide_logs(portal_desk)
    for each in lost:
        portal_desk.portal.delete(each.id, by=BOB.id)
    portal_desk.sender.lose_queue()
    portal_desk.desk.clock.advance(seconds=HALF_AN_HOUR)
    asked = Limited(portal_desk.sweep.portal, most=10)

    [swept] = replace(portal_desk.sweep, portal=asked, wait=asked.wait).run([str(COMPLIANCE)])

    assert (swept.new_events, asked.waits) == (30, 2)


class Limited:
    """A portal that lets only so many files be asked for at once."""

    def __init__(self, portal: Portal, most: int) -> None:
        self._portal, self._most = portal, most
        self._left, self.waits = most, 0

    def wait(self, _seconds: float) -> None:
        self._left, self.waits = self._most, self.waits + 1
        assert self.waits < 10

    def get_file(self, file_id: str) -> FileState | None:
        if not self._left:
            raise RateLimitReached("the limit is reached", retry_after=1.0)
        self._left -= 1
        return self._portal.get_file(file_id)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._portal, name)
