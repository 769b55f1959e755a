"""Completeness: the time up to which all changes in a watched folder have been handled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.changes.burst import find_event_time
from reviews.kinds import EventState
from reviews.language import _
from reviews.sweep.reconciliation import describe_unexplained

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from reviews.model import StoredEvent
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Route, Routes
    from reviews.tree import Watermark

MAX_CALLS_PER_SECOND = 10
"""Calls to DocSpace for the sweeps of all workers, half of its rate limit (facts on DocSpace, 4.1)."""
FOLDERS_PER_SECOND = 9
"""The part of these calls that remains for folder logs while listings are also compared."""
INCOMPLETE_AFTER = timedelta(minutes=45)
INCOMPLETE_AFTER_WITHOUT_WEBHOOK = timedelta(minutes=10)
"""A folder that is not swept then has no changes at all, and beside a webhook only no missed ones."""
MAX_LISTED_FOLDERS, MAX_COUNTED_FOLDERS = 100, 1000
"""Largest number of folders that are listed one by one, and that are counted by kind."""


@dataclass(frozen=True, kw_only=True)
class Completeness:
    """For one watched folder: each change up to `up_to` was detected and settled.

    `title` is the route's name if that is private, else the folder's title once `add_titles` has set it.
    `stopped_by` explains to operators what stops the sweep if it doesn't continue by itself. `up_to` is
    `held_by` says what it waits for if it will continue by itself. `up_to` is
    `None` before the baseline is complete; `since` is when it was. `swept_to` is the time up to which all
    changes were detected, or when the baseline was begun. `listed_to` is the time up to which the whole
    listing was compared: this detects changes that are in no log.
    """

    folder_id: str
    title: str
    route: str
    up_to: datetime | None
    stopped_by: str | None
    held_by: str | None = None
    since: datetime | None = None
    swept_to: datetime | None = None
    listed_to: datetime | None = None

    @property
    def incomplete_since(self) -> datetime | None:
        """The time from which on it is not complete; `None` if its baseline was never begun."""
        return self.up_to or self.swept_to


@dataclass(frozen=True, kw_only=True)
class CompletenessSummary:
    """The completeness of all watched folders; the counts go up to `MAX_COUNTED_FOLDERS`.

    `unfinished` are those without a complete baseline, `stopped` those whose last sweep failed, `late` those
    whose watermark is older than the requested time. All are complete up to `earliest`.
    """

    watched: int
    unfinished: int
    stopped: int
    late: int
    earliest: datetime | None


def check_all_folders(work: UnitOfWork, routes: Routes) -> list[Completeness]:
    """Return the completeness of each watched folder."""
    return check_folders(work, routes, sorted(routes.watched))


def check_folders(work: UnitOfWork, routes: Routes, folders: Sequence[str]) -> list[Completeness]:
    """Return the completeness of some watched folders, in their order.

    The watermark is the time up to which all changes were detected. Unsettled events hold it back: pending
    ones until they are handled, dead letters until an operator replays them.
    """
    watched = {each: route for each in folders if (route := routes.match_folders([each])) is not None}
    # The watermarks are read first: a sweep stores its events before its watermark moves.
    marks = work.baselines.get_watermarks(list(watched))
    unexplained = work.baselines.list_unexplained(list(watched))
    oldest_event = work.events.find_oldest_unsettled()
    return [
        Completeness(
            folder_id=folder,
            title=watched[folder].name if watched[folder].private else "",
            route=watched[folder].name,
            up_to=_find_complete_until(mark, oldest_event) if mark.finished_at else None,
            stopped_by=_explain_stop(mark, oldest_event),
            held_by=describe_unexplained(unexplained.get(folder, ())),
            since=mark.finished_at,
            swept_to=mark.swept_to,
            listed_to=mark.listed_at and mark.swept_to and min(mark.listed_at, mark.swept_to),
        )
        for folder, mark in marks.items()
    ]


def check_furthest_behind(work: UnitOfWork, routes: Routes) -> list[Completeness]:
    """Return the completeness of each watched folder, or of very many those furthest behind."""
    if len(routes.watched) <= MAX_LISTED_FOLDERS:
        return check_all_folders(work, routes)
    behind = [
        *work.baselines.list_stopped(MAX_LISTED_FOLDERS // 2),
        *work.baselines.list_furthest_behind(MAX_LISTED_FOLDERS),
    ]
    return check_folders(work, routes, list(dict.fromkeys(behind))[:MAX_LISTED_FOLDERS])


def add_titles(work: UnitOfWork, folders: Sequence[Completeness]) -> list[Completeness]:
    """Return the same with the stored titles of those folders whose title came from DocSpace."""
    titles = work.folders.get_titles([each.folder_id for each in folders if not each.title])
    return [replace(each, title=each.title or titles.get(each.folder_id, "")) for each in folders]


def summarize_folders(work: UnitOfWork, routes: Routes, *, before: datetime) -> CompletenessSummary:
    """Return how many watched folders are complete, and how many not even up to `before`.

    It reads a bounded number of rows of indexes, however many folders are watched.
    """
    counts = work.baselines.count_by_progress(before=before, limit=MAX_COUNTED_FOLDERS)
    return CompletenessSummary(
        watched=len(routes.watched),
        unfinished=counts.unfinished,
        stopped=counts.stopped,
        late=counts.late,
        earliest=counts.earliest,
    )


def find_earliest(work: UnitOfWork, routes: Routes, selected_routes: Collection[Route]) -> datetime | None:
    """Return the time up to which all folders of some routes are complete; `None` if there is none yet.

    It reads a bounded number of rows, however many folders are watched. If `selected_routes` watch more
    folders than `MAX_COUNTED_FOLDERS`, the folders of all routes that are furthest behind are checked. If all
    of those belong to other routes, the result is only a time up to which these are complete as well.
    """
    if sum(len(route.watch) for route in selected_routes) <= MAX_COUNTED_FOLDERS:
        folders = [
            each for route in selected_routes for each in route.watch if routes.match_folders([each]) is route
        ]
        times = [each.up_to for each in check_folders(work, routes, folders)]
        return None if None in times else min(filter(None, times), default=None)
    behind = work.baselines.list_furthest_behind(MAX_COUNTED_FOLDERS)
    furthest_behind = check_folders(work, routes, behind)
    names = {route.name for route in selected_routes}
    first = next((each for each in furthest_behind if each.route in names), None)
    if first is None and furthest_behind and len(behind) == MAX_COUNTED_FOLDERS:
        first = furthest_behind[-1]
    return first.up_to if first else None


def find_allowed_age(
    routes: Routes, interval: timedelta = timedelta(), *, has_webhook: bool = True
) -> timedelta:
    """Return how old a watermark may get before a warning: with very many folders, a round takes longer.

    The worker's sweeps use a part of the calls that DocSpace allows, and an unchanged folder costs one, or
    two without a webhook. What waits for further changes of its file holds a watermark back, too.
    """
    round_seconds = len(routes.watched) / FOLDERS_PER_SECOND
    if has_webhook:
        return INCOMPLETE_AFTER + max(interval, timedelta(seconds=round_seconds))
    longest_wait = max((route.max_wait for route in routes.all), default=timedelta())
    return (
        INCOMPLETE_AFTER_WITHOUT_WEBHOOK + longest_wait + max(interval, timedelta(seconds=2 * round_seconds))
    )


def describe_completeness(folder: Completeness, formatted_time: str | None) -> str:
    """Return the line that people in a chat read; `formatted_time` is `up_to` in their chat's time format."""
    line = (
        _("complete up to {time}").format(time=formatted_time)
        if formatted_time
        else _("not fully checked yet")
    )
    if folder.stopped_by:
        stopped = _("{told}; the operator of docspace-review has to fix a problem before it continues")
        return stopped.format(told=line)
    return line


def _find_complete_until(mark: Watermark, oldest_event: StoredEvent | None) -> datetime | None:
    if mark.swept_to is None or oldest_event is None:
        return mark.swept_to
    return min(mark.swept_to, find_event_time(oldest_event))


def _explain_stop(mark: Watermark, oldest_event: StoredEvent | None) -> str | None:
    if mark.stopped_by:
        return mark.stopped_by
    dead = oldest_event is not None and oldest_event.state is EventState.DEAD
    if (
        oldest_event
        and dead
        and mark.finished_at
        and mark.swept_to
        and find_event_time(oldest_event) <= mark.swept_to
    ):
        return f"event {oldest_event.id} was given up: docspace-review events list says why; replay it"
    return None
