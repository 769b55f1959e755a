"""Changes of folders and rooms. They affect every file inside, for which DocSpace sends no events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reviews.changes.burst import Burst
from reviews.changes.change import Change
from reviews.changes.classification import PRESENCE_AFTER_CHANGE
from reviews.changes.file_changes import MAX_CLOCK_DIFFERENCE
from reviews.changes.folder_arrivals import MAX_TITLES
from reviews.changes.folder_judgements import (
    ARCHIVE_JUDGEMENTS,
    ARRIVAL_JUDGEMENTS,
    ARRIVAL_KINDS,
    DEPARTURE_KINDS,
    REMOVAL_JUDGEMENTS,
    compare_routes,
    list_arrival_judgements,
)
from reviews.errors import RateLimitReached
from reviews.kinds import ChangeKind
from reviews.tree import FOLDER_ID_PREFIX, FilePresence, FolderContents, Place

if TYPE_CHECKING:
    from reviews.changes.classification import Judgement
    from reviews.changes.folder_arrivals import FolderArrivals
    from reviews.changes.folder_places import FolderPlaces
    from reviews.changes.origins import Origins
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Route, Routes
    from reviews.tree import FolderState

FILES_FIRST_SECONDS = 1.0  # seconds


@dataclass(frozen=True, kw_only=True)
class FolderMovement:
    """Where a folder was and is, and what that means for the routes concerned."""

    folder_id: str
    before: Place | None
    after: Place | None
    judgements: tuple[tuple[Route, Judgement], ...]
    state: FolderState | None
    arrived_folders: tuple[str, ...] = ()
    """The folders in which everything is listed: the folder itself, or the watched ones in it."""

    @property
    def kinds(self) -> set[ChangeKind]:
        return {judgement.kind for _, judgement in self.judgements}

    @property
    def departure_kind(self) -> ChangeKind | None:
        """The kind of change by which the folder is gone now, if it is."""
        if self.kinds & ARRIVAL_KINDS:
            return None
        return next(iter(self.kinds & DEPARTURE_KINDS), self.state.gone if self.state else None)

    @property
    def routes(self) -> list[Route]:
        return [route for route, _ in self.judgements]


@dataclass(frozen=True, kw_only=True)
class FolderChanges:
    """Compares the stored place of a folder with its place now."""

    places: FolderPlaces
    routes: Routes
    transactions: Transactions
    arrivals: FolderArrivals
    origins: Origins

    def find_movement(self, burst: Burst) -> FolderMovement:
        """Return where the folder was and is; raise `RateLimitReached` while earlier changes in it wait."""
        folder_id, newest = burst.subject.removeprefix(FOLDER_ID_PREFIX), burst.newest
        with self.transactions(reading=True) as work:
            if work.events.is_pending_beneath(folder_id, before=burst.first_event.id):
                raise RateLimitReached(
                    "changes of files in the folder come first", retry_after=FILES_FIRST_SECONDS
                )
            folder = work.folders.get(folder_id)
            before = work.folders.get_place_before(folder_id)
        attempts = burst.first_event.attempts
        is_overtaken = (
            folder is not None and folder.settled_at is not None and burst.ended_at <= folder.settled_at
        )
        removal_judgement = ARCHIVE_JUDGEMENTS.get(newest.trigger) or REMOVAL_JUDGEMENTS.get(newest.trigger)
        # A removed folder can't be read, unless something newer happened to it.
        if (
            removal_judgement
            and newest.trigger in REMOVAL_JUDGEMENTS
            and (is_overtaken or not burst.is_clear)
        ):
            removal_judgement = None
        if (
            before is None
            and newest.trigger in REMOVAL_JUDGEMENTS
            and newest.parent_id
            and not newest.in_trash
        ):
            before = _append_folder(
                self.places.find(newest.parent_id, attempts=attempts), folder_id, newest.title
            )
        is_fresh = folder is not None and folder.seen_at >= burst.arrived_at
        find_place = self.places.find if is_fresh else self.places.refresh
        after = None if removal_judgement else find_place(folder_id, attempts=attempts)
        if (
            before
            and after
            and before.folder_ids == after.folder_ids
            and folder
            and not _was_watched(folder, burst)
        ):
            before = None  # it was seen there after its arrival
        routes_before, routes_now = self._list_routes(folder_id, before), self._list_routes(folder_id, after)
        if before is None and after is not None and not routes_now:
            origin = next(iter(self.origins.find(burst)), None)
            before = _append_folder(origin, folder_id, newest.title or after.folders[-1][1])
            routes_before = self._list_routes(folder_id, before)
        arrival_judgements = list_arrival_judgements(burst, folder, has_moved=before is not None)
        judgements = (
            [(route, removal_judgement) for route in routes_before]
            if removal_judgement
            else compare_routes(arrival_judgements, routes_before, routes_now)
        )
        if is_overtaken:
            judgements = [
                (route, each) for route, each in judgements if not self._is_reviewed(burst, route, each)
            ]
        movement = FolderMovement(
            folder_id=folder_id, before=before, after=after, judgements=tuple(judgements), state=folder
        )
        return replace(movement, arrived_folders=self._list_arrived_folders(movement))

    def _list_arrived_folders(self, movement: FolderMovement) -> tuple[str, ...]:
        arrival_routes = [
            route for route, judgement in movement.judgements if judgement.kind in ARRIVAL_KINDS
        ]
        roots = (
            root
            for route in arrival_routes
            for root in self._list_roots(movement.folder_id, movement.after, route)
        )
        return tuple(dict.fromkeys(roots))

    def _is_reviewed(self, burst: Burst, route: Route, judgement: Judgement) -> bool:
        """Return whether the folder's newest review already says that it arrived, or that it left."""
        with self.transactions(reading=True) as work:
            review = work.reviews.find_latest_on_route(burst.subject, route.name)
        if review is None:
            return False
        return any({review.kind, judgement.kind} <= kinds for kinds in (ARRIVAL_KINDS, DEPARTURE_KINDS))

    def select_moves(self, burst: Burst) -> Burst:
        """Return the events by which the folder arrived or left, without those that created or renamed it."""
        moves = [
            each
            for each in burst.events
            if each.event.trigger in {*ARRIVAL_JUDGEMENTS, *REMOVAL_JUDGEMENTS, *ARCHIVE_JUDGEMENTS}
        ]
        return Burst.from_events(moves, burst.timing) if moves else burst

    def build_changes(self, burst: Burst, movement: FolderMovement) -> list[Change]:
        """Return the change for each route, with what is in the folder."""
        return [
            self._build_change(burst, movement, route, judgement) for route, judgement in movement.judgements
        ]

    def remember(self, work: UnitOfWork, burst: Burst, movement: FolderMovement) -> None:
        """Give the files in the folder the state that follows from the folder's change."""
        kinds = movement.kinds & PRESENCE_AFTER_CHANGE.keys()
        if (
            movement.kinds & ARRIVAL_KINDS
        ):  # whatever its old place, and whatever it means for a route it left
            work.files.set_presence_beneath(movement.folder_id, FilePresence.PRESENT)
        elif len(movement.kinds) == len(kinds) == 1:
            work.files.set_presence_beneath(movement.folder_id, PRESENCE_AFTER_CHANGE[kinds.pop()])
        for root in movement.arrived_folders:
            self.arrivals.finish_listing(work, root)
        # A listing has no time: at the latest now, by DocSpace's clock.
        at = burst.first_event.received_at + MAX_CLOCK_DIFFERENCE if burst.is_only_listed else burst.ended_at
        work.folders.settle(movement.folder_id, at=at, gone=movement.departure_kind)
        if "folder.created" in burst.triggers:
            work.folders.finish_listing([movement.folder_id])

    def _list_routes(self, folder_id: str, place: Place | None) -> list[Route]:
        """Return the routes of a folder at a place: the one it is under, and those of folders in it."""
        if place is None:
            return []
        watched_paths = self._list_watched_inside(folder_id)
        places = [place, *(Place(folders=(*place.folders, *below)) for below in watched_paths)]
        matches = (self.routes.match(each) for each in places)
        return list(dict.fromkeys(route for route in matches if route is not None))

    def _list_watched_inside(self, folder_id: str) -> list[tuple[tuple[str, str], ...]]:
        """Return the path from a folder down to each watched one in it: rooms hold folders."""
        with self.transactions(reading=True) as work:
            paths = work.folders.find_paths_down(folder_id, self.routes.positions)
        return sorted(paths, key=lambda way: self.routes.positions[way[-1][0]])

    def _build_change(
        self, burst: Burst, movement: FolderMovement, route: Route, judgement: Judgement
    ) -> Change:
        arrives = judgement.kind in ARRIVAL_KINDS
        place = movement.after if arrives else movement.before or movement.after
        stays_on_route = judgement.kind is ChangeKind.METADATA and movement.after is not None
        current_place, previous_place = (movement.after, movement.before) if stays_on_route else (place, None)
        needs_review = judgement.kind in route.review
        # Arrivals are stored, reviewed or not: else the next sweep takes each file for a new one.
        roots = self._list_roots(movement.folder_id, place, route) if needs_review or arrives else []
        parts = [
            self.arrivals.save_files(root, burst) if arrives else self._load_known_contents(root, burst)
            for root in roots
        ]
        return Change(
            subject=burst.subject,
            route=route,
            judgement=judgement,
            title=burst.newest.title or (place.folders[-1][1] if place else "a folder without a title"),
            path=place.parent.path if place else "an unknown folder",
            link=None,
            version_before=None,
            version=None,
            modified_at=burst.newest.modified_at,
            events=burst.ids,
            contents=_sum_contents(parts) if needs_review else None,
            folders=current_place.folder_ids if current_place else (),
            before=previous_place if previous_place and self.routes.match(previous_place) == route else None,
            seen_late=burst.seen_late,
            happened_at=burst.newest_missed_at,
            **self._find_labels_before(burst, movement, route, judgement),
        )

    def _find_labels_before(
        self, burst: Burst, movement: FolderMovement, route: Route, judgement: Judgement
    ) -> dict[str, Any]:
        """Return a folder's old name and place and its new place, as far as the route may see them."""
        if movement.before is None or movement.after is None:
            return {}
        parent_before, parent_now = movement.before.parent, movement.after.parent
        moved_to = (
            self.routes.find_visible_path(parent_now, route=route)
            if judgement.kind is ChangeKind.MOVED_OUT
            else None
        )
        title = movement.before.folders[-1][1]
        moved = (
            parent_before.folder_ids != parent_now.folder_ids and judgement.kind is not ChangeKind.MOVED_OUT
        )
        return {
            "title_before": title if burst.newest.title not in {"", title} else None,
            "path_before": self.routes.find_visible_path(parent_before, route=route) if moved else None,
            "moved_to": moved_to,
        }

    def _list_roots(self, folder_id: str, place: Place | None, route: Route) -> list[str]:
        """Return the folder, or the watched ones in it; other files in it are outside the route."""
        if place is not None and self.routes.match(place) == route:
            return [folder_id]
        watched_paths = (below[-1][0] for below in self._list_watched_inside(folder_id))
        return [each for each in watched_paths if each in route.watched]

    def _load_known_contents(self, folder_id: str, burst: Burst) -> FolderContents:
        """Return what is known to be in a folder that left. DocSpace may not show it any more.

        New files in it are known by their events alone.
        """
        with self.transactions(reading=True) as work:
            stored = work.files.summarize_contents(folder_id, FilePresence.PRESENT, MAX_TITLES)
            if not stored.count:
                stored = work.files.summarize_contents(folder_id, FilePresence.TRASHED, MAX_TITLES)
            new_titles = work.events.list_new_beneath(folder_id, until=burst.ids[-1]).values()
        new = FolderContents(count=len(new_titles), titles=tuple(sorted(new_titles)))
        return _sum_contents([stored, new])


def _was_watched(state: FolderState, burst: Burst) -> bool:
    """Return whether the folder was watched before its events, and not first seen because of an event."""
    if state.listed_to is not None:
        return False
    return (
        state.known_since < burst.first_event.received_at
        and state.known_since + MAX_CLOCK_DIFFERENCE <= burst.ended_at
    )


def _append_folder(parent: Place | None, folder_id: str, title: str) -> Place | None:
    return Place(folders=(*parent.folders, (folder_id, title))) if parent else None


def _sum_contents(parts: list[FolderContents]) -> FolderContents:
    titles = [title for part in parts for title in part.titles]
    return FolderContents(count=sum(part.count for part in parts), titles=tuple(titles[:MAX_TITLES]))
