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
    """Have the rows of the calendar be those that it has now. What people declared is not touched.

    Who is away then has their reviews gone through at once: it may be said when they are back.
    """
    wanted = {(each.key, each.starts_at): each for each in reading.absences if each.ends_at > now}
    for row in stored:
        if row.ended_at is not None:
            _leave_out(work, row, wanted)
    away = _list_away(work, {each.person for each in wanted.values()}, now)
    for row in stored:
        if row.ended_at is not None:
            continue
        absence = wanted.pop((row.key, row.starts_at), None)
        if absence is None:
            work.absences.update(_end_absence(row, now))
        elif row.ends_at != absence.ends_at:
            check_at = now if row.person in away else max(now, row.starts_at)
            after = replace(row, ends_at=absence.ends_at, check_at=check_at, checked_seq=0)
            work.absences.update(after)
    for absence in wanted.values():
        is_away = absence.person.casefold() in away
        work.absences.add(_build_row(absence, now, check_at=now if is_away else max(now, absence.starts_at)))


def _leave_out(work: UnitOfWork, row: Absence, wanted: dict[tuple[str, datetime], CalendarAbsence]) -> None:
    """Leave out what the calendar has now of an event from which the person is back, which it can't know.

    That is the event as long as it shares some time with what it was, even if it begins or ends elsewhere.
    """
    end = row.ends_at
    for place, absence in list(wanted.items()):
        if absence.key == row.key and absence.starts_at < end and row.starts_at < absence.ends_at:
            del wanted[place]
            end = max(end, absence.ends_at)
    if end != row.ends_at:
        work.absences.update(replace(row, ends_at=end))


def _list_away(work: UnitOfWork, people: set[str], now: datetime) -> set[str]:
    absences = work.absences.list_of_people(people, not_ended_by=now)
    return {each.person for each in absences if each.is_in_effect(now)}


def _build_row(absence: CalendarAbsence, now: datetime, *, check_at: datetime) -> Absence:
    return Absence(
        person=absence.person,
        starts_at=absence.starts_at,
        ends_at=absence.ends_at,
        stand_in=None,
        source=AbsenceSource.CALENDAR,
        made_at=now,
        key=absence.key,
        check_at=check_at,
    )


def _end_absence(row: Absence, now: datetime) -> Absence:
    """Return the absence ended now; one that has not begun changes no review.

    `ended_at` stays the person's own word: an event that comes back is an absence again.
    """
    is_in_effect = row.starts_at <= now
    return replace(row, ends_at=now, check_at=now if is_in_effect else None, checked_seq=0)
