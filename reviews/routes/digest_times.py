"""When a digest of reviews is due: daily or weekly, at a local time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from reviews.routes.working_time import WorkingHours

DAILY, WEEKLY = "daily", "weekly"
DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MAX_SEARCHED_DAYS = 400
_PATTERN = re.compile(
    f"(?:{DAILY}|(?:{WEEKLY} )?(?P<day>{'|'.join(DAY_NAMES).lower()}))"
    " (?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5][0-9])"
)


@dataclass(frozen=True)
class DigestTimes:
    """A local time, each working day or on one day of the week (0 is Monday).

    A time that the clock skips is when the hour before it ends, so an hour later by the clock; of one that
    comes twice the first counts.
    """

    at: time
    weekday: int | None = None

    @classmethod
    def parse(cls, text: str) -> DigestTimes:
        """Read `daily 09:00` or `Mon 09:00`; `ValueError` says how they look."""
        form = _PATTERN.fullmatch(" ".join(text.lower().split()))
        if form is None:
            raise ValueError(f'{text!r} is not a time for digests: write "daily 09:00" or "Mon 09:00"')
        day = form["day"]
        at = time(int(form["hour"]), int(form["minute"]))
        return cls(at=at, weekday=DAY_NAMES.index(day.capitalize()) if day else None)

    @property
    def is_weekly(self) -> bool:
        return self.weekday is not None

    def __str__(self) -> str:
        return f"{DAILY if self.weekday is None else DAY_NAMES[self.weekday]} {self.at:%H:%M}"

    def find_last(self, now: datetime, hours: Sequence[WorkingHours]) -> datetime | None:
        """Return the latest time (UTC) up to `now` at which a digest was due; `None` where none was.

        The zone is that of the first hours. A daily digest is due on the working days of any of them.
        """
        return self._search(now, hours, step=-1)

    def find_next(self, now: datetime, hours: Sequence[WorkingHours]) -> datetime | None:
        """Return the first time (UTC) after `now` at which a digest is due."""
        return self._search(now, hours, step=1)

    def _search(self, now: datetime, hours: Sequence[WorkingHours], *, step: int) -> datetime | None:
        zone = hours[0].zone
        # From a day further on, since a clock that is put back may repeat the end of a day.
        first = now.astimezone(zone).date() - timedelta(days=step)
        for number in range(MAX_SEARCHED_DAYS):
            day = first + timedelta(days=step * number)
            due = datetime.combine(day, self.at, zone).astimezone(UTC)
            if self._is_day(day, hours) and (due <= now if step < 0 else due > now):
                return due
        return None

    def _is_day(self, day: date, hours: Sequence[WorkingHours]) -> bool:
        if self.weekday is not None:
            return day.weekday() == self.weekday
        return any(each.is_working_day(day) for each in hours)
