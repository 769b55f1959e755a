"""Whether changes have one cause: one sweep, one minute, or one person in one folder.

A flood is recognized by when events arrived, not by when they were handled, which may take longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from reviews.ports.bulk_files import ONE_MINUTE, Arrival, Gathering

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from reviews.changes.change import Change
    from reviews.identity import Person
    from reviews.routes.routing import Route

MAX_SWEEP_PAUSE = timedelta(minutes=10)
"""What comes after a longer pause belongs to the next sweep; usually these are 15 minutes apart."""
MAX_SWEEP_DURATION = timedelta(hours=2)
"""End of a flood even if sweeps are more frequent, or report one folder after another."""
MAX_ACTORS = 3
"""Largest number of people of one change who are each considered as a cause of many."""


class CauseKind(StrEnum):
    SWEEP = "sweep"
    MINUTE = "minute"
    ACTOR = "actor"


@dataclass(frozen=True, kw_only=True)
class Cause:
    """One cause on one route; for an actor also who it is, and in which folder."""

    kind: CauseKind
    who: str = ""
    folder: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.folder}:{self.who}" if self.kind is CauseKind.ACTOR else str(self.kind)

    def covers(self, other: Arrival, *, at: datetime, route: Route) -> bool:
        """Return whether another change has this cause, one change of which arrived `at`."""
        apart = abs(other.arrived - at)
        if self.kind is CauseKind.SWEEP:
            return other.found
        if other.found:
            return False
        if self.kind is CauseKind.MINUTE:
            return apart <= ONE_MINUTE
        return other.folder == self.folder and self.who in other.people and apart <= route.max_wait


def is_same_flood(gathering: Gathering, arrived: datetime, route: Route) -> bool:
    """Return whether a change of the same cause that arrived then belongs to the same flood.

    A flood by the minute lasts while each minute brings more files than the route handles one by one. Like
    that of one person it lasts at most `max_wait`. A sweep lasts as long as it takes, but without a limit the
    next sweep's results would join silently.
    """
    if gathering.cause == CauseKind.SWEEP:
        gap = min(route.max_wait, MAX_SWEEP_PAUSE)
        until = min(
            gathering.arrived_to + gap, gathering.arrived_from + max(route.max_wait, MAX_SWEEP_DURATION)
        )
        return gathering.arrived_from - gap <= arrived <= until
    if gathering.cause == CauseKind.MINUTE:
        is_in_time = _is_in_time(gathering, arrived, max(route.max_wait, ONE_MINUTE))
        return is_in_time and _is_dense(gathering, arrived, route)
    return _is_in_time(gathering, arrived, route.max_wait)


def start_gathering(
    review_id: str, route: str, cause: Cause, *, arrived: datetime, now: datetime
) -> Gathering:
    """Return the gathering of a bulk review before its first file."""
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


def list_causes(change: Change) -> list[Cause]:
    """Return the possible causes of a change: for a missed event only the sweep, else the widest first."""
    if change.seen_late is not None:
        return [Cause(kind=CauseKind.SWEEP)]
    folder = change.folders[-1] if change.folders else ""
    actors = [
        Cause(kind=CauseKind.ACTOR, who=who, folder=folder) for who in sorted(list_person_keys(change.doers))
    ]
    return [Cause(kind=CauseKind.MINUTE), *actors[:MAX_ACTORS]]


def list_person_keys(people: Iterable[Person]) -> frozenset[str]:
    return frozenset(who.id or who.name for who in people)


def _is_in_time(gathering: Gathering, arrived: datetime, longest: timedelta) -> bool:
    return gathering.arrived_from - ONE_MINUTE <= arrived <= gathering.arrived_from + longest


def _is_dense(gathering: Gathering, arrived: datetime, route: Route) -> bool:
    minutes = 2 if gathering.minute_count > (route.bulk or 0) else 1
    return arrived < gathering.minute_from + minutes * ONE_MINUTE
