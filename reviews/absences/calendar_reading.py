"""What the events of a calendar say: who is away until when, not who stands in. Docs: `docs/calendar.md`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from hashlib import sha256
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reviews.absences.known_people import UnclearTitle

if TYPE_CHECKING:
    from datetime import date, tzinfo

    from reviews.absences.known_people import KnownPeople, KnownPerson
    from reviews.ports.calendars import CalendarContent, CalendarEvent

KEY_LENGTH = 32
"""Hexadecimal digits of a digest."""


@dataclass(frozen=True, kw_only=True)
class CalendarAbsence:
    """An absence of a known person; `key` is that of the event, whichever its occurrence."""

    key: str
    person: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class UnclearEvent:
    """An event of which it is not clear who is away; `reason` is in words for operators."""

    title: str
    starts_at: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class CalendarReading:
    """The absences in a calendar, and what of it was ignored: `without_person` is in occurrences."""

    absences: tuple[CalendarAbsence, ...]
    people: int
    without_person: int
    unclear: tuple[UnclearEvent, ...]
    """Each event once."""


def read_absences(content: CalendarContent, directory: KnownPeople) -> CalendarReading:
    """Return the absences of known people."""
    zone = ZoneInfo(content.zone) if content.zone else None
    absences: dict[tuple[str, datetime], CalendarAbsence] = {}
    unclear: dict[str, UnclearEvent] = {}
    without_person = 0
    for event in content.events:
        try:
            persons = find_persons(event, directory)
        except UnclearTitle as error:
            described = UnclearEvent(title=event.summary, starts_at=event.starts_at, reason=str(error))
            unclear.setdefault(event.uid, described)
            continue
        without_person += not persons
        for person in persons:
            absence = _build_absence(event, person, zone)
            former = absences.get((absence.key, absence.starts_at))
            if absence.ends_at > max(absence.starts_at, former.ends_at if former else absence.starts_at):
                absences[absence.key, absence.starts_at] = absence
    return CalendarReading(
        absences=tuple(absences.values()),
        people=len({each.person for each in absences.values()}),
        without_person=without_person,
        unclear=tuple(unclear.values()),
    )


def find_persons(event: CalendarEvent, directory: KnownPeople) -> list[KnownPerson]:
    """Return who is away during an event, which has to be their own; raise `UnclearTitle` in doubt.

    Whom the title names is meant, and no one else: the others who take part in `Anna Berg: holiday` only
    should know. They made the event or have accepted it, unless it has neither organizer nor attendees.
    Without a name those are away who have accepted; in an event without attendees, who made it.
    """
    accepted = directory.find_all(event.attendees)
    made_by = directory.find(event.organizer)
    named = directory.find_named(event.summary)
    if named is not None:
        is_entry = event.organizer is None and not event.has_attendees
        if not is_entry and named not in (*accepted, made_by):
            raise UnclearTitle("it is not of the person in its title: others made it and have accepted it")
        return [named]
    if event.has_attendees:
        return accepted
    return [made_by] if made_by else []


def _build_absence(event: CalendarEvent, person: KnownPerson, zone: tzinfo | None) -> CalendarAbsence:
    starts_at, ends_at = (
        _find_moment(each, zone or person.zone) for each in (event.starts_at, event.ends_at)
    )
    return CalendarAbsence(
        key=_build_key(event.uid, person), person=person.address, starts_at=starts_at, ends_at=ends_at
    )


def _find_moment(value: date, zone: tzinfo) -> datetime:
    """Return a time in UTC; a date is its first moment in the zone."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(), zone)
    elif value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    return value.astimezone(UTC)


def _build_key(uid: str, person: KnownPerson) -> str:
    """Return what is the same as long as an event is there; other readers can't guess its UID."""
    return sha256(f"{person.address}\n{uid}".encode()).hexdigest()[:KEY_LENGTH]
