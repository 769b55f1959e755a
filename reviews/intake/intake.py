"""From change events to reviews: receive, wait for the quiet period, compare, open or revise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews import backoff
from reviews.bulk_reviews.pending_files import MAX_FILES_BEFORE_OTHERS, Precedence
from reviews.changes.before_baseline import PreBaselineLookup
from reviews.changes.classification import explain_ignored
from reviews.changes.contributors import Contributors, Evidence
from reviews.changes.event_timing import WEBHOOK_TIMING
from reviews.changes.file_changes import ARRIVAL_TRIGGERS, FileChanges
from reviews.changes.folder_arrivals import FolderArrivals
from reviews.changes.folder_changes import FolderChanges
from reviews.changes.folder_places import FolderPlaces
from reviews.changes.late_saves import LateSaves
from reviews.changes.origins import Origins
from reviews.errors import Conflict, LogNotWritten, RateLimitReached, RemoteError
from reviews.intake import event_keys, subscribers
from reviews.intake.answered_documents import AnsweredDocuments
from reviews.intake.burst_context import ContextReader
from reviews.intake.change_writer import ChangeWriter, StateUpdate
from reviews.intake.folders_above import FoldersAbove, require_no_changes
from reviews.intake.pending_events import PendingEvents, require_known_events
from reviews.intake.review_opening import ReviewOpening
from reviews.kinds import ChangeKind
from reviews.ports.reports import KeysShared, ignore_report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from reviews.changes.burst import Burst
    from reviews.changes.change import Change
    from reviews.changes.event_timing import EventTiming
    from reviews.changes.file_changes import AskLog, CurrentFile, PreviousFile
    from reviews.clock import Clock
    from reviews.intake.burst_context import BurstContext, RouteContext
    from reviews.model import ChangeEvent
    from reviews.monitoring.canaries import Canaries
    from reviews.ports.portal import Portal
    from reviews.ports.reports import Report
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Route, Routes

MAX_BURSTS_AT_ONCE = 10


def receive_events(
    transactions: Transactions,
    events: Sequence[ChangeEvent],
    *,
    now: datetime | None = None,
    report: Callable[[Report], None] = ignore_report,
) -> list[bool]:
    """Store events and commit; `False` for one that was received before, under either key.

    They are received `now`, or by default by the database's clock: the receivers' clocks may differ. An event
    that only shares a key with another one is stored too, and reported.
    """
    with transactions() as work:
        added = work.events.add([(event, explain_ignored(event)) for event in events], at=now)
        repeated = [index for index, new in enumerate(added) if not new]
        conflicts = [index for index in repeated if _add_conflicting(work, events[index], at=now)]
        work.commit()
    for index in conflicts:
        added[index] = True
        report(KeysShared(event=events[index]))
    return added


def _add_conflicting(work: UnitOfWork, event: ChangeEvent, *, at: datetime | None) -> bool:
    """Store an event whose keys other events have; `False` for a repeat."""
    changed = event_keys.assign_own_keys(event, work.events.list_sharing_keys(event), at=at or work.now())
    return changed is not None and work.events.add_conflicting(changed, explain_ignored(event), at=at)


def build_intake(  # noqa: PLR0913 - the composition of the intake: each is a part of it
    transactions: Transactions,
    portal: Portal,
    routes: Routes,
    *,
    canaries: Canaries,
    clock: Clock,
    new_id: Callable[[], str],
    random: Callable[[], float],
    timing: EventTiming = WEBHOOK_TIMING,
) -> Intake:
    """Return the use case with its parts."""
    places = FolderPlaces(transactions=transactions, portal=portal, routes=routes, clock=clock)
    arrivals = FolderArrivals(transactions=transactions, portal=portal, places=places, clock=clock)
    late_saves = LateSaves(transactions=transactions, portal=portal)
    origins = Origins(portal=portal, places=places)
    files = FileChanges(portal=portal, places=places, routes=routes, late_saves=late_saves, origins=origins)
    precedence = Precedence(transactions=transactions, routes=routes)
    return Intake(
        transactions=transactions,
        files=files,
        context_reader=ContextReader(
            transactions=transactions, files=files, precedence=precedence, clock=clock
        ),
        folders=FolderChanges(
            places=places, routes=routes, transactions=transactions, arrivals=arrivals, origins=origins
        ),
        contributors=Contributors(portal=portal),
        change_writer=ChangeWriter(
            transactions=transactions,
            review_opening=ReviewOpening(clock=clock, new_id=new_id, routes=routes, timing=timing),
            clock=clock,
        ),
        pre_baseline_lookup=PreBaselineLookup(transactions=transactions, portal=portal),
        answered_documents=AnsweredDocuments(transactions=transactions, portal=portal),
        canaries=canaries,
        precedence=precedence,
        clock=clock,
        random=random,
        timing=timing,
    )


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Turns received events into reviews. Safe to run again at any point, and by several workers at once."""

    transactions: Transactions
    files: FileChanges
    context_reader: ContextReader
    folders: FolderChanges
    contributors: Contributors
    change_writer: ChangeWriter
    pre_baseline_lookup: PreBaselineLookup
    answered_documents: AnsweredDocuments
    canaries: Canaries
    precedence: Precedence
    clock: Clock
    random: Callable[[], float]
    report: Callable[[Report], None] = ignore_report
    timing: EventTiming = WEBHOOK_TIMING
    flood_intake: Intake | None = None
    """Handles the pending events of floods; its calls to DocSpace leave some to single changes."""

    def process(self, event_id: int) -> float | None:
        """Handle the pending events of the event's file; return seconds until the next run, or `None`.

        Events that arrive meanwhile are handled too: one job a file does them all.
        """
        for _ in range(MAX_BURSTS_AT_ONCE):
            loaded = self._load_burst(event_id)
            if loaded is None:
                return None
            wait = self._try_burst(*loaded)
            if wait is not None:
                return wait
        return 0.0

    def _load_burst(self, event_id: int) -> tuple[Burst, BurstContext | None] | None:
        """Return the pending events of the event's file, and of a file its context; `None` if there are none.

        It is one transaction, so that all of it fits together.
        """
        with self.transactions(reading=True) as work:
            pending = work.events.find_pending(event_id, count_to=MAX_FILES_BEFORE_OTHERS + 1)
            if pending is None:
                return None
            burst = self._pending.build_burst(pending.events)
            has_context = not (burst.is_canary or burst.is_of_answer or burst.is_of_folder)
            context = self.context_reader.read(work, burst, pending) if has_context else None
        self._pending.save_corrections(burst, pending.events)
        return burst, context

    def count_failure(self, event_id: int, error: Exception) -> float | None:
        """Count a failed attempt; a dead letter after the last one, or if a retry is of no use.

        Return seconds until the next run, also after a dead letter: other events may be pending by now. Only
        the numbers of the events are read, so that an unreadable event can't fail for ever.
        """
        return self._pending.count_failure(event_id, error)

    @property
    def _pending(self) -> PendingEvents:
        return PendingEvents(
            transactions=self.transactions,
            clock=self.clock,
            random=self.random,
            report=self.report,
            timing=self.timing,
        )

    def _try_burst(self, burst: Burst, context: BurstContext | None) -> float | None:
        try:
            require_known_events(burst.events)
            handler = self.flood_intake if burst.first_event.of_many and self.flood_intake else self
            return handler.handle_burst(burst, context)
        except Conflict:
            return backoff.FIRST_WAIT_SECONDS * self.random()
        except (LogNotWritten, RateLimitReached) as error:
            return error.retry_after + self.random()
        except RemoteError as error:
            return self._pending.count_burst_failure(burst, error)

    def handle_burst(self, burst: Burst, context: BurstContext | None) -> float | None:
        """Handle a burst of events; return seconds until the next run, or `None` if they are settled.

        `context` is that of a file. Raises `Conflict` and `RemoteError`; what then becomes of the events is
        up to the caller.
        """
        if burst.is_canary:
            self._handle_canaries(burst)
            return None
        if burst.is_of_answer:
            self._check_answered_document(burst)
            return None
        return self._handle_folder(burst) if context is None else self._handle_file(burst, context)

    def _handle_canaries(self, burst: Burst) -> None:
        """Handle the events of a test, each by itself: a forged one may name the genuine one."""
        with self.transactions() as work:
            for stored in burst.events:
                state, reason = self.canaries.process_arrival(work, stored)
                if not work.events.settle([stored.id], state, reason):
                    raise Conflict("another worker settled this event")
            work.commit()

    def _check_answered_document(self, burst: Burst) -> None:
        """Ask DocSpace once whether a document still is what was answered."""
        check = self.answered_documents.check(burst.subject)
        if check.missed is not None:
            receive_events(self.transactions, [check.missed], now=self.clock(), report=self.report)
        with self.transactions() as work:
            if work.events.settle(burst.ids, check.state, check.reason) != len(burst.ids):
                raise Conflict("another worker settled these events")
            work.commit()
        attempts = burst.first_event.attempts
        self._pending.report_settled(burst, check.state, check.reason, attempts=attempts)

    def _handle_file(self, burst: Burst, context: BurstContext) -> float | None:
        if context.routes is None:
            context = self.context_reader.complete(burst, context)
        if not context.routes and context.previous.state is None:
            context = self.context_reader.add_origins(burst, context)
        routes = context.routes
        if not routes:
            self._handle_unwatched_file(burst)
            return None
        self.precedence.lower_priority(burst, context.flood_files)
        if context.wait > 0:
            return context.wait
        current = self.files.find_current(burst, context.previous, context.folders)
        previous, wait = self._find_previous(burst, context, current)
        if wait > 0:
            return wait
        above = _list_folders_above(burst, context, previous, current)
        self._require_settled(above, context)
        route = self.files.routes.match(current.place) if current.place else None
        ask_log = self.files.make_log_query(burst, previous, current)
        changes = [
            self.files.build_change(burst, previous, current, each, routes.get(each), ask_log=ask_log)
            for each in dict.fromkeys([*routes, *([route] if route else [])])
        ]
        needs_people = self._needs_people(changes)
        if needs_people:
            evidence = Evidence(
                state=previous.state,
                after=current.state,
                own_id=self.contributors.find_own_id(previous.state, current.state),
            )
            changes = [
                self._add_people(burst, change, evidence, ask_log, current, context) for change in changes
            ]

        def check(work: UnitOfWork) -> None:
            above.require_settled(work)
            self.files.require_same_place(work, current)

        update = StateUpdate(save=lambda work: self.files.remember(work, current), check=check)
        self._write_changes(burst, changes, update, context=context, has_readers=needs_people)
        return None

    def _find_previous(
        self, burst: Burst, context: BurstContext, current: CurrentFile
    ) -> tuple[PreviousFile, float]:
        """Return the file before the burst, and the seconds to wait until that can be said, or 0."""
        if context.previous.state is not None:
            return self.files.discard_listed_outcome(burst, context.previous, current), 0.0
        if burst.triggers & ARRIVAL_TRIGGERS:
            return context.previous, 0.0
        return self.pre_baseline_lookup.find_previous(burst, context.routes or {}, current, self.clock())

    def _require_settled(self, above: FoldersAbove, context: BurstContext) -> None:
        """Raise `RateLimitReached` while a folder's change is pending, before DocSpace is queried further."""
        if context.previous.state is None and context.folders.folders.keys() >= set(above.folder_ids):
            require_no_changes(context.pending_folders.intersection(above.folder_ids))
        elif above.folder_ids:
            with self.transactions(reading=True) as work:
                above.require_settled(work)

    def _handle_unwatched_file(self, burst: Burst) -> None:
        """Handle a file under no watched folder: at most, a stored file has turned into it."""
        vanished = self.files.list_vanished(burst)

        def forget(work: UnitOfWork) -> None:
            for file_id in sorted({burst.subject, *(change.subject for change in vanished)}):
                work.files.forget(file_id)

        changes = [self.contributors.add_people(change, burst) for change in vanished]
        self._write_changes(burst, changes, StateUpdate(save=forget))

    def _add_people(
        self,
        burst: Burst,
        change: Change,
        evidence: Evidence,
        ask_log: AskLog,
        current: CurrentFile,
        context: BurstContext,
    ) -> Change:
        """Return the change with its people; for a review, DocSpace is queried for what the events lack."""
        if not change.asks_for_review:
            return self.contributors.add_people(change, burst, evidence)
        change = self.files.add_version_before(change, burst, current)
        review = self._find_route_context(burst, change.route, context).review
        change = change.add_unseen_content(review)
        from_elsewhere = change.judgement.kind is ChangeKind.MOVED_IN
        review_evidence = replace(
            evidence,
            review=review,
            log=ask_log,
            query_editors=current.readable,
            from_elsewhere=from_elsewhere,
        )
        return self.contributors.add_people(change, burst, review_evidence)

    def _needs_people(self, changes: list[Change]) -> bool:
        """Return whether people have to be named: for a review, for the ledger, or for subscribers."""
        if any(change.asks_for_review or change.is_unrouted for change in changes):
            return True
        with self.transactions(reading=True) as work:
            return subscribers.has_subscribers(work, changes)

    def _handle_folder(self, burst: Burst) -> float | None:
        movement = self.folders.find_movement(burst)
        wait = burst.compute_wait(movement.routes, self.clock())
        if wait > 0:
            return wait
        changes = self.folders.build_changes(burst, movement)
        needs_people = self._needs_people(changes)
        if needs_people:
            move_burst = self.folders.select_moves(burst)
            changes = [self.contributors.add_people(change, move_burst) for change in changes]
        update = StateUpdate(save=lambda work: self.folders.remember(work, burst, movement))
        self._write_changes(burst, changes, update, has_readers=needs_people)
        return None

    def _write_changes(
        self,
        burst: Burst,
        changes: Sequence[Change],
        update: StateUpdate,
        *,
        context: BurstContext | None = None,
        has_readers: bool = True,
    ) -> None:
        """Write the effects of the changes, and report the events as settled."""
        attempts = burst.first_event.attempts
        accounts = [
            person
            for route in (change.route for change in changes if change.asks_for_review)
            for person in self.contributors.list_accounts(
                route,
                attempts=attempts,
                members=self._find_route_context(burst, route, context).group_members if route.groups else (),
            )
        ]
        is_of_flood = burst.first_event.of_many or bool(context and context.flood_files)
        settlement = self.change_writer.write(
            burst, changes, update, accounts=accounts, has_readers=has_readers, in_flood=is_of_flood
        )
        self._pending.report_settled(burst, settlement.state, settlement.reason, attempts=attempts)

    def _find_route_context(self, burst: Burst, route: Route, context: BurstContext | None) -> RouteContext:
        """Return what was read of a route; a route to which the file has moved is read now."""
        if context is not None and route.name in context.by_route:
            return context.by_route[route.name]
        with self.transactions(reading=True) as work:
            return self.context_reader.read_route(work, burst, route)


def _list_folders_above(
    burst: Burst, context: BurstContext, previous: PreviousFile, current: CurrentFile
) -> FoldersAbove:
    if previous.state is not None or current.place is None:
        return FoldersAbove()
    return FoldersAbove(
        folder_ids=current.place.folder_ids,
        earlier_than=burst.first_event.id if context.previous.state else None,
    )
