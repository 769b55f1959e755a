"""What a burst of events means for a file: the routes concerned, and the change for each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from reviews.changes import classification
from reviews.changes.change import Change
from reviews.changes.classification import MISSING_TRIGGER, PRESENCE_AFTER_REMOVAL, Clues
from reviews.changes.folder_places import MAX_REFUSED_ATTEMPTS
from reviews.changes.logged_content import has_logged_content
from reviews.errors import Conflict, TryLater
from reviews.kinds import ChangeKind
from reviews.ports.docspace_logs import LOG_LAG
from reviews.tree import FilePresence, FileState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reviews.changes.burst import Burst
    from reviews.changes.classification import Judgement
    from reviews.changes.folder_places import FolderPlaces
    from reviews.changes.late_saves import LateSaves
    from reviews.changes.origins import Origins
    from reviews.ports.docspace_logs import FileLog
    from reviews.ports.portal import Portal
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Route, Routes
    from reviews.tree import FolderTree, Place

    AskLog = Callable[[], FileLog | None]

MAX_NAMESAKES = 10
ARRIVAL_TRIGGERS = frozenset({"file.created", "file.uploaded", "file.copied", "file.moved", "file.restored"})
MAX_CLOCK_DIFFERENCE = timedelta(minutes=1)  # largest difference between DocSpace's clock and ours


@dataclass(frozen=True, kw_only=True)
class PreviousFile:
    """The stored state of the file before the burst, and its place then."""

    state: FileState | None
    place: Place | None


@dataclass(frozen=True, kw_only=True)
class CurrentFile:
    """The file after the burst. `place` is where it is, or was when it was trashed or deleted."""

    state: FileState
    place: Place | None
    readable: bool


@dataclass(frozen=True, kw_only=True)
class FileChanges:
    """Compares the stored state of a file with its state in DocSpace now."""

    portal: Portal
    places: FolderPlaces
    routes: Routes
    late_saves: LateSaves
    origins: Origins

    def discard_listed_outcome(
        self, burst: Burst, previous: PreviousFile, current: CurrentFile
    ) -> PreviousFile:
        """Return the state before; without it, if the listing it comes from already shows the outcome."""
        before = previous.state
        if (
            before is None
            or before.listed_at is None
            or not current.readable
            or before.has_arrived_after(burst.ended_at)
        ):
            return previous
        is_included = self._is_outcome_listed(burst, before, current.state)
        return replace(previous, state=None) if is_included else previous

    def _is_outcome_listed(self, burst: Burst, before: FileState, after: FileState) -> bool:
        """Return whether a listing was made after these events, by DocSpace's own times.

        Content and names change the modification time, so a listing that shows an older one was made before.
        A later one may come from a rename; then the log decides. For a file that arrived, an unchanged folder
        shows that it was already there.
        """
        if before.modified_at is None or before.modified_at >= _find_change_start(burst):
            if burst.triggers & ARRIVAL_TRIGGERS:
                return True
            log = self.portal.get_file_log(burst.subject, since=burst.began_at - LOG_LAG)
            return log is None or log.has_content is not False
        arrived_recently = (
            before.listed_at is not None and burst.began_at <= before.listed_at + MAX_CLOCK_DIFFERENCE
        )
        return (
            arrived_recently
            and bool(burst.triggers & ARRIVAL_TRIGGERS)
            and before.parent_id == after.parent_id
        )

    def list_stored_routes(
        self, burst: Burst, previous: PreviousFile, folders: FolderTree
    ) -> dict[Route, Place] | None:
        """Return the routes as `list_routes` does; `None` if DocSpace has to be asked for a folder."""
        places = [previous.place]
        for folder, at in burst.visited_folders:
            place = self.places.find_recent(folder, folders)
            if place is None:
                return None
            places += [folders.get_place_at(folder, at), place]
        return self._match_routes(places)

    def list_routes(self, burst: Burst, previous: PreviousFile, folders: FolderTree) -> dict[Route, Place]:
        """Return the routes of all folders that the file was in, and its last place in each."""
        places = [previous.place]
        for parent, at in burst.visited_folders:
            folder = parent or self._find_parent(burst)
            attempts = burst.first_event.attempts
            place = self.places.find(folder, attempts=attempts, stored=folders) if folder else None
            places += [self.places.find_at(folder, at, stored=folders), place]
        return self._match_routes(places)

    def list_origin_routes(self, burst: Burst) -> dict[Route, Place]:
        """Return the same for a file that was unknown before it moved to where nothing is watched."""
        return self._match_routes([*self.origins.find(burst)])

    def add_version_before(self, change: Change, burst: Burst, current: CurrentFile) -> Change:
        """Return new content with the version before it from DocSpace's own history, if we know none."""
        version = change.version
        is_known = change.version_before is not None or version is None or version < 2
        if is_known or version is None or change.kind is not ChangeKind.CONTENT or not current.readable:
            return change
        before = self.portal.find_version_before(burst.subject, version=version, at=_find_change_start(burst))
        return replace(change, version_before=before)

    def _match_routes(self, places: list[Place | None]) -> dict[Route, Place]:
        places_by_route = {self.routes.match(place): place for place in places if place is not None}
        return {route: place for route, place in places_by_route.items() if route is not None}

    def find_current(self, burst: Burst, previous: PreviousFile, folders: FolderTree) -> CurrentFile:
        """Return the file as it is now: from DocSpace, else from its newest event.

        Raise `TryLater`, for a few attempts, if DocSpace hides a file that no event reports as gone.
        """
        before = previous.state
        is_overtaken = before is not None and before.as_of is not None and burst.ended_at <= before.as_of
        reported_presence = PRESENCE_AFTER_REMOVAL.get(burst.newest.trigger)
        # DocSpace has no answer for a removed file, unless something newer happened to it.
        file = (
            None
            if reported_presence and burst.is_clear and not is_overtaken
            else self.portal.get_file(burst.subject)
        )
        if file is not None and file.presence is FilePresence.PRESENT:
            attempts = burst.first_event.attempts
            place = self.places.find(file.parent_id, attempts=attempts, stored=folders)
            # A file that came with its folder stays marked so until something newer happens to it.
            listed_at = before.listed_at if before and before.has_arrived_after(burst.ended_at) else None
            state = replace(file, as_of=_find_latest(burst, before), listed_at=listed_at)
            return CurrentFile(state=state, place=place, readable=True)
        if file is None and burst.newest.trigger == MISSING_TRIGGER:
            return CurrentFile(
                state=self._build_from_event(burst, previous, folders, FilePresence.PRESENT).state,
                place=None,
                readable=False,
            )
        presence = file.presence if file else reported_presence or FilePresence.PRESENT
        if is_overtaken and before is not None and before.presence is not FilePresence.PRESENT:
            presence = before.presence
        if presence is FilePresence.PRESENT and burst.first_event.attempts < MAX_REFUSED_ATTEMPTS:
            raise TryLater(f"DocSpace does not show file {burst.subject}")
        return self._build_from_event(burst, previous, folders, presence)

    def _build_from_event(
        self, burst: Burst, previous: PreviousFile, folders: FolderTree, presence: FilePresence
    ) -> CurrentFile:
        """Return the file as its newest event describes it, for a file that DocSpace doesn't show."""
        newest, before = burst.newest, previous.state
        parent = burst.parent_before_trash
        attempts = burst.first_event.attempts
        place = self.places.find(parent, attempts=attempts, stored=folders) if parent else None
        if place is None and before is not None:
            parent, place = before.parent_id, previous.place
        state = FileState(
            file_id=burst.subject,
            parent_id=parent,
            title=newest.title or (before.title if before else "") or "a document without a title",
            version=newest.version or (before.version if before else None),
            modified_at=before.modified_at if before else newest.modified_at,
            size=before.size if before else None,
            link=(newest.link or (before.link if before else None))
            if presence is FilePresence.PRESENT
            else None,
            presence=presence,
            as_of=_find_latest(burst, before),
        )
        return CurrentFile(state=state, place=place, readable=False)

    def make_log_query(self, burst: Burst, previous: PreviousFile, current: CurrentFile) -> AskLog:
        """Return a function that fetches, at its first call, the file's log since the file was last seen."""
        since = (previous.state and _find_last_seen(previous.state)) or burst.began_at - LOG_LAG

        @cache
        def ask() -> FileLog | None:
            return self.portal.get_file_log(burst.subject, since=since) if current.readable else None

        return ask

    def judge(
        self, burst: Burst, previous: PreviousFile, current: CurrentFile, route: Route, *, ask_log: AskLog
    ) -> Judgement:
        """Return what the change is for one route that the file was or is under."""
        if current.place is None or self.routes.match(current.place) != route:
            return classification.judge_moved_out(burst.triggers)
        if current.state.presence is not FilePresence.PRESENT:
            return classification.judge_removed(current.state.presence, burst.triggers)
        before = previous.state
        clues = Clues(
            triggers=burst.triggers,
            was_inside=previous.place is not None and self.routes.match(previous.place) == route,
            save_was_late=lambda: before is not None and self.late_saves.has_unreviewed(burst, before, route),
            content_logged=lambda: (
                has_logged_content(burst, before, current.state, ask_log(), now=self.places.clock())
                if before
                else None
            ),
            by_us=lambda: {person.id for person in burst.actors} == {self.portal.get_own_id()},
            unlocked=lambda: self.portal.was_unlocked(burst.subject, since=burst.began_at - LOG_LAG),
        )
        return classification.judge_present(before, current.state, clues)

    def build_change(
        self,
        burst: Burst,
        previous: PreviousFile,
        current: CurrentFile,
        route: Route,
        last_place: Place | None,
        *,
        ask_log: AskLog,
    ) -> Change:
        """Return the change without the people, who are looked up only if a review needs them.

        `last_place` is where the file was on this route. Its new place, and its name there, may be hidden
        from readers of the route.
        """
        judgement = self.judge(burst, previous, current, route, ask_log=ask_log)
        has_left = judgement.kind is ChangeKind.MOVED_OUT
        place = last_place if has_left else current.place
        title = current.state.title
        before = (
            previous.state.title
            if previous.state and self.routes.may_know(previous.place, route=route)
            else title
        )
        if has_left and not self.routes.may_know(current.place, route=route):
            title = before
        return Change(
            subject=burst.subject,
            route=route,
            judgement=judgement,
            title=title,
            path=place.path if place else "an unknown folder",
            link=current.state.link,
            version_before=previous.state.version if previous.state else None,
            version=current.state.version,
            modified_at=current.state.modified_at,
            events=burst.ids,
            folders=place.folder_ids if place else (),
            before=None if has_left else self._find_place_before(previous, route),
            seen_late=burst.seen_late,
            happened_at=burst.newest_missed_at,
            title_before=before if before != title else None,
            path_before=None if has_left else self._find_path_before(previous, current, route),
            moved_to=self.routes.find_visible_path(current.place, route=route) if has_left else None,
        )

    def _find_path_before(self, previous: PreviousFile, current: CurrentFile, route: Route) -> str | None:
        """Return the previous path of a file that has moved, as far as the route may see it."""
        moved = previous.state is not None and previous.state.parent_id != current.state.parent_id
        return self.routes.find_visible_path(previous.place, route=route) if moved else None

    def _find_place_before(self, previous: PreviousFile, route: Route) -> Place | None:
        """Return where the file was before, if that is on this route."""
        return previous.place if previous.place and self.routes.match(previous.place) == route else None

    def list_vanished(self, burst: Burst) -> list[Change]:
        """Return the changes of stored files that a move to another storage may have removed.

        There a file gets a new id (facts on DocSpace, 2.5), and nothing links it to the old one. So this
        looks up stored files of the same title; one that DocSpace no longer shows has left.
        """
        if "file.moved" not in burst.triggers:
            return []
        with self.places.transactions(reading=True) as work:
            namesakes = work.files.find_present(burst.newest.title, MAX_NAMESAKES)
            places = [work.folders.get_place_before(state.parent_id) for state in namesakes]
        departures = []
        for state, place in zip(namesakes, places, strict=True):
            route = self.routes.match(place) if place else None
            if place and route and self.portal.get_file(state.file_id) is None:
                departures.append(_build_departure(burst, state, place, route))
        return departures

    def require_same_place(self, work: UnitOfWork, current: CurrentFile) -> None:
        """Raise `Conflict` if the folder of the file was moved by another worker since it was read."""
        if current.place is None:
            return
        folder = current.place.folder_ids[-1]
        stored = work.folders.get_tree([folder]).get_place(folder)
        if stored is not None and stored.folder_ids != current.place.folder_ids:
            raise Conflict(f"folder {folder} was moved meanwhile")

    def remember(self, work: UnitOfWork, current: CurrentFile) -> None:
        """Store the state of a file that is under a watched folder, or was trashed or deleted there."""
        if current.place is not None and self.routes.match(current.place) is not None:
            work.files.put(current.state)
        else:
            work.files.forget(current.state.file_id)

    def _find_parent(self, burst: Burst) -> str:
        """Return the folder of a file whose payload names none."""
        file = self.portal.get_file(burst.subject)
        return file.parent_id if file else ""


