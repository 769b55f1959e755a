"""Of several processes one sweeps a folder at a time, and each asks first whether that is still due."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any, cast

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from demo import COMPLIANCE, OTHER
from reviews.errors import TryLater
from reviews.sweep.delivery_sweep import DELIVERY_LOG_ID
from reviews.sweep.sweep import RETRY_INTERVAL
from reviews.sweep.sweep_lease import (
    LEASE_DURATION,
    LEASE_TIMEOUT_SECONDS,
    RENEW_AFTER_SECONDS,
    Lease,
    LeaseLost,
)
from runtime.worker.folder_sweeps import sweep_each
from store.schema import baselines
from tests.databases import ON_SQLITE
from tests.reviews.portal_desk import both_folders, open_portal_desk, other_folder
from tests.reviews.samples import START

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.ports.docspace_logs import LogPage
    from reviews.ports.portal import Portal, PortalLogs
    from reviews.tree import FileState, Watermark
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk

FOLDER = str(COMPLIANCE)


class Ticks:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def read(self) -> float:
        return self.seconds


def lease_of(portal_desk: PortalDesk, ticks: Ticks | None = None) -> Lease:
    return Lease(
        transactions=portal_desk.desk.transactions,
        clock=portal_desk.desk.clock,
        folder_id=FOLDER,
        monotonic=(ticks or Ticks()).read,
    )


def lease_is_free(portal_desk: PortalDesk, folder: str) -> bool:
    lease = replace(lease_of(portal_desk), folder_id=folder)
    with portal_desk.desk.transactions() as work:
        return work.baselines.lease(  # not committed
            folder, lease.owner, duration=LEASE_DURATION, at=portal_desk.desk.clock(), started_at=None
        )


def test_a_folder_is_swept_by_one_process_at_a_time(portal_desk: PortalDesk) -> None:
    first, second = lease_of(portal_desk), lease_of(portal_desk)

    assert first.take(started_at=None)
    assert not second.take(started_at=None)
    first.release(due_in=timedelta())
    assert second.take(started_at=None)


def test_a_sweep_that_waited_asks_again_whether_the_folder_is_due(portal_desk: PortalDesk) -> None:
    started = portal_desk.desk.clock()
    assert portal_desk.sweep.list_due_folders(started_at=started) == [FOLDER]

    swept = [portal_desk.sweep.sweep_due_folder(FOLDER, started_at=started) for _ in range(2)]

    assert [each and each.folder_id for each in swept] == [FOLDER, None]


def test_what_another_process_sweeps_is_passed_over_and_not_due(portal_desk: PortalDesk) -> None:
    started = portal_desk.desk.clock()
    assert portal_desk.sweep.list_due_folders(started_at=started) == [FOLDER]
    held = lease_of(portal_desk)
    held.take(started_at=None)

    assert portal_desk.sweep.list_due_folders(started_at=started) == []
    assert portal_desk.sweep.sweep_due_folder(FOLDER, started_at=started + timedelta(days=1)) is None


def test_a_lease_lapses_by_itself_and_its_holder_notices(portal_desk: PortalDesk) -> None:
    ticks = Ticks()
    dead, next_one = lease_of(portal_desk, ticks), lease_of(portal_desk)
    dead.take(started_at=None)
    with portal_desk.desk.transactions() as work:
        assert work.baselines.renew(FOLDER, dead.owner, duration=timedelta(), due_at=portal_desk.desk.clock())
        work.commit()

    assert next_one.take(started_at=None)
    dead.renew()  # it is too early to ask
    ticks.seconds += RENEW_AFTER_SECONDS
    with pytest.raises(LeaseLost):
        dead.renew()
    dead.release(due_in=timedelta())
    assert not lease_is_free(portal_desk, FOLDER)


def test_a_lease_is_renewed_while_the_sweep_goes_on(portal_desk: PortalDesk) -> None:
    ticks = Ticks()
    lease = lease_of(portal_desk, ticks)
    lease.take(started_at=None)
    with portal_desk.desk.transactions() as work:
        work.baselines.renew(FOLDER, lease.owner, duration=timedelta(), due_at=portal_desk.desk.clock())
        work.commit()

    ticks.seconds += RENEW_AFTER_SECONDS
    lease.renew()

    assert not lease_is_free(portal_desk, FOLDER)


def test_a_sweep_whose_folder_another_has_taken_leaves_the_mark_alone(portal_desk: PortalDesk) -> None:
    portal_desk.sweep_all()
    portal_desk.desk.clock.advance(seconds=7 * 3600)
    with portal_desk.desk.transactions(reading=True) as work:
        mark = work.baselines.get_watermarks([FOLDER])[FOLDER]
    other = lease_of(portal_desk)
    thief = Thief(portal_desk.sweep.portal, portal_desk, other)

    swept = replace(portal_desk.sweep, portal=thief, monotonic=thief.ticks.read).sweep_due_folder(
        FOLDER, started_at=portal_desk.desk.clock()
    )

    assert (swept, thief.has_stolen) == (None, True)
    with portal_desk.desk.transactions(reading=True) as work:
        assert work.baselines.get_watermarks([FOLDER])[FOLDER].swept_to == mark.swept_to
    assert not lease_is_free(portal_desk, FOLDER)


class Thief:
    """A portal that takes so long over the listing that another process gets the folder meanwhile."""

    def __init__(self, portal: Portal, portal_desk: PortalDesk, other: Lease) -> None:
        self._portal, self._portal_desk, self._other = portal, portal_desk, other
        self.ticks = Ticks()
        self.has_stolen = False

    def list_files_beneath(self, folder_id: str, *, start: int) -> tuple[list[FileState], int]:
        with self._portal_desk.desk.engine.begin() as connection:
            connection.execute(sa.update(baselines).values(leased_until=START))
        self.has_stolen = self._other.take(started_at=None)
        self.ticks.seconds += RENEW_AFTER_SECONDS
        return self._portal.list_files_beneath(folder_id, start=start)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._portal, name)


class Frozen:
    """A portal after whose answer this process is frozen for an hour, while another one sweeps."""

    def __init__(
        self, remote_service: Any, portal_desk: PortalDesk, *, at: str, error: Exception | None = None
    ) -> None:
        self._remote_service, self._portal_desk, self._at, self._error = (
            remote_service,
            portal_desk,
            at,
            error,
        )
        self.after_the_other: list[Watermark] = []

    def __getattr__(self, name: str) -> Any:
        return self._answer if name == self._at else getattr(self._remote_service, name)

    def _answer(self, *asked: Any, **more: Any) -> Any:
        answer = getattr(self._remote_service, self._at)(*asked, **more)
        if not self.after_the_other:
            with self._portal_desk.desk.engine.begin() as connection:
                connection.execute(sa.update(baselines).values(leased_until=START))
            self._portal_desk.desk.clock.advance(seconds=3600)
            self._portal_desk.sweep_all()
            self.after_the_other = marks_of(self._portal_desk)
            if self._error:
                raise self._error
        return answer


def marks_of(portal_desk: PortalDesk) -> list[Watermark]:
    with portal_desk.desk.transactions(reading=True) as work:
        return list(work.baselines.get_watermarks([FOLDER, DELIVERY_LOG_ID]).values())


@pytest.mark.parametrize("error", [None, TryLater("DocSpace answered 503")])
def test_a_sweep_that_was_frozen_writes_nothing_down_once_another_has_swept(
    portal_desk: PortalDesk, error: Exception | None
) -> None:
    portal_desk.sweep_all()
    portal_desk.desk.clock.advance(seconds=7 * 3600)
    frozen = Frozen(portal_desk.sweep.portal, portal_desk, at="list_files_beneath", error=error)

    swept = replace(
        portal_desk.sweep, portal=cast("Portal", frozen), monotonic=Ticks().read
    ).sweep_due_folder(FOLDER, started_at=portal_desk.desk.clock())

    assert swept is None
    assert marks_of(portal_desk) == frozen.after_the_other != []


def test_a_first_look_that_was_frozen_does_not_undo_that_another_has_come_to_its_end(
    portal_desk: PortalDesk,
) -> None:
    frozen = Frozen(portal_desk.sweep.portal, portal_desk, at="list_files_beneath")

    swept = replace(
        portal_desk.sweep, portal=cast("Portal", frozen), monotonic=Ticks().read
    ).sweep_due_folder(FOLDER, started_at=portal_desk.desk.clock())

    with portal_desk.desk.transactions(reading=True) as work:
        assert (swept, work.baselines.list_unfinished([FOLDER])) == (None, [])
    assert marks_of(portal_desk) == frozen.after_the_other != []


@pytest.mark.parametrize("error", [None, TryLater("DocSpace answered 503")])
def test_a_log_of_deliveries_that_was_read_by_another_meanwhile_counts_as_read_by_that(
    portal_desk: PortalDesk, error: Exception | None
) -> None:
    portal_desk.sweep_all()
    portal_desk.desk.clock.advance(seconds=3600)
    frozen = Frozen(portal_desk.sweep.logs, portal_desk, at="list_undelivered", error=error)

    replace(portal_desk.sweep, logs=cast("PortalLogs", frozen), monotonic=Ticks().read).run([])

    assert marks_of(portal_desk) == frozen.after_the_other != []


@ON_SQLITE
def test_a_sweep_by_hand_waits_for_the_other_one_and_says_so(portal_desk: PortalDesk) -> None:
    held = lease_of(portal_desk)
    held.take(started_at=None)
    waits: list[tuple[str, float]] = []

    def wait(folder: str, seconds: float) -> None:
        waits.append((folder, seconds))
        if len(waits) == 3:
            held.release(due_in=timedelta())

    [swept] = portal_desk.sweep.run([FOLDER], on_lease_held=wait)

    assert swept.stopped_by is None
    assert [folder for folder, _ in waits] == [FOLDER] * 3


@ON_SQLITE
def test_a_sweep_by_hand_gives_up_after_a_while(portal_desk: PortalDesk) -> None:
    lease_of(portal_desk).take(started_at=None)
    waited = 0.0

    def wait(_folder: str, seconds: float) -> None:
        nonlocal waited
        waited += seconds

    [swept] = portal_desk.sweep.run([FOLDER], on_lease_held=wait)

    assert (swept.stopped_by, waited) == ("another process is sweeping it", LEASE_TIMEOUT_SECONDS)


def test_a_folder_whose_sweep_died_is_due_when_the_lease_lapses(portal_desk: PortalDesk) -> None:
    started = portal_desk.desk.clock()
    portal_desk.sweep.sweep_due_folder(FOLDER, started_at=started)
    portal_desk.desk.clock.advance(seconds=60 * 15)
    dead = lease_of(portal_desk)
    assert dead.take(started_at=started)
    with portal_desk.desk.transactions() as work:
        at = portal_desk.desk.clock() + LEASE_DURATION
        work.baselines.renew(FOLDER, dead.owner, duration=timedelta(), due_at=at)
        work.commit()

    portal_desk.desk.clock.advance(seconds=LEASE_DURATION.total_seconds() - 1)
    assert portal_desk.sweep.list_due_folders(started_at=started) == []
    portal_desk.desk.clock.advance(seconds=1)
    assert portal_desk.sweep.list_due_folders(started_at=started) == [FOLDER]


@ON_SQLITE
def test_first_looks_wait_for_the_folders_that_were_looked_at(desk: Desk) -> None:
    with open_portal_desk(desk, both_folders(), other_folder()) as portal_desk:
        portal_desk.baseline.take(FOLDER, progress=lambda _done, _total: None)
        started = portal_desk.desk.clock()

        assert portal_desk.sweep.list_due_folders(started_at=started) == [FOLDER]
        portal_desk.sweep.sweep_due_folder(FOLDER, started_at=started)
        assert portal_desk.sweep.list_due_folders(started_at=started) == [str(OTHER)]
        held = lease_of(portal_desk)
        held.take(started_at=None)
        assert portal_desk.sweep.list_due_folders(started_at=started) == []
        held.release(due_in=RETRY_INTERVAL)
        swept = portal_desk.sweep.sweep_due_folder(str(OTHER), started_at=started)
        assert swept is not None
        assert swept.is_baseline


@ON_SQLITE
def test_a_folder_that_is_watched_no_more_is_not_due(desk: Desk) -> None:
    with open_portal_desk(desk, both_folders(), other_folder()) as portal_desk:
        portal_desk.know_everything()
        started = portal_desk.desk.clock()
        assert set(portal_desk.sweep.list_due_folders(started_at=started)) == {FOLDER, str(OTHER)}
    with open_portal_desk(desk, other_folder()) as portal_desk:
        assert portal_desk.sweep.list_due_folders(started_at=started) == [str(OTHER)]
        assert portal_desk.sweep.sweep_due_folder(FOLDER, started_at=started) is None


def test_of_many_who_take_a_lease_at_once_one_has_it(portal_desk: PortalDesk) -> None:
    started = portal_desk.desk.clock()
    leases = [lease_of(portal_desk) for _ in range(4)]
    start = Barrier(len(leases))

    def take(lease: Lease) -> bool:
        start.wait()
        return lease.take(started_at=started)

    for _ in range(5):
        with ThreadPoolExecutor(len(leases)) as pool:
            taken = list(pool.map(take, leases))
        assert sorted(taken) == [False, False, False, True]
        leases[taken.index(True)].release(due_in=timedelta())


@ON_SQLITE
def test_a_slow_folder_holds_up_no_other(desk: Desk) -> None:
    with open_portal_desk(desk, both_folders(), other_folder()) as portal_desk:
        portal_desk.know_everything()
        started = portal_desk.desk.clock()
        assert set(portal_desk.sweep.list_due_folders(started_at=started)) == {FOLDER, str(OTHER)}
        slow = lease_of(portal_desk)
        slow.take(started_at=None)

        sweep_each(portal_desk.sweep, [FOLDER, str(OTHER)], started)

        assert mark_of(portal_desk, OTHER).listed_at is not None
        assert mark_of(portal_desk, COMPLIANCE).listed_at is None


@ON_SQLITE
def test_a_folder_that_fails_unexpectedly_holds_up_no_other(desk: Desk) -> None:
    with open_portal_desk(desk, both_folders(), other_folder()) as portal_desk:
        portal_desk.know_everything()
        started = portal_desk.desk.clock()
        portal_desk.sweep.list_due_folders(started_at=started)

        sweep = replace(portal_desk.sweep, logs=Broken(portal_desk.sweep.logs))
        with capture_logs() as logs:
            sweep_each(sweep, [FOLDER, str(OTHER)], started)

        assert mark_of(portal_desk, OTHER).stopped_by is None
        assert mark_of(portal_desk, OTHER).listed_at is not None
        assert mark_of(portal_desk, COMPLIANCE).stopped_by is not None
        assert [line["event"] for line in logs] == ["sweep_failed", "folder_swept"]


class Broken:
    """Records of which one folder's log is nothing expected."""

    def __init__(self, records: PortalLogs) -> None:
        self._records = records
        self.list_undelivered = records.list_undelivered

    def list_logged(self, folder_id: str, since: datetime, until: datetime, start: int) -> LogPage:
        if folder_id == FOLDER:
            raise ZeroDivisionError
        return self._records.list_logged(folder_id, since, until, start)


def mark_of(portal_desk: PortalDesk, folder: int) -> Watermark:
    with portal_desk.desk.transactions(reading=True) as work:
        return work.baselines.get_watermarks([str(folder)])[str(folder)]
