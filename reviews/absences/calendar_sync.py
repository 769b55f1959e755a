"""Stores the absences of a calendar: adds new ones, changes others, and ends those that are not in it now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.absences.calendar_reading import CalendarReading, read_absences
from reviews.absences.known_people import find_known_people, list_known_addresses
from reviews.ports.absences import Absence, AbsenceSource
from reviews.ports.calendars import CalendarFailed

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.absences.calendar_reading import CalendarAbsence
    from reviews.ports.calendars import CalendarContent
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Routes

EMPTIED = "it has no events any more; the absences known from it stay"


@dataclass(frozen=True, kw_only=True)
class CalendarSync:
    """Makes the stored absences of the calendar those that it has now."""

    transactions: Transactions
    routes: Routes

    def read(self, content: CalendarContent) -> CalendarReading:
        """Return what the calendar says, and store nothing."""
        with self.transactions(reading=True) as work:
            return self._read(work, content)

    def store(self, content: CalendarContent, now: datetime) -> CalendarReading:
        """Store what the calendar says, in one transaction. One process at a time may do so.

        Raises `CalendarFailed` for a calendar without any event while absences from it are to come or last:
        far more often than everyone's holiday was cancelled, its export broke or lost its rights. They end by
        themselves, or by the person's word.
        """
        with self.transactions() as work:
            work.absences.lock_declarations()  # else the word of a person who comes back now could be lost
            stored = work.absences.list_of_source(AbsenceSource.CALENDAR, not_ended_by=now)
            if not content.event_count and any(each.ended_at is None for each in stored):
                raise CalendarFailed(EMPTIED)
            reading = self._read(work, content)
            _store_absences(work, reading, stored, now)
            work.commit()
        return reading

    def _read(self, work: UnitOfWork, content: CalendarContent) -> CalendarReading:
        names = work.people.find_names(list_known_addresses(self.routes))
        return read_absences(content, find_known_people(self.routes, names))


def _store_absences(work: UnitOfWork, reading: CalendarReading, stored: list[Absence], now: datetime) -> None:
    wanted = {each.key: each for each in reading.absences if each.ends_at > now}
    for row in stored:
        absence = wanted.pop(row.key, None)
        if row.ended_at is not None:
            continue  # the person is back, which a calendar can't know
        if absence is None:
            work.absences.update(_end_absence(row, now))
        elif (row.ends_at, row.stand_in) != (absence.ends_at, absence.stand_in):
            work.absences.update(_change_absence(row, absence, now))
    for absence in wanted.values():
        work.absences.add(_build_row(absence, now))


def _build_row(absence: CalendarAbsence, now: datetime) -> Absence:
    return Absence(
        person=absence.person,
        starts_at=absence.starts_at,
        ends_at=absence.ends_at,
        stand_in=absence.stand_in,
        source=AbsenceSource.CALENDAR,
        made_at=now,
        key=absence.key,
        check_at=max(now, absence.starts_at),
    )


def _change_absence(row: Absence, absence: CalendarAbsence, now: datetime) -> Absence:
    return replace(
        row,
        ends_at=absence.ends_at,
        stand_in=absence.stand_in,
        check_at=max(now, row.starts_at),
        checked_seq=0,
    )


def _end_absence(row: Absence, now: datetime) -> Absence:
    """Return the absence ended now; one that has not begun changes no review.

    `ended_at` stays the person's own word: an event that comes back is an absence again.
    """
    is_in_effect = row.starts_at <= now
    return replace(row, ends_at=now, check_at=now if is_in_effect else None, checked_seq=0)