def _build_departure(burst: Burst, state: FileState, place: Place, route: Route) -> Change:
    return Change(
        subject=state.file_id,
        route=route,
        judgement=classification.judge_moved_out(frozenset()),
        title=state.title,
        path=place.path,
        link=None,
        version_before=state.version,
        version=state.version,
        modified_at=state.modified_at,
        events=burst.ids,
        folders=place.folder_ids,
        seen_late=burst.seen_late,
        happened_at=burst.newest_missed_at,
    )


def _find_change_start(burst: Burst) -> datetime:
    """Return when the burst began to change the file, in whole seconds as in the events.

    DocSpace sends an event a moment after the change, sometimes in the next second. The event contains the
    time of the change.
    """
    times = [stored.event.modified_at for stored in burst.events]
    return min([burst.began_at, *(at for at in times if at is not None and at >= burst.began_at - LOG_LAG)])


def _find_last_seen(before: FileState) -> datetime | None:
    """Return from when on the file's log has something new: entries are written a moment after the fact."""
    times = [at for at in (before.as_of, before.modified_at) if at is not None]
    return max(times) + LOG_LAG if times else None


def _find_latest(burst: Burst, before: FileState | None) -> datetime:
    return max(burst.ended_at, before.as_of) if before and before.as_of else burst.ended_at
