"""Up to when everything that happened in a watched folder is known to have been seen to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.changes.burst import find_event_time
from reviews.kinds import EventState
from reviews.language import _

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from reviews.model import StoredEvent
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.routing import Route, Routes
    from reviews.tree import Watermark

MAX_CALLS_PER_SECOND = 10
"""What the sweeps of all workers may ask of DocSpace, half of what it allows (facts on DocSpace, 4.1)."""
FOLDERS_PER_SECOND = 9
"""What is left of it for the logs of folders while the listings come round."""
INCOMPLETE_AFTER = timedelta(minutes=45)
MAX_LISTED_FOLDERS, MAX_COUNTED_FOLDERS = 100, 1000
"""So many folders are told of one by one; so many of a kind are counted."""


@dataclass(frozen=True, kw_only=True)
class Completeness:
    """Of one watched folder: each change up to `up_to` has been found and settled.

    `title` is of a private route its name, else the folder's, once `add_titles` has found one.
    `stopped_by` says to operators what keeps it from going on, where it does not go on by itself; `up_to` is
    `None` before the first look has come to its end. `listed_to` is up to when the whole listing was
    compared: what no log has is found with that.
    """

    folder_id: str
    title: str
    route: str
    up_to: datetime | None
    stopped_by: str | None
    listed_to: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CompletenessSummary:
    """How complete all watched folders are; the counts go up to `MAX_COUNTED_FOLDERS`.

    `unfinished` are those without a finished first look, `stopped` those whose last sweep did not get
    through, `late` those whose watermark is older than asked for. All are complete up to `earliest`.
    """

    watched: int
    unfinished: int
    stopped: int
    late: int
    earliest: datetime | None


def check_all_folders(work: UnitOfWork, routes: Routes) -> list[Completeness]:
    """Return how complete each watched folder is."""
    return check_folders(work, routes, sorted(routes.watched))


def check_folders(work: UnitOfWork, routes: Routes, folders: Sequence[str]) -> list[Completeness]:
    """Return how complete some watched folders are, in their order.

    The watermark says up to when everything has been found. What was found and is not settled holds it back:
    the pending for as long as they take, the given up until somebody replays them.
    """
    watched = {each: route for each in folders if (route := routes.match_folders([each])) is not None}
    # The marks are read first: what a sweep found is written down before its mark moves.
    marks = work.baselines.get_watermarks(list(watched))
    waiting = work.events.find_oldest_unsettled()
    return [
        Completeness(
            folder_id=folder,
            title=watched[folder].name if watched[folder].private else "",
            route=watched[folder].name,
            up_to=_find_complete_until(mark, waiting) if mark.finished_at else None,
            stopped_by=_explain_stop(mark, waiting),
            listed_to=mark.listed_at,
        )
        for folder, mark in marks.items()
    ]


def check_furthest_behind(work: UnitOfWork, routes: Routes) -> list[Completeness]:
    """Return how complete each watched folder is, or of very many those that are furthest behind."""
    if len(routes.watched) <= MAX_LISTED_FOLDERS:
        return check_all_folders(work, routes)
    behind = [
        *work.baselines.list_stopped(MAX_LISTED_FOLDERS // 2),
        *work.baselines.list_furthest_behind(MAX_LISTED_FOLDERS),
    ]
    return check_folders(work, routes, list(dict.fromkeys(behind))[:MAX_LISTED_FOLDERS])


def add_titles(work: UnitOfWork, found: Sequence[Completeness]) -> list[Completeness]:
    """Return the same with the titles of those folders of which DocSpace has told one."""
    titles = work.folders.get_titles([each.folder_id for each in found if not each.title])
    return [replace(each, title=each.title or titles.get(each.folder_id, "")) for each in found]


def summarize_folders(work: UnitOfWork, routes: Routes, *, before: datetime) -> CompletenessSummary:
    """Return how many watched folders are complete, and how many not even up to `before`.

    Reads a bounded number of rows of indexes, however many folders are watched.
    """
    counts = work.baselines.count_by_progress(before=before, most=MAX_COUNTED_FOLDERS)
    return CompletenessSummary(
        watched=len(routes.watched),
        unfinished=counts.unfinished,
        stopped=counts.stopped,
        late=counts.late,
        earliest=counts.earliest,
    )


def find_earliest(work: UnitOfWork, routes: Routes, some: Collection[Route]) -> datetime | None:
    """Return up to when all folders that some routes watch are complete; `None` while that is not known.

    Reads a bounded number of rows, however many folders are watched. Where `some` watch more folders than
    `MAX_COUNTED_FOLDERS`, those of all routes are looked at that are furthest behind. Where so many of other
    routes are further behind than any of these, it is known only that these are complete up to that time as
    well.
    """
    if sum(len(route.watch) for route in some) <= MAX_COUNTED_FOLDERS:
        folders = [each for route in some for each in route.watch if routes.match_folders([each]) is route]
        times = [each.up_to for each in check_folders(work, routes, folders)]
        return None if None in times else min(filter(None, times), default=None)
    behind = work.baselines.list_furthest_behind(MAX_COUNTED_FOLDERS)
    found = check_folders(work, routes, behind)
    names = {route.name for route in some}
    first = next((each for each in found if each.route in names), None)
    if first is None and found and len(behind) == MAX_COUNTED_FOLDERS:
        first = found[-1]
    return first.up_to if first else None


def find_allowed_age(routes: Routes, every: timedelta = timedelta()) -> timedelta:
    """Return how old a watermark may get before that is worth a word: of very many, a round takes longer.

    The worker's sweeps take a part of the calls that DocSpace allows, and an unchanged folder costs one.
    """
    return INCOMPLETE_AFTER + max(every, timedelta(seconds=len(routes.watched) / FOLDERS_PER_SECOND))


def describe_completeness(each: Completeness, when: str | None) -> str:
    """Return the line that people in a chat read; `when` is `up_to` as their chat writes a time."""
    told = _("complete up to {time}").format(time=when) if when else _("not fully checked yet")
    if each.stopped_by:
        stopped = _("{told}; the operator of docspace-review has to fix a problem before it continues")
        return stopped.format(told=told)
    return told


def _find_complete_until(mark: Watermark, waiting: StoredEvent | None) -> datetime | None:
    if mark.swept_to is None or waiting is None:
        return mark.swept_to
    return min(mark.swept_to, find_event_time(waiting))


def _explain_stop(mark: Watermark, waiting: StoredEvent | None) -> str | None:
    if mark.stopped_by:
        return mark.stopped_by
    dead = waiting is not None and waiting.state is EventState.DEAD
    if waiting and dead and mark.finished_at and mark.swept_to and find_event_time(waiting) <= mark.swept_to:
        return f"event {waiting.id} was given up: docspace-review events list says why; replay it"
    return None
