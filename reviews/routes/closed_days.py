"""Closed days: the days on which a route's people do not work, besides those of the week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, Protocol

if TYPE_CHECKING:
    from datetime import date


class HolidayCalendar(Protocol):
    """The public holidays of one country, or of one subdivision of a country.

    Threads share it, and it is asked about each day of each calculation, so a second question about a year
    has to be cheap.
    """

    @property
    def code(self) -> str:
        """Its name in the routing file: `LV`, or `DE-BY`."""

    def list_holidays(self, year: int) -> frozenset[date]:
        """Return the holidays of a year; none for a year without data."""


class FindCalendar(Protocol):
    """Return the calendar of a code; `ValueError` says why there is none, with the nearest codes."""

    def __call__(self, code: str) -> HolidayCalendar: ...


def refuse_calendar(code: str) -> NoReturn:
    """Refuse each calendar, where the reader of a routing file brings none."""
    raise ValueError(f"{code!r} can't be looked up: no public holidays are available here")


@dataclass(frozen=True, kw_only=True)
class ClosedDays:
    """The holidays of all its calendars, and single dates."""

    dates: frozenset[date] = frozenset()
    calendars: tuple[HolidayCalendar, ...] = ()

    def __contains__(self, day: date) -> bool:
        return day in self.dates or any(day in each.list_holidays(day.year) for each in self.calendars)


NO_CLOSED_DAYS = ClosedDays()
