"""Whether changes come of one cause: one sweep, one minute, or one person in one folder.

A flood is told by when events arrived, not by when they were handled, which may take longer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from reviews.duties import Change
    from reviews.model import ChangeKind, Person
    from reviews.routing import Route

A_MINUTE = timedelta(minutes=1)
BETWEEN_SWEEPS = timedelta(minutes=10)
"""What is found after a longer pause is of the next sweep; these are a quarter of an hour apart, usually."""
LONGEST_SWEEP = timedelta(hours=2)
"""Where sweeps come more often, or find something in one folder after another, a flood ends all the same."""
MOST_ACTORS = 3
"""People of one change who are each looked at as a cause of many."""


class CauseKind(StrEnum):
    SWEEP = "sweep"
    MINUTE = "minute"
    ACTOR = "actor"


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What tells the cause of a change: when its first event arrived, in which folder, and by whom.

    `people` are ids of DocSpace, or names where there is none. `found` says that the gap sweep found it.
    `review_id` is the open review of the file, where the change has opened one.
    """

    file_id: str
    folder: str
    people: frozenset[str]
    arrived: datetime
    found: bool
    review_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Cause:
    """One cause on one route; of an actor also who it is and in which folder."""

    kind: CauseKind
    who: str = ""
    folder: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.folder}:{self.who}" if self.kind is CauseKind.ACTOR else str(self.kind)

    def covers(self, other: Arrival, *, at: datetime, route: Route) -> bool:
        """Tell whether another change comes of this cause, of which one change arrived `at`."""
        apart = abs(other.arrived - at)
        if self.kind is CauseKind.SWEEP:
            return other.found
        if other.found:
            return False
        if self.kind is CauseKind.MINUTE:
            return apart <= A_MINUTE
        return other.folder == self.folder and self.who in other.people and apart <= route.max_wait


@dataclass(frozen=True, kw_only=True)
class Gathering:
    """What a bulk review has gathered, beside its own row.

    Files arrived from `arrived_from` to `arrived_to`. In a flood by the minute, `minute_count` of them did in
    the newest minute, which began at `minute_from`; for other causes these two mean nothing.
    """

    review_id: str
    route: str
    cause: str
    count: int
    kinds: Mapping[str, int]
    arrived_from: datetime
    arrived_to: datetime
    minute_from: datetime
    minute_count: int
    joined_at: datetime

    def takes(self, arrived: datetime, route: Route) -> bool:
        """Tell whether a change of the same cause that arrived then belongs to the same flood.

        A flood by the minute lasts while each minute brings more files than the route lets through one by
        one, and like that of one person at most `max_wait`. A sweep lasts as long as it takes, but what the
        next one finds would join without a word.
        """
        if self.cause == CauseKind.SWEEP:
            gap = min(route.max_wait, BETWEEN_SWEEPS)
            until = min(self.arrived_to + gap, self.arrived_from + max(route.max_wait, LONGEST_SWEEP))
            return self.arrived_from - gap <= arrived <= until
        if self.cause == CauseKind.MINUTE:
            return self._is_in_time(arrived, max(route.max_wait, A_MINUTE)) and self._is_dense(arrived, route)
        return self._is_in_time(arrived, route.max_wait)

    def _is_in_time(self, arrived: datetime, longest: timedelta) -> bool:
        return self.arrived_from - A_MINUTE <= arrived <= self.arrived_from + longest

    def _is_dense(self, arrived: datetime, route: Route) -> bool:
        minutes = 2 if self.minute_count > (route.bulk or 0) else 1
        return arrived < self.minute_from + minutes * A_MINUTE

    def joined(self, kind: ChangeKind, arrived: datetime, now: datetime) -> Gathering:
        """Return what is gathered with one more file."""
        is_next = arrived >= self.minute_from + A_MINUTE
        return replace(
            self,
            count=self.count + 1,
            kinds=_counted(self.kinds, kind, 1),
            arrived_from=min(self.arrived_from, arrived),
            arrived_to=max(self.arrived_to, arrived),
            minute_from=self.minute_from + A_MINUTE if is_next else self.minute_from,
            minute_count=1 if is_next else self.minute_count + 1,
            joined_at=now,
        )

    def without(self, kind: ChangeKind) -> Gathering:
        """Return what is gathered without one file."""
        return replace(self, count=self.count - 1, kinds=_counted(self.kinds, kind, -1))

    def became(self, before: ChangeKind, after: ChangeKind) -> Gathering:
        """Return what is gathered when a file changed again."""
        return replace(self, kinds=_counted(_counted(self.kinds, before, -1), after, 1))


def begin(review_id: str, route: str, cause: Cause, *, arrived: datetime, now: datetime) -> Gathering:
    """Return what a bulk review has gathered before its first file."""
    return Gathering(
        review_id=review_id,
        route=route,
        cause=cause.key,
        count=0,
        kinds={},
        arrived_from=arrived,
        arrived_to=arrived,
        minute_from=arrived,
        minute_count=0,
        joined_at=now,
    )


def causes_of(change: Change) -> list[Cause]:
    """Return what a change may come of: what the sweep found of the sweep alone, else the widest first."""
    if change.seen_late is not None:
        return [Cause(kind=CauseKind.SWEEP)]
    folder = change.folders[-1] if change.folders else ""
    actors = [Cause(kind=CauseKind.ACTOR, who=who, folder=folder) for who in sorted(keys_of(change.doers))]
    return [Cause(kind=CauseKind.MINUTE), *actors[:MOST_ACTORS]]


def keys_of(people: Iterable[Person]) -> frozenset[str]:
    return frozenset(who.id or who.name for who in people)


def _counted(kinds: Mapping[str, int], kind: ChangeKind, by: int) -> dict[str, int]:
    return {**kinds, str(kind): kinds.get(kind, 0) + by}
