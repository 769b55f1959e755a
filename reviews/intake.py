"""From a change event to a review: receive, wait until it is quiet, find the route, open or revise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from reviews import backoff, record
from reviews.classify import GONE, Seen, classify, combined, why_ignored
from reviews.errors import Conflict, FarSideError, NotYet, Permanent, TryLater, in_words
from reviews.model import (
    ChangeEvent,
    ChangeKind,
    EventState,
    FileFacts,
    Person,
    Place,
    Review,
    ReviewState,
    StoredEvent,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviews.ports import Clock, Portal, Transactions, UnitOfWork
    from reviews.routing import Route, Routes

PATIENCE_FOR_NAMES = 3  # attempts; about a quarter of a minute


def receive(transactions: Transactions, events: Sequence[ChangeEvent], *, now: datetime) -> list[bool]:
    """Write events down and commit; `False` for one that was received before, under either key."""
    with transactions() as work:
        added = work.events.add(
            [(event, event.unusable or why_ignored(event.trigger)) for event in events], at=now
        )
        work.commit()
    return added


@dataclass(frozen=True, kw_only=True)
class Burst:
    """The events of one file that are handled together, with what DocSpace says of the file now."""

    events: tuple[StoredEvent, ...]
    place: Place | None
    facts: FileFacts
    people: tuple[Person, ...]

    @property
    def newest(self) -> ChangeEvent:
        return self.events[-1].event

    @property
    def ids(self) -> list[int]:
        return [stored.id for stored in self.events]


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Turns received events into reviews. Safe to run again at any point, and by several workers at once."""

    transactions: Transactions
    portal: Portal
    routes: Routes
    clock: Clock
    new_id: Callable[[], str]
    random: Callable[[], float]

    def process(self, event_id: int) -> float | None:
        """Handle what is pending of the event's file; return seconds after which to run again, or `None`."""
        with self.transactions(reading=True) as work:
            stored = work.events.get(event_id)
            pending = work.events.pending_of(stored.event.file_id) if stored else []
        if stored is None or stored.state is not EventState.RECEIVED or not pending:
            return None
        try:
            return self._handle(tuple(pending))
        except Conflict:
            return backoff.FIRST_WAIT * self.random()
        except NotYet as error:
            return error.after + self.random()
        except FarSideError as error:
            return self.failed(event_id, error)

    def failed(self, event_id: int, error: Exception) -> float | None:
        """Count a failed attempt; a dead letter after the last one or where trying again is no use."""
        with self.transactions() as work:
            attempts = work.events.failed(event_id, in_words(error))
            dead = isinstance(error, Permanent) or (attempts or 0) >= backoff.ATTEMPTS
            if dead:
                work.events.settle([event_id], EventState.DEAD, in_words(error))
            work.commit()
        if dead or attempts is None:
            return None
        wish = error.after if isinstance(error, TryLater) else None
        return backoff.wait(attempts, wish=wish, random=self.random)

    def _handle(self, events: tuple[StoredEvent, ...]) -> float | None:
        newest = events[-1].event
        place = self.portal.place(newest)
        with self.transactions(reading=True) as work:
            before = work.reviews.latest_of(newest.file_id)
        route = self._route(newest, place, before)
        if route is None:
            self._settle(events, EventState.IGNORED, "the file is not under a watched folder")
            return None
        wait = self._quiet(events, route)
        if wait > 0:
            return wait
        burst = Burst(
            events=events,
            place=place,
            facts=self.portal.facts(newest),
            people=self._people(events),
        )
        self._review(burst, route)
        return None

    def _route(self, event: ChangeEvent, place: Place | None, before: Review | None) -> Route | None:
        """Return the route of the file's folder, else the one that reviewed the file before it left."""
        route = self.routes.match(place) if place else None
        if route is not None or before is None:
            return route
        from_trash = before.kind is ChangeKind.TRASHED and event.trigger == "file.deleted"
        return self.routes.named(before.route) if from_trash or before.kind not in _LEFT else None

    def _quiet(self, events: tuple[StoredEvent, ...], route: Route) -> float:
        """Return how long the route still wants to wait for further edits, in seconds."""
        until = min(events[-1].received_at + route.quiet_period, events[0].received_at + route.max_wait)
        return max((until - self.clock()) / timedelta(seconds=1), 0.0)

    def _people(self, events: tuple[StoredEvent, ...]) -> tuple[Person, ...]:
        actors = {stored.event.actor.id or stored.event.actor.name: stored.event.actor for stored in events}
        return tuple(self._person(actor, attempts=events[-1].attempts) for actor in actors.values())

    def _person(self, actor: Person, *, attempts: int) -> Person:
        """Return the actor with a name; one that the portal keeps failing on does not hold up the review."""
        try:
            return self.portal.person(actor)
        except TryLater:
            if attempts < PATIENCE_FOR_NAMES:
                raise
            return Person(
                id=actor.id, name=actor.name or "somebody DocSpace could not name", email=actor.email
            )

    def _review(self, burst: Burst, route: Route) -> None:
        with self.transactions() as work:
            before = work.reviews.latest_of(burst.newest.file_id, route=route.name)
            kind = _kind(burst, route, before)
            if kind not in route.review:
                self._done(
                    work, burst, EventState.IGNORED, f"{kind.value} opens no review on route {route.name}"
                )
                return
            if before is not None and before.state is ReviewState.OPEN:
                review = self._revised(before, burst, kind)
                if not work.reviews.revise(review):
                    raise Conflict(f"review {review.id} changed meanwhile")
                work.ledger.append(record.revised(review, burst.ids))
                work.cards.redraw(review.id)
            else:
                review = self._opened(before, burst, kind, route)
                work.reviews.add(review)
                work.ledger.append(record.opened(review, burst.ids))
                work.cards.owe(review.id, [(target.notifier, target.address) for target in route.notify])
            for who in burst.people:
                work.people.remember(who, at=self.clock())
            self._done(work, burst, EventState.DONE, f"review {review.id}, revision {review.revision}")

    def _done(self, work: UnitOfWork, burst: Burst, state: EventState, reason: str) -> None:
        if work.events.settle(burst.ids, state, reason) != len(burst.ids):
            raise Conflict("another worker settled these events")
        work.commit()

    def _settle(self, events: tuple[StoredEvent, ...], state: EventState, reason: str) -> None:
        with self.transactions() as work:
            work.events.settle([stored.id for stored in events], state, reason)
            work.commit()

    def _opened(self, before: Review | None, burst: Burst, kind: ChangeKind, route: Route) -> Review:
        now = self.clock()
        due_at = route.working_hours.after(now, route.due) if route.due and route.working_hours else None
        return Review(
            id=self.new_id(),
            route=route.name,
            state=ReviewState.OPEN,
            revision=1,
            kind=kind,
            file_id=burst.newest.file_id,
            title=burst.facts.title,
            path=_path(burst, before),
            link=burst.facts.link,
            version_from=before.version_to if before else None,
            version_to=burst.facts.version,
            modified_at=burst.facts.modified_at,
            contributors=burst.people,
            owners=route.owners,
            opened_at=now,
            changed_at=now,
            due_at=due_at,
        )

    def _revised(self, before: Review, burst: Burst, kind: ChangeKind) -> Review:
        return replace(
            before,
            revision=before.revision + 1,
            kind=combined([before.kind, kind]),
            title=burst.facts.title,
            path=_path(burst, before),
            link=burst.facts.link,
            version_to=burst.facts.version or before.version_to,
            modified_at=burst.facts.modified_at,
            contributors=_union(before.contributors, burst.people),
            changed_at=self.clock(),
        )


_LEFT = frozenset({ChangeKind.TRASHED, ChangeKind.DELETED, ChangeKind.MOVED_OUT})


def _kind(burst: Burst, route: Route, before: Review | None) -> ChangeKind:
    """Return the one kind that the burst amounts to on this route."""
    inside = burst.place is not None and not burst.place.ids.isdisjoint(route.watch)
    if not inside and burst.newest.trigger not in GONE:
        return ChangeKind.MOVED_OUT
    seen = _seen(before) if before else None
    facts = burst.facts
    kinds = [
        classify(
            stored.event.trigger,
            title=facts.title,
            version=facts.version,
            modified_at=facts.modified_at,
            seen=seen,
        )
        for stored in burst.events
    ]
    return combined(kinds)


def _seen(before: Review) -> Seen:
    return Seen(
        title=before.title,
        version=before.version_to,
        modified_at=before.modified_at,
        inside=before.kind not in _LEFT,
    )


def _path(burst: Burst, before: Review | None) -> str:
    return burst.place.path if burst.place else before.path if before else "an unknown folder"


def _union(known: tuple[Person, ...], more: tuple[Person, ...]) -> tuple[Person, ...]:
    people = {person.id or person.name: person for person in (*known, *more)}
    return tuple(people.values())
