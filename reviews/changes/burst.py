"""The events of one file or folder that are handled together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from reviews.acts import MOVES, Act, ActKind, merge_acts, merge_people
from reviews.answers.answer_events import ANSWER_ID_PREFIX, ANSWER_TRIGGER
from reviews.changes.classification import SAVE_TRIGGERS
from reviews.changes.event_timing import WEBHOOK_TIMING
from reviews.kinds import SweepSource
from reviews.monitoring.canaries import CANARY_ID_PREFIX
from reviews.ports.alarms import CANARY_TRIGGER
from reviews.tree import FOLDER_ID_PREFIX

_ACT_KIND_BY_VERB = {"trashed": ActKind.TRASHED, "deleted": ActKind.DELETED, "restored": ActKind.RESTORED}

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from reviews.changes.event_timing import EventTiming
    from reviews.identity import Person
    from reviews.kinds import ChangeKind
    from reviews.model import ChangeEvent, StoredEvent
    from reviews.routes.route import Route


@dataclass(frozen=True, kw_only=True)
class Burst:
    """Events in the order in which they happened; they may have arrived in any other."""

    events: tuple[StoredEvent, ...]
    timing: EventTiming = WEBHOOK_TIMING

    @classmethod
    def from_events(cls, events: Iterable[StoredEvent], timing: EventTiming = WEBHOOK_TIMING) -> Burst:
        in_order = sorted(events, key=lambda stored: (find_event_time(stored), stored.id))
        return cls(events=tuple(in_order), timing=timing)

    @property
    def newest(self) -> ChangeEvent:
        return self.events[-1].event

    @property
    def subject(self) -> str:
        return self.newest.file_id

    @property
    def ended_at(self) -> datetime:
        """When the newest of the events happened."""
        return find_event_time(self.events[-1])

    @property
    def is_clear(self) -> bool:
        """Whether it is certain what happened last; DocSpace's times are in whole seconds."""
        last = {stored.event.trigger for stored in self.events if find_event_time(stored) == self.ended_at}
        return len(last) == 1

    @property
    def began_at(self) -> datetime:
        """When the oldest of the events happened."""
        return find_event_time(self.events[0])

    @property
    def first_version(self) -> int | None:
        """The lowest version that the events name; DocSpace's newer bodies do (facts on DocSpace, 2.3)."""
        return min((stored.event.version for stored in self.events if stored.event.version), default=None)

    @property
    def arrived_at(self) -> datetime:
        """When the last of the events arrived."""
        return max(stored.received_at for stored in self.events)

    @property
    def ids(self) -> list[int]:
        return sorted(stored.id for stored in self.events)

    @property
    def first_event(self) -> StoredEvent:
        """The event that arrived first. Failures are counted on it."""
        return min(self.events, key=lambda stored: stored.id)

    @property
    def ordered_triggers(self) -> list[str]:
        """The triggers, in the order in which they happened."""
        return [stored.event.trigger for stored in self.events]

    @property
    def triggers(self) -> frozenset[str]:
        return frozenset(self.ordered_triggers)

    @property
    def visited_folders(self) -> list[tuple[str, datetime]]:
        """The folders that the events name, without the trash, with the last time of each."""
        outside_trash = (stored for stored in self.events if not stored.event.in_trash)
        return list({stored.event.parent_id: find_event_time(stored) for stored in outside_trash}.items())

    @property
    def origins(self) -> list[tuple[str, datetime]]:
        """The folders that DocSpace's log says it was moved out of, each with the time."""
        return [
            (each.event.moved_from, find_event_time(each)) for each in self.events if each.event.moved_from
        ]

    @property
    def is_moved(self) -> bool:
        """Whether one of the events is a move."""
        return bool(self.triggers & {"file.moved", "folder.moved"})

    @property
    def parent_before_trash(self) -> str:
        """The folder that the events name last. The trash doesn't say where the file was."""
        outside_trash = [stored.event.parent_id for stored in self.events if not stored.event.in_trash]
        return outside_trash[-1] if outside_trash else ""

    def list_actors(self, triggers: AbstractSet[str]) -> tuple[Person, ...]:
        """Return the people who caused events of these triggers, each once."""
        return merge_people(event.actor for event in self.attributed_events if event.trigger in triggers)

    def list_acts(
        self, judged: ChangeKind, *, renamers: Sequence[Person] | None, moved: bool
    ) -> tuple[Act, ...]:
        """Return the acts that the events report, in the order in which they happened.

        `renamers` is `None` if the document has the same name as before, and empty if it is unclear who
        renamed it. `moved` means that it moved within the watched folder.
        """
        acts: list[Act] = [] if renamers is None else [Act(kind=ActKind.RENAMED, people=tuple(renamers))]
        for event in self.attributed_events:
            kind = _find_act_kind(event.trigger.partition(".")[2], judged, moved=moved)
            if kind is not None:
                acts.append(Act(kind=kind, people=(event.actor,)))
        return merge_acts(acts)

    @property
    def attributed_events(self) -> tuple[ChangeEvent, ...]:
        """The events that name an actor; a listing names none, and counts only if there are no others."""
        events = tuple(stored.event for stored in self.events)
        return tuple(event for event in events if event.found_in is not SweepSource.LISTING) or events

    @property
    def actors(self) -> tuple[Person, ...]:
        """The people who acted, each once."""
        return merge_people(event.actor for event in self.attributed_events)

    @property
    def saves(self) -> int:
        """The number of events that may be saves.

        `file.created` is a blank file, or comes just before its upload (facts on DocSpace, 2.5).
        """
        return sum(stored.event.trigger in SAVE_TRIGGERS - {"file.created"} for stored in self.events)

    @property
    def seen_late(self) -> timedelta | None:
        """The longest delay until the gap sweep reported a missed event; `None` if none was seen late.

        An event that only a listing shows has no time of its own, and doesn't count beside a delivered one.
        """
        delays = (stored.received_at - find_event_time(stored) for stored in self._missed_events)
        return max(filter(self.timing.is_late, delays), default=None)

    @property
    def newest_missed_at(self) -> datetime | None:
        """When the newest event of the gap sweep happened in DocSpace, if its log or the file says so."""
        dated = (
            find_event_time(stored)
            for stored in self._missed_events
            if stored.event.found_in is not SweepSource.LISTING or stored.event.modified_at is not None
        )
        return max(dated, default=None)

    @property
    def _missed_events(self) -> list[StoredEvent]:
        """The events of the gap sweep that no delivery reports as well."""
        delivered = any(stored.event.found_in is None for stored in self.events)
        excluded_sources = {None, SweepSource.LISTING} if delivered else {None}
        return [stored for stored in self.events if stored.event.found_in not in excluded_sources]

    @property
    def is_canary(self) -> bool:
        """Whether all of the events are tests."""
        return all(
            stored.event.trigger == CANARY_TRIGGER and stored.event.file_id.startswith(CANARY_ID_PREFIX)
            for stored in self.events
        )

    @property
    def is_of_answer(self) -> bool:
        """Whether the events are those of answers to one review, and of no file."""
        return self.subject.startswith(ANSWER_ID_PREFIX) and self.triggers == {ANSWER_TRIGGER}

    @property
    def is_of_folder(self) -> bool:
        return self.subject.startswith(FOLDER_ID_PREFIX)

    @property
    def is_only_listed(self) -> bool:
        return all(stored.event.found_in is SweepSource.LISTING for stored in self.events)

    def compute_wait(self, routes: Iterable[Route], now: datetime) -> float:
        """Return how long to wait for further events, in seconds.

        This is the longest quiet period of the routes, but at most the shortest of their maximum waits. An
        event that only a listing shows may be in delivery now, or be logged soon: it waits at least for that.
        """
        rules = list(routes)
        if not rules:
            return 0.0
        starts = [self.timing.find_start(stored) for stored in self.events]
        quiet_until = max(starts) + max(route.quiet_period for route in rules)
        until = min(quiet_until, min(starts) + min(route.max_wait for route in rules))
        if self.is_only_listed:
            until = max(until, self.timing.find_end_of_listed_wait(self.first_event))
        return max((until - now) / timedelta(seconds=1), 0.0)


def find_event_time(stored: StoredEvent) -> datetime:
    return stored.event.occurred_at or stored.received_at


def _find_act_kind(verb: str, judged: ChangeKind, *, moved: bool) -> ActKind | None:
    if verb in {"moved", "restored", "archived"} and judged in MOVES:
        return MOVES[judged]
    if verb == "moved":
        return ActKind.MOVED if moved else None
    return _ACT_KIND_BY_VERB.get(verb)
