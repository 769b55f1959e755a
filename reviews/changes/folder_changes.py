"""What happens to folders and rooms happens to every file in them, and DocSpace sends no event for those."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reviews.changes.burst import Burst
from reviews.changes.change import Change
from reviews.changes.classification import STANDING_AFTER
from reviews.changes.file_changes import CLOCKS_APART
from reviews.changes.folder_arrivals import MOST_TITLES
from reviews.changes.folder_judgements import (
    ARCHIVED,
    ARRIVES,
    CAME,
    GONE,
    LEAVES,
    compare_routes,
    name_arrival,
)
from reviews.errors import NotYet
from reviews.kinds import ChangeKind
from reviews.tree import FOLDER, Contents, Place, Standing

if TYPE_CHECKING:
    from reviews.changes.classification import Judgement
    from reviews.changes.folder_arrivals import Arrivals
    from reviews.changes.places import Places
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.routing import Route, Routes
    from reviews.tree import FolderState

FILES_FIRST = 1.0  # seconds


@dataclass(frozen=True, kw_only=True)
class FolderFound:
    """Where a folder was and is, and what that is to the routes concerned."""

    folder_id: str
    before: Place | None
    after: Place | None
    judged: tuple[tuple[Route, Judgement], ...]
    known: FolderState | None
    arrived: tuple[str, ...] = ()
    """The folders in which everything is listed: it, or the watched ones in it."""

    @property
    def kinds(self) -> set[ChangeKind]:
        return {judgement.kind for _, judgement in self.judged}

    @property
    def gone(self) -> ChangeKind | None:
        """By which kind of change the folder is gone now, if it is."""
        if self.kinds & ARRIVES:
            return None
        return next(iter(self.kinds & LEAVES), self.known.gone if self.known else None)

    @property
    def routes(self) -> list[Route]:
        return [route for route, _ in self.judged]


@dataclass(frozen=True, kw_only=True)
class FolderChanges:
    """Compares where a folder was known to be with where it is."""

    places: Places
    routes: Routes
    transactions: Transactions
    arrivals: Arrivals

    def find(self, burst: Burst) -> FolderFound:
        """Return where the folder was and is; `NotYet` while earlier changes in it are not handled."""
        folder_id, newest = burst.subject.removeprefix(FOLDER), burst.newest
        with self.transactions(reading=True) as work:
            if work.events.is_pending_beneath(folder_id, before=burst.lead.id):
                raise NotYet("changes of files in the folder come first", after=FILES_FIRST)
            known = work.folders.get(folder_id)
            before = work.folders.place_before(folder_id)
        attempts = burst.lead.attempts
        overtaken = known is not None and known.settled_at is not None and burst.at <= known.settled_at
        ends = ARCHIVED.get(newest.trigger) or GONE.get(newest.trigger)
        # Nothing is to be seen of what was thrown away, unless that is not the end of the story.
        if ends and newest.trigger in GONE and (overtaken or not burst.is_clear):
            ends = None
        if before is None and newest.trigger in GONE and newest.parent_id and not newest.in_trash:
            before = _within(self.places.find(newest.parent_id, attempts=attempts), folder_id, newest.title)
        is_fresh = known is not None and known.seen_at >= burst.arrived
        look = self.places.find if is_fresh else self.places.look
        after = None if ends else look(folder_id, attempts=attempts)
        if before and after and before.way == after.way and known and not _was_watched(known, burst):
            before = None  # it was seen there after it had come
        was, now = self._routes_of(folder_id, before), self._routes_of(folder_id, after)
        names = name_arrival(burst, known, has_moved=before is not None)
        judged = [(route, ends) for route in was] if ends else compare_routes(names, was, now)
        if overtaken:
            judged = [(route, each) for route, each in judged if not self._is_reviewed(burst, route, each)]
        found = FolderFound(
            folder_id=folder_id, before=before, after=after, judged=tuple(judged), known=known
        )
        return replace(found, arrived=self._arrived(found))

    def _arrived(self, found: FolderFound) -> tuple[str, ...]:
        arriving = [route for route, judgement in found.judged if judgement.kind in ARRIVES]
        roots = (root for route in arriving for root in self._roots(found.folder_id, found.after, route))
        return tuple(dict.fromkeys(roots))

    def _is_reviewed(self, burst: Burst, route: Route, judgement: Judgement) -> bool:
        """Tell whether the newest review of the folder says already that it came, or that it left."""
        with self.transactions(reading=True) as work:
            review = work.reviews.latest_of(burst.subject, route=route.name)
        if review is None:
            return False
        return any({review.kind, judgement.kind} <= kinds for kinds in (ARRIVES, LEAVES))

    def select_moves(self, burst: Burst) -> Burst:
        """Return the events by which the folder came or left: whoever created or renamed it did not."""
        moves = [each for each in burst.events if each.event.trigger in {*CAME, *GONE, *ARCHIVED}]
        return Burst.of(moves) if moves else burst

    def changes(self, burst: Burst, found: FolderFound) -> list[Change]:
        """Return the change for each route, with what is in the folder."""
        return [self._change(burst, found, route, judgement) for route, judgement in found.judged]

    def remember(self, work: UnitOfWork, burst: Burst, found: FolderFound) -> None:
        """Give the files in the folder the state that the folder's change gave them."""
        kinds = found.kinds & STANDING_AFTER.keys()
        if found.kinds & ARRIVES:  # wherever it came from, and whatever it is to a route that it left
            work.files.move_all(found.folder_id, Standing.PRESENT)
        elif len(found.kinds) == len(kinds) == 1:
            work.files.move_all(found.folder_id, STANDING_AFTER[kinds.pop()])
        for root in found.arrived:
            self.arrivals.finish(work, root)
        # A listing does not say when: at the latest just now, by DocSpace's clock.
        at = burst.lead.received_at + CLOCKS_APART if burst.is_only_listed else burst.at
        work.folders.settle(found.folder_id, at=at, gone=found.gone)
        if "folder.created" in burst.triggers:
            work.folders.finish_listing([found.folder_id])

    def _routes_of(self, folder_id: str, place: Place | None) -> list[Route]:
        """Return the routes of a folder at a place: the one that it is under, and those of what is in it."""
        if place is None:
            return []
        inner = self._watched_in(folder_id)
        places = [place, *(Place(folders=(*place.folders, *below)) for below in inner)]
        found = (self.routes.match(each) for each in places)
        return list(dict.fromkeys(route for route in found if route is not None))

    def _watched_in(self, folder_id: str) -> list[tuple[tuple[str, str], ...]]:
        """Return the way from a folder down to each watched one in it: rooms hold folders."""
        with self.transactions(reading=True) as work:
            ways = work.folders.ways_down(folder_id, self.routes.positions)
        return sorted(ways, key=lambda way: self.routes.positions[way[-1][0]])

    def _change(self, burst: Burst, found: FolderFound, route: Route, judgement: Judgement) -> Change:
        arrives = judgement.kind in ARRIVES
        place = found.after if arrives else found.before or found.after
        stays = judgement.kind is ChangeKind.METADATA and found.after is not None
        standing, was = (found.after, found.before) if stays else (place, None)
        asks = judgement.kind in route.review
        # What arrives is written down, reviewed or not: else the next sweep takes each file for a new one.
        roots = self._roots(found.folder_id, place, route) if asks or arrives else []
        parts = [self.arrivals.write_down(root, burst) if arrives else self._known(root) for root in roots]
        return Change(
            subject=burst.subject,
            route=route,
            judgement=judgement,
            title=burst.newest.title or (place.folders[-1][1] if place else "a folder without a title"),
            path=place.above.path if place else "an unknown folder",
            link=None,
            version_before=None,
            version=None,
            modified_at=burst.newest.modified_at,
            events=burst.ids,
            contents=_sum(parts) if asks else None,
            folders=standing.way if standing else (),
            before=was if was and self.routes.match(was) == route else None,
            seen_late=burst.seen_late,
            happened_at=burst.happened,
            **self._labels_before(burst, found, route, judgement),
        )

    def _labels_before(
        self, burst: Burst, found: FolderFound, route: Route, judgement: Judgement
    ) -> dict[str, Any]:
        """Return what a folder was called, where it was and where it went, as far as the route may know."""
        if found.before is None or found.after is None:
            return {}
        was, now = found.before.above, found.after.above
        moved_to = self.routes.path_shown(now, on=route) if judgement.kind is ChangeKind.MOVED_OUT else None
        title = found.before.folders[-1][1]
        moved = was.way != now.way and judgement.kind is not ChangeKind.MOVED_OUT
        return {
            "title_before": title if burst.newest.title not in {"", title} else None,
            "path_before": self.routes.path_shown(was, on=route) if moved else None,
            "moved_to": moved_to,
        }

    def _roots(self, folder_id: str, place: Place | None, route: Route) -> list[str]:
        """Return the folder, or the watched ones in it: other files in it are not the route's business."""
        if place is not None and self.routes.match(place) == route:
            return [folder_id]
        inner = (below[-1][0] for below in self._watched_in(folder_id))
        return [each for each in inner if each in route.watched]

    def _known(self, folder_id: str) -> Contents:
        """Return what was known to be in a folder that left: DocSpace may not show it any more."""
        with self.transactions(reading=True) as work:
            present = work.files.beneath(folder_id, Standing.PRESENT, MOST_TITLES)
            return present if present.count else work.files.beneath(folder_id, Standing.TRASHED, MOST_TITLES)


def _was_watched(known: FolderState, burst: Burst) -> bool:
    """Tell whether the folder was watched before its events, and not first met on account of some event."""
    if known.listed_to is not None:
        return False
    return known.known_since < burst.lead.received_at and known.known_since + CLOCKS_APART <= burst.at


def _within(above: Place | None, folder_id: str, title: str) -> Place | None:
    return Place(folders=(*above.folders, (folder_id, title))) if above else None


def _sum(parts: list[Contents]) -> Contents:
    titles = [title for part in parts for title in part.titles]
    return Contents(count=sum(part.count for part in parts), titles=tuple(titles[:MOST_TITLES]))
