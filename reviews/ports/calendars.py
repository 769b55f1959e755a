"""The calendar of absences, as it was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from reviews.errors import ReviewError

if TYPE_CHECKING:
    from datetime import date, datetime


class CalendarFailed(ReviewError):
    """The calendar can't be read; the message says why, in words for operators, without its address."""


@dataclass(frozen=True, kw_only=True)
class CalendarEvent:
    """One occurrence of an event.

    A time without a zone is that of a clock on the wall, and a date the whole day; `ends_at` is excluded.
    `attendees` are those who have accepted; `has_attendees` is true too if no one has.
    """

    uid: str
    starts_at: date
    ends_at: date
    summary: str
    attendees: tuple[str, ...] = ()
    has_attendees: bool = False
    organizer: str | None = None


@dataclass(frozen=True, kw_only=True)
class CalendarContent:
    """The occurrences of the next weeks, without those that are cancelled or tentative.

    `event_count` is the number of all events in the calendar, `unread` of those that could not be read or
    recur more often than daily; `zone` is the calendar's own time zone.
    """

    events: tuple[CalendarEvent, ...]
    event_count: int
    unread: int = 0
    zone: str | None = None


class CalendarReader(Protocol):
    """Reads the calendar of this installation."""

    def read(self, now: datetime) -> CalendarContent:
        """Return what is in the calendar from now on; raise `CalendarFailed`."""
        ...
