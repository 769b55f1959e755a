"""Whether a change joins a bulk review: one sweep, one minute, or one person in one folder caused many.

A flood is recognized by when events arrived, not by when they were handled, which may take longer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from reviews.bulk_reviews.file_views import make_bulk_file
from reviews.bulk_reviews.joining import Joining, is_untouched
from reviews.bulk_reviews.pending_files import find_pending, select_on_route
from reviews.changes.change import Flood
from reviews.changes.event_timing import WEBHOOK_TIMING
from reviews.ports.gatherings import ONE_MINUTE, Arrival, Gathering
from reviews.tree import FOLDER_ID_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from reviews.changes.change import Change
    from reviews.changes.event_timing import EventTiming
    from reviews.identity import Person
    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Route, Routes

MAX_OTHER_REVIEWS = 200
"""Largest number of open reviews of other causes that may lie between those of one cause."""
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

    def is_shared_by(self, other: Arrival, *, at: datetime, route: Route) -> bool:
        """Return whether another change has this cause, one change of which arrived `at`."""
        apart = abs(other.arrived_at - at)
        if self.kind is CauseKind.SWEEP:
            return other.from_sweep
        if other.from_sweep:
            return False
        if self.kind is CauseKind.MINUTE:
            return apart <= ONE_MINUTE
        return other.folder == self.folder and self.who in other.people and apart <= route.max_wait


@dataclass(frozen=True, kw_only=True)
class BulkReviews:
    """Decides whether a change joins a bulk review."""

    joining: Joining
    routes: Routes
    timing: EventTiming = WEBHOOK_TIMING

    def add_change(self, work: UnitOfWork, change: Change, alone: Review) -> Review | None:
        """Add the file of a change to the bulk review of its cause; `None` if it gets its own review.

        `alone` is the review of the file that is opened otherwise.

        The bulk review is opened with the first file of a cause that touches more files than the route
        handles one by one. Reviews that the same cause opened one by one moments before become part of it.
        """
        if (
            change.route.bulk is None
            or change.arrived_at is None
            or change.subject.startswith(FOLDER_ID_PREFIX)
        ):
            return None
        possible_causes = list_causes(change)
        survey = work.gatherings.survey(
            change.route.name,
            [cause.key for cause in possible_causes],
            subject=change.subject,
            arrived_at=change.arrived_at,
            window=_get_window(change.route),
            count_to=change.route.bulk,
        )
        for gathering in survey.gatherings:
            if not is_same_flood(gathering, change.arrived_at, change.route):
                continue
            review = work.reviews.lock(gathering.review_id)
            if review is None or not is_untouched(review):
                continue
            if work.bulk_files.get(review.id, alone.file_id) is not None:
                return None  # it was taken out, for a separate review
            file = make_bulk_file(alone, joined_at=alone.opened_at)
            return self.joining.add_file(
                work, review, change.route, file, arrived=change.arrived_at, events=change.events
            )
        if survey.others < change.route.bulk:
            return None
        return self._open_if_flood(work, change, alone, possible_causes, survey.gatherings)

    def _open_if_flood(
        self,
        work: UnitOfWork,
        change: Change,
        alone: Review,
        possible_causes: list[Cause],
        earlier_gatherings: list[Gathering],
    ) -> Review | None:
        route, at = change.route, change.arrived_at
        if at is None or route.bulk is None:
            return None
        others = self._list_arrivals(work, change, at)
        for cause in possible_causes:
            same_cause = [each for each in others if cause.is_shared_by(each, at=at, route=route)]
            if len({each.file_id for each in same_cause}) >= route.bulk:
                ended_ids = [each.review_id for each in earlier_gatherings if each.cause == cause.key]
                file = make_bulk_file(alone, joined_at=alone.opened_at)
                review = self.joining.open_review(work, change, cause.key, file, over=ended_ids)
                review = self.joining.add_file(work, review, route, file, arrived=at, events=change.events)
                for each in sorted(same_cause, key=lambda other: other.arrived_at):
                    review = self.joining.absorb(work, review, route, each)
                return review
        return None

    def _list_arrivals(self, work: UnitOfWork, change: Change, at: datetime) -> list[Arrival]:
        """Return other arrivals that may have the same cause; none if too few for a flood."""
        route = change.route
        threshold = route.bulk or 0
        window = _get_window(route)
        recent = work.gatherings.list_recent_reviews(
            route.name, since=at - window, limit=threshold + MAX_OTHER_REVIEWS
        )
        pending = find_pending(work, at=at, window=window)
        other_pending = [self._mark_punctual(each) for each in pending if each.file_id != change.subject]
        if len({each.file_id for each in (*recent, *other_pending)}) < threshold:
            return []
        known_folder = change.folders[-1] if change.folders else ""
        return [
            *recent,
            *select_on_route(work, other_pending, route, routes=self.routes, known_folder=known_folder),
        ]

    def _mark_punctual(self, pending: Arrival) -> Arrival:
        """Return a file that a sweep found in time as one that was delivered, as `list_causes` does."""
        delay = pending.arrived_at - (pending.happened_at or pending.arrived_at)
        return replace(pending, from_sweep=pending.from_sweep and self.timing.is_late(delay))

    def find_flood(self, work: UnitOfWork, review: Review, change: Change) -> Flood | None:
        """Return the flood by which a file of a bulk review changed again; `None` if it changed alone.

        A later cause that changes many of its files again is another flood, one for each hour in which it
        arrives.
        """
        if change.arrived_at is None:
            return None
        keys = [cause.key for cause in list_causes(change)]
        for gathering in work.gatherings.list_by_cause(review.route, keys):
            if gathering.review_id == review.id and is_same_flood(gathering, change.arrived_at, change.route):
                return Flood(review=review)
        if work.events.has_low_priority(min(change.events)):
            return Flood(review=review, recurrence=f"{change.arrived_at:%Y-%m-%dT%H}")
        return None


def _get_window(route: Route) -> timedelta:
    """Return how far apart changes of one cause may arrive."""
    return max(route.max_wait, ONE_MINUTE)


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


def list_causes(change: Change) -> list[Cause]:
    """Return the possible causes of a change: for a late event only the sweep, else the widest first."""
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
