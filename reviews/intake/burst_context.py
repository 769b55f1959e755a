"""What is stored about the file of a burst, read in one transaction before DocSpace is queried."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reviews.changes.file_changes import MAX_CLOCK_DIFFERENCE, PreviousFile
from reviews.intake.folders_above import list_pending_folders
from reviews.kinds import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviews.bulk_reviews.pending_files import Precedence
    from reviews.changes.burst import Burst
    from reviews.changes.file_changes import FileChanges
    from reviews.clock import Clock
    from reviews.model import Review
    from reviews.ports.events import PendingFile
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Route
    from reviews.tree import FileState, FolderTree, Place


@dataclass(frozen=True, kw_only=True)
class RouteContext:
    """The newest review of the file on one route, and the members of the route's groups."""

    review: Review | None
    group_members: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class BurstContext:
    """What is stored about the file of a burst. Another worker may change it meanwhile.

    `routes` are those of all folders that the file was in, with its last place in each; `None` if DocSpace
    has to be asked for a folder first. `wait` is how long to wait for further events, in seconds. With a
    wait, or without a route, the rest is not read.
    """

    previous: PreviousFile
    folders: FolderTree
    pending_total: int
    routes: Mapping[Route, Place] | None = None
    wait: float = 0.0
    flood_files: Sequence[str] = ()
    """The pending files of the flood that the file is part of, if that is still to be stored."""
    pending_folders: frozenset[str] = frozenset()
    """Those of `folders` that have pending events; read for a file without stored state."""
    by_route: Mapping[str, RouteContext] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ContextReader:
    """Reads the context of a burst: one transaction, unless DocSpace has to be asked for a folder."""

    transactions: Transactions
    files: FileChanges
    precedence: Precedence
    clock: Clock

    def read(self, work: UnitOfWork, burst: Burst, pending: PendingFile) -> BurstContext:
        """Return the context, without what needs the routes if those are not stored."""
        state = pending.state
        folders = self._load_folders(work, burst, state)
        place = folders.get_place_before(state.parent_id) if state else None
        previous = PreviousFile(state=state, place=place)
        context = BurstContext(previous=previous, folders=folders, pending_total=pending.total)
        routes = self.files.list_stored_routes(burst, previous, folders)
        return context if routes is None else self._add_routes(work, burst, context, routes)

    def complete(self, burst: Burst, context: BurstContext) -> BurstContext:
        """Return the context with its routes; DocSpace is asked for the places of folders."""
        routes = self.files.list_routes(burst, context.previous, context.folders)
        if not routes:
            return replace(context, routes=routes)
        with self.transactions(reading=True) as work:
            folders = self._load_folders(work, burst, context.previous.state)
            return self._add_routes(work, burst, replace(context, folders=folders), routes)

    def add_origins(self, burst: Burst, context: BurstContext) -> BurstContext:
        """Return the context with the routes of what an unknown file was moved out of, if any are watched."""
        routes = self.files.list_origin_routes(burst)
        if not routes:
            return context
        with self.transactions(reading=True) as work:
            new = {
                route: place
                for route, place in routes.items()
                if not _has_recorded_departure(work, burst, route)
            }
            return self._add_routes(work, burst, context, new) if new else context

    def read_route(self, work: UnitOfWork, burst: Burst, route: Route) -> RouteContext:
        groups = work.groups.list_members(route.groups) if route.groups else {}
        return RouteContext(
            review=work.reviews.find_latest_on_route(burst.subject, route.name),
            group_members=frozenset().union(*groups.values()),
        )

    def _load_folders(self, work: UnitOfWork, burst: Burst, state: FileState | None) -> FolderTree:
        """Return the folders that the events name, that of the stored state, and all above them."""
        folders = {folder for folder, _ in burst.visited_folders if folder}
        return work.folders.get_tree(sorted(folders | {state.parent_id} if state else folders))

    def _add_routes(
        self, work: UnitOfWork, burst: Burst, context: BurstContext, routes: Mapping[Route, Place]
    ) -> BurstContext:
        wait = burst.compute_wait(routes, self.clock())
        flood_files = self.precedence.find_flood_files(
            work, burst, routes, pending_total=context.pending_total
        )
        context = replace(context, routes=routes, wait=wait, flood_files=flood_files)
        if wait > 0 or not routes:
            return context
        is_new = context.previous.state is None
        return replace(
            context,
            pending_folders=list_pending_folders(work, context.folders.folders) if is_new else frozenset(),
            by_route={route.name: self.read_route(work, burst, route) for route in routes},
        )


def _has_recorded_departure(work: UnitOfWork, burst: Burst, route: Route) -> bool:
    """Return whether the route's newest review says that the file left, as a listing showed."""
    review = work.reviews.find_latest_on_route(burst.subject, route.name)
    if review is None or review.kind is not ChangeKind.MOVED_OUT:
        return False
    return burst.ended_at <= review.changed_at + MAX_CLOCK_DIFFERENCE
