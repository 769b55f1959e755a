"""The stored absences become those of the calendar."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from reviews.absences.calendar_sync import CalendarSync
from reviews.absences.intervals import find_present_absence
from reviews.ports.absences import Absence, AbsenceSource
from reviews.ports.calendars import CalendarFailed
from reviews.routes.file_parser import parse
from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_POSTGRESQL
from tests.reviews.calendars import calendar_event, content_of
from tests.reviews.routing_files import CHANNELS
from tests.reviews.samples import START
from tests.threads import wait_for_locks

if TYPE_CHECKING:
    import sqlalchemy as sa

    from reviews.ports.calendars import CalendarEvent

ROUTES = parse(
    """
[[route]]
watch = ["1"]
owners = ["dana@example.com"]
deputies = ["eli@example.com"]
notify = ["console"]
""",
    notifiers=CHANNELS,
)
DANA = "dana@example.com"
HOUR = timedelta(hours=1)
NOW = calendar_event(summary=DANA)
LATER = calendar_event(uid="later", summary=DANA, starts_at=date(2026, 4, 1), ends_at=date(2026, 4, 3))


class Synced:
    """A calendar on a database of its own."""

    def __init__(self, engine: sa.Engine) -> None:
        self.transactions = partial(SqlUnitOfWork, engine)
        self.sync = CalendarSync(transactions=self.transactions, routes=ROUTES)

    def store(self, *events: CalendarEvent, at: datetime = START) -> None:
        self.sync.store(content_of(*events), at)

    def list_rows(self, at: datetime = START) -> list[Absence]:
        with self.transactions(reading=True) as work:
            return work.absences.list_of_source(AbsenceSource.CALENDAR, not_ended_by=at)

    def is_away(self, at: datetime) -> bool:
        with self.transactions(reading=True) as work:
            return find_present_absence(work.absences.list_of_people([DANA], not_ended_by=at), at) is not None

    def update(self, row: Absence) -> None:
        with self.transactions() as work:
            work.absences.update(row)
            work.commit()


@pytest.fixture
def synced(engine: sa.Engine) -> Synced:
    return Synced(engine)


def test_new_events_are_stored_and_due_when_they_begin(synced: Synced) -> None:
    synced.store(NOW, LATER)

    now, later = synced.list_rows()
    assert (now.person, now.made_at, now.stand_in) == (DANA, START, None)
    assert (now.starts_at, now.ends_at) == (
        datetime(2026, 3, 9, tzinfo=UTC),
        datetime(2026, 3, 14, tzinfo=UTC),
    )
    assert (now.check_at, later.check_at) == (START, later.starts_at)
    assert synced.is_away(START)


@ON_POSTGRESQL
def test_one_who_says_to_be_back_while_the_calendar_is_stored_stays_back(
    synced: Synced, engine: sa.Engine
) -> None:
    synced.store(NOW)
    [row] = synced.list_rows()
    longer = replace(NOW, ends_at=date(2026, 3, 20))

    with ThreadPoolExecutor(1) as pool, engine.connect() as watching:
        with synced.transactions() as work:
            work.absences.lock_declarations()
            work.absences.update(replace(row, ended_at=START))
            storing = pool.submit(synced.store, longer, at=START + HOUR)
            wait_for_locks(watching, 1)
            work.commit()
        storing.result()

    assert not synced.is_away(START + HOUR)


def test_what_has_not_changed_is_not_touched(synced: Synced) -> None:
    synced.store(NOW, LATER)
    now, later = synced.list_rows()
    settled = replace(now, check_at=None, checked_seq=7)
    synced.update(settled)

    synced.store(LATER, NOW, at=START + HOUR)

    assert synced.list_rows() == [settled, later]


def test_another_end_changes_the_row_and_is_due(synced: Synced) -> None:
    synced.store(NOW, LATER)
    now, later = synced.list_rows()
    synced.update(replace(now, check_at=None, checked_seq=7))

    synced.store(replace(NOW, ends_at=date(2026, 3, 20)), LATER, at=START + HOUR)

    end = datetime(2026, 3, 20, tzinfo=UTC)
    assert synced.list_rows() == [replace(now, ends_at=end, check_at=START + HOUR, checked_seq=0), later]


def test_an_event_that_vanished_ends_and_comes_back_as_a_new_absence(synced: Synced) -> None:
    synced.store(NOW, LATER)
    now, _ = synced.list_rows()

    synced.store(LATER, at=START + HOUR)
    assert not synced.is_away(START + HOUR)
    assert synced.is_away(START)
    with synced.transactions(reading=True) as work:
        assert work.absences.list_due_ids(START + HOUR, 5) == [now.id]

    synced.store(NOW, LATER, at=START + 2 * HOUR)
    assert synced.is_away(START + 2 * HOUR)


def test_an_event_that_vanished_before_it_began_leaves_nothing_to_do(synced: Synced) -> None:
    synced.store(NOW, LATER)
    now, later = synced.list_rows()

    synced.store(NOW, at=START + HOUR)

    assert synced.list_rows(START + HOUR) == [now]
    assert not synced.is_away(later.starts_at)
    with synced.transactions(reading=True) as work:
        assert work.absences.list_due_ids(later.starts_at, 5) == [now.id]


def test_who_is_back_stays_back_from_the_event_while_it_shares_time_with_what_it_was(synced: Synced) -> None:
    """Also when the time has passed at which it ended first."""
    synced.store(NOW)
    [row] = synced.list_rows()
    synced.update(replace(row, ended_at=START + HOUR, check_at=None))

    synced.store(replace(NOW, starts_at=date(2026, 3, 10), ends_at=date(2026, 3, 20)), at=START + 2 * HOUR)
    synced.store(LATER, at=START + 3 * HOUR)
    a_week_later = START + timedelta(days=7)
    moved = replace(NOW, starts_at=date(2026, 3, 15), ends_at=date(2026, 3, 25))
    synced.store(moved, at=a_week_later)

    assert not synced.is_away(START + 2 * HOUR)
    assert not synced.is_away(a_week_later)
    elsewhere = replace(NOW, starts_at=date(2026, 4, 1), ends_at=date(2026, 4, 5))
    synced.store(elsewhere, at=a_week_later + HOUR)
    assert synced.is_away(datetime(2026, 4, 2, tzinfo=UTC))


def test_absences_that_people_declared_are_left_alone(synced: Synced) -> None:
    declared = Absence(
        person=DANA, starts_at=START - HOUR, ends_at=START + 9 * HOUR, stand_in=None,
        source=AbsenceSource.CHAT, made_at=START,
    )  # fmt: skip
    with synced.transactions() as work:
        declared = work.absences.add(declared)
        work.commit()

    synced.store(LATER)
    synced.store(NOW, at=START + HOUR)

    with synced.transactions(reading=True) as work:
        assert work.absences.get(declared.id) == declared


def test_a_calendar_that_lost_all_its_events_changes_nothing(synced: Synced) -> None:
    synced.store(NOW, LATER)
    rows = synced.list_rows()

    with pytest.raises(CalendarFailed, match="no events any more"):
        synced.store(at=START + HOUR)

    assert synced.list_rows() == rows


def test_an_empty_calendar_is_true_when_nothing_of_it_lasts(synced: Synced) -> None:
    synced.store()
    synced.store(NOW)
    synced.update(replace(synced.list_rows()[0], ended_at=START + HOUR))

    synced.store(at=START + 2 * HOUR)
    synced.store(at=START + timedelta(days=30))

    assert synced.list_rows(START + timedelta(days=30)) == []


def test_events_that_are_all_of_strangers_are_no_empty_calendar(synced: Synced) -> None:
    synced.store(NOW)

    synced.store(replace(NOW, summary="Someone Else"), at=START + HOUR)

    assert not synced.is_away(START + HOUR)


def test_what_is_over_already_is_not_stored(synced: Synced) -> None:
    synced.store(NOW, at=datetime(2026, 3, 14, 0, 0, 0, 1, tzinfo=UTC))
    assert synced.list_rows(datetime(2026, 1, 1, tzinfo=UTC)) == []
