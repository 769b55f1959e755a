"""Up to when everything that happened in a watched folder is known to have been seen to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.burst import happened_at
from reviews.language import _
from reviews.model import EventState

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.model import StoredEvent
    from reviews.ports import UnitOfWork
    from reviews.routing import Routes
    from reviews.tree import Watermark


@dataclass(frozen=True, kw_only=True)
class Completeness:
    """Of one watched folder: each change up to `up_to` has been found and settled.

    `title` is the folder's, of a private route the route's name, and empty until DocSpace has told it.
    `stopped_by` says to operators what keeps it from going on, where it does not go on by itself; `up_to` is
    `None` before the first look has come to its end.
    """

    folder_id: str
    title: str
    route: str
    up_to: datetime | None
    stopped_by: str | None


def of_all(work: UnitOfWork, routes: Routes) -> list[Completeness]:
    """Return how complete each watched folder is.

    The watermark says up to when everything has been found. What was found and is not settled holds it back:
    the pending for as long as they take, the given up until somebody replays them.
    """
    watched = {folder: route for route in reversed(routes.all) for folder in route.watch}
    # The marks are read first: what a sweep found is written down before its mark moves.
    marks = work.baselines.marks(sorted(watched))
    unfinished = set(work.baselines.unfinished(list(marks)))
    waiting = work.events.oldest_unsettled()
    titles = work.folders.titles([folder for folder in marks if not watched[folder].private])
    return [
        Completeness(
            folder_id=folder,
            title=watched[folder].name if watched[folder].private else titles.get(folder, ""),
            route=watched[folder].name,
            up_to=None if folder in unfinished else _up_to(mark, waiting),
            stopped_by=_stopped_by(mark, waiting, first=folder in unfinished),
        )
        for folder, mark in marks.items()
    ]


def in_words(each: Completeness, when: str | None) -> str:
    """Return the line that people in a chat read; `when` is `up_to` as their chat writes a time."""
    told = _("complete up to {time}").format(time=when) if when else _("not looked at to the end yet")
    if each.stopped_by:
        stopped = _("{told}; whoever runs docspace-review has to mend something before it goes on")
        return stopped.format(told=told)
    return told


def _up_to(mark: Watermark, waiting: StoredEvent | None) -> datetime | None:
    if mark.swept_to is None or waiting is None:
        return mark.swept_to
    return min(mark.swept_to, happened_at(waiting))


def _stopped_by(mark: Watermark, waiting: StoredEvent | None, *, first: bool) -> str | None:
    if mark.stopped_by:
        return mark.stopped_by
    dead = waiting is not None and waiting.state is EventState.DEAD
    if waiting and dead and not first and mark.swept_to and happened_at(waiting) <= mark.swept_to:
        return f"event {waiting.id} was given up: docspace-review events list says why; replay it"
    return None
