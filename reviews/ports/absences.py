"""The repository of absences."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class AbsenceSource(StrEnum):
    """Where an absence comes from."""

    CHAT = "chat"
    PAGE = "page"
    CALENDAR = "calendar"


@dataclass(frozen=True, kw_only=True)
class Absence:
    """A person is away from `starts_at` until `ends_at`, or until they came back earlier, at `ended_at`.

    It is one interval. Those of a person may overlap: `reviews.absences.intervals` says what counts when.
    `person` and `stand_in` are addresses; without a stand-in the deputies of each route stand in. `key` names
    the event of a calendar. `check_at` is when the reviews of the person are gone through next, `checked_seq`
    how far the present round has come.
    """

    person: str
    starts_at: datetime
    ends_at: datetime
    stand_in: str | None
    source: AbsenceSource
    made_at: datetime
    key: str = ""
    ended_at: datetime | None = None
    check_at: datetime | None = None
    checked_seq: int = 0
    id: int = 0
    """Its number; 0 before it is stored."""

    @property
    def end(self) -> datetime:
        """When the person is back."""
        return self.ends_at if self.ended_at is None else min(self.ended_at, self.ends_at)

    @property
    def precedence(self) -> tuple[bool, datetime, int]:
        """Of several absences in effect the highest counts: a declared one over a calendar's, the newest."""
        return self.source is not AbsenceSource.CALENDAR, self.made_at, self.id

    def is_in_effect(self, at: datetime) -> bool:
        return self.starts_at <= at < self.end


class AbsenceRepository(Protocol):
    """The absences of owners, deputies and those who stand in for them. Addresses are compared casefolded."""

    def add(self, absence: Absence) -> Absence:
        """Store a new absence and return it with its number."""
        ...

    def update(self, absence: Absence) -> None:
        """Store all members of an absence that has a number."""
        ...

    def get(self, absence_id: int, *, lock: bool = False) -> Absence | None: ...

    def list_of_people(self, people: Iterable[str], *, not_ended_by: datetime) -> list[Absence]:
        """Return the absences of these people that end after then, the first to begin first."""
        ...

    def list_naming(self, stand_ins: Iterable[str], *, not_ended_by: datetime) -> list[Absence]:
        """Return the absences that end after then and name one of these people as the stand-in."""
        ...

    def lock_declarations(self) -> None:
        """Wait until no other transaction declares or ends an absence, and hold off others until the end.

        So no two people name each other at the same time, and no one is stored as away twice.
        """
        ...

    def list_of_source(self, source: AbsenceSource, *, not_ended_by: datetime) -> list[Absence]:
        """Return the absences from a source that end after then."""
        ...

    def list_due_ids(self, now: datetime, limit: int) -> list[int]:
        """Return the numbers of absences whose reviews are to be gone through by now, in that order."""
        ...

    def has_any_due(self, *, since: datetime, until: datetime) -> bool:
        """Return whether reviews are to be gone through that were due between these times."""
        ...

    def plan_missing_checks(self, now: datetime) -> int:
        """Have the reviews of those gone through now whose next check is missing or too late.

        Too late is after their absence begins, or ends. A clock that was ahead for a while may have begun or
        ended it. Return their number.
        """
        ...

    def remove_ended(self, before: datetime, limit: int) -> int:
        """Remove absences that ended before then and have nothing left to do; return their number."""
        ...
