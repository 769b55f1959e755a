"""What the events of a calendar say: who is away until when, and who stands in. Docs: `docs/calendar.md`."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, time
from hashlib import sha256
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reviews.absences.known_people import AmbiguousName

if TYPE_CHECKING:
    from datetime import date, tzinfo

    from reviews.absences.known_people import KnownPeople, KnownPerson
    from reviews.ports.calendars import CalendarContent, CalendarEvent

KEY_LENGTH = 32
"""Hexadecimal digits of a digest."""
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]{1,64}@[^\s<>()\[\],;:@\"]{1,255}")


@dataclass(frozen=True, kw_only=True)
class CalendarAbsence:
    """An absence of a known person; `key` distinguishes it from all others of the calendar."""

    key: str
    person: str
    starts_at: datetime
    ends_at: datetime
    stand_in: str | None


@dataclass(frozen=True, kw_only=True)
class CalendarReading:
    """The absences in a calendar, and what of it was ignored, in occurrences."""

    absences: tuple[CalendarAbsence, ...]
    people: int
    without_person: int
    ambiguous: int
    unknown_stand_ins: int


def read_absences(content: CalendarContent, directory: KnownPeople) -> CalendarReading:
    """Return the absences of known people."""
    zone = ZoneInfo(content.zone) if content.zone else None
    absences: dict[str, CalendarAbsence] = {}
    ignored: Counter[str] = Counter()
    for event in content.events:
        try:
            persons = find_persons(event, directory)
        except AmbiguousName:
            ignored["ambiguous"] += 1
            continue
        ignored["without_person"] += not persons
        for person in persons:
            absence = _build_absence(event, person, directory, zone)
            if absence is None:
                continue
            absences[absence.key] = absence
            ignored["unknown_stand_ins"] += (
                event.stand_in is not None and directory.find(event.stand_in) is None
            )
    return CalendarReading(
        absences=tuple(absences.values()),
        people=len({each.person for each in absences.values()}),
        without_person=ignored["without_person"],
        ambiguous=ignored["ambiguous"],
        unknown_stand_ins=ignored["unknown_stand_ins"],
    )


def find_persons(event: CalendarEvent, directory: KnownPeople) -> list[KnownPerson]:
    """Return who is away during an event; raise `AmbiguousName` if its summary names one of several.

    Whom the summary names is meant, and no one else: the others who take part in `Anna Berg: holiday` only
    should know. Else those who take part are; in an event without attendees, who made it.
    """
    named = directory.find_all(each.rstrip(".") for each in _ADDRESS.findall(event.summary))
    if named:
        return named
    person = directory.find_by_beginning(event.summary)
    if person is not None:
        return [person]
    if event.has_attendees:
        return directory.find_all(event.attendees)
    return directory.find_all([event.organizer] if event.organizer else [])


def _build_absence(
    event: CalendarEvent, person: KnownPerson, directory: KnownPeople, zone: tzinfo | None
) -> CalendarAbsence | None:
    starts_at, ends_at = (
        _find_moment(each, zone or person.zone) for each in (event.starts_at, event.ends_at)
    )
    if ends_at <= starts_at:
        return None
    stand_in = directory.find(event.stand_in)
    if stand_in == person:
        stand_in = None
    return CalendarAbsence(
        key=_build_key(event.uid, starts_at, person),
        person=person.address,
        starts_at=starts_at,
        ends_at=ends_at,
        stand_in=stand_in.address if stand_in else None,
    )


def _find_moment(value: date, zone: tzinfo) -> datetime:
    """Return a time in UTC; a date is its first moment in the zone."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(), zone)
    elif value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    return value.astimezone(UTC)


def _build_key(uid: str, starts_at: datetime, person: KnownPerson) -> str:
    """Return what is the same as long as an event begins at this time; other readers can't guess its UID."""
    parts = f"{starts_at.isoformat()}\n{person.address}\n{uid}"
    return sha256(parts.encode()).hexdigest()[:KEY_LENGTH]
