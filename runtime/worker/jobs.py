"""The jobs of a worker: thin functions that call a use case and, if it asks for that, run again later.

The dispatcher has taken the event or the card of a job. In the end the job has settled it, drawn it, or put
it off. If the process dies in between, others take it again.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

from reviews.errors import Permanent, UnresolvedOutcome
from runtime.worker.capacity import THREADS, Lane
from runtime.worker.folder_sweeps import sweep_each
from store.outages import DATABASE_ERRORS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from reviews.comparisons.comparing import Comparing
    from reviews.delivery.delivery import ChannelDelivery
    from reviews.intake.intake import Intake
    from reviews.sweep.sweep import GapSweep
    from runtime.worker.capacity import Capacity
    from store.due_work import Taken, TakenCard

DATABASE_RETRY_SECONDS = 5.0
SOON_SECONDS = 1.0
"""The dispatcher looks at least as often, and then sees by itself when work is due that was put off."""
MAX_DEATHS = 20
"""Over so many deaths of workers, work is given up: it probably is their cause."""
KILLS = "the worker died each time it did this work"

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class WorkerUseCases:
    """What the jobs call."""

    intake: Intake
    delivery: ChannelDelivery
    sweep: GapSweep
    comparing: Comparing


class Jobs:
    """Runs the jobs of this process, each in a thread of a pool that has one for every possible job."""

    def __init__(
        self,
        use_cases: WorkerUseCases,
        *,
        capacity: Capacity,
        on_due: Callable[[], None],
        wait: Callable[[float], bool],
    ) -> None:
        """`on_due` is called when work may be due now or soon.

        `wait` waits for some seconds and returns `True` at once when the worker stops.
        """
        self._intake, self._delivery = use_cases.intake, use_cases.delivery
        self._sweep, self._comparing = use_cases.sweep, use_cases.comparing
        self._capacity = capacity
        self._on_due = on_due
        self._wait = wait
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="job")
        self._lock = Lock()
        self._owners: Counter[str] = Counter()

    def get_owners(self) -> set[str]:
        """Return the owners under which work is done in this process now."""
        with self._lock:
            return set(self._owners)

    @property
    def free_sweep_count(self) -> int:
        """How many more sweeps this process may start."""
        return self._capacity.count_free(Lane.SWEEPS)

    def start_events(self, lane: Lane, taken: Sequence[Taken], owner: str) -> None:
        for event in taken:
            self._start(lane, owner, partial(self._process_event, event, owner))

    def start_cards(self, lane: Lane, taken: Sequence[TakenCard], owner: str) -> None:
        for card in taken:
            self._start(lane, owner, partial(self._deliver_card, card, owner))

    def start_comparisons(self, taken: Sequence[Taken], owner: str) -> None:
        for comparison in taken:
            self._start(Lane.COMPARISONS, owner, partial(self._compare, comparison, owner))

    def start_sweeps(self, folders: list[str], *, started_at: datetime) -> None:
        """Start sweeps of watched folders, dealt out among as many as may run.

        A folder that waits behind a slow one stays due, and is in the next sweep that is started. So does one
        whose sweep broke off.
        """
        pieces = self.free_sweep_count
        for piece in range(min(pieces, len(folders))):
            self._start(Lane.SWEEPS, "", partial(sweep_each, self._sweep, folders[piece::pieces], started_at))

    def stop(self) -> None:
        """Wait for the running jobs to end."""
        self._pool.shutdown()

    def _start(self, lane: Lane, owner: str, job: Callable[[], None]) -> None:
        self._capacity.claim(lane)
        with self._lock:
            self._owners[owner] += 1

        def run() -> None:
            try:
                job()
            except Exception:
                # The edge of the process: what is claimed without a job is released later.
                log.exception("job_failed", lane=lane)
            finally:
                with self._lock:
                    self._owners.subtract([owner])
                    self._owners = +self._owners
                self._capacity.release(lane)

        self._pool.submit(run)

    def _process_event(self, event: Taken, owner: str) -> None:
        intake = self._intake
        seconds = self._guard(
            lambda: intake.process(event.id),
            lambda error: intake.count_failure(event.id, error),
            given_up=Permanent(KILLS) if event.deaths >= MAX_DEATHS else None,
            event_id=event.id,
        )
        if seconds is not None:
            until = intake.clock() + timedelta(seconds=seconds)

            def put_off() -> None:
                with intake.transactions() as work:
                    work.events.put_off(event.id, owner, until=until)
                    work.commit()

            self._write(put_off, event_id=event.id)
        self._report_due(seconds)

    def _deliver_card(self, card: TakenCard, owner: str) -> None:
        delivery, place = self._delivery, (card.notifier, card.target)
        seconds = self._guard(
            lambda: delivery.deliver(card.id, owner, place=place, redraw=card.is_posted),
            lambda error: delivery.count_failure(card.id, owner, error),
            given_up=UnresolvedOutcome(KILLS) if card.deaths >= MAX_DEATHS else None,
            card_id=card.id,
        )
        if seconds is None:
            return
        until = delivery.clock() + timedelta(seconds=seconds)

        def put_off() -> None:
            with delivery.transactions() as work:
                work.cards.put_off(card.id, owner, drawing=card.drawing, until=until)
                work.commit()

        self._write(put_off, card_id=card.id)
        self._report_due(seconds)

    def _compare(self, comparison: Taken, owner: str) -> None:
        comparing = self._comparing
        seconds = self._guard(
            lambda: comparing.process(comparison.id),
            lambda error: comparing.count_failure(comparison.id, error),
            given_up=Permanent(KILLS) if comparison.deaths >= MAX_DEATHS else None,
            comparison_id=comparison.id,
        )
        if seconds is not None:
            until = comparing.clock() + timedelta(seconds=seconds)

            def put_off() -> None:
                with comparing.transactions() as work:
                    work.comparisons.put_off(comparison.id, owner, until=until)
                    work.commit()

            self._write(put_off, comparison_id=comparison.id)
        self._on_due()

    def _report_due(self, seconds: float | None) -> None:
        """Have the dispatcher look: cards of an event may be due, or what was put off for moments."""
        if seconds is None or seconds < SOON_SECONDS:
            self._on_due()

    def _guard(
        self,
        work: Callable[[], float | None],
        count_failure: Callable[[Exception], float | None],
        *,
        given_up: Exception | None,
        **log_fields: int,
    ) -> float | None:
        """Run a use case; a poison event or card counts as failed and never stops the others.

        Work that is `given_up` only has that failure counted. `log_fields` name it in the log.
        """
        try:
            return count_failure(given_up) if given_up else work()
        except DATABASE_ERRORS as error:
            log.warning("database_not_available", reason=type(error).__name__, **log_fields)
            return DATABASE_RETRY_SECONDS
        except Exception as error:
            # The edge of the process: an unexpected error is logged, counted, and retried or given up.
            log.exception("work_failed", **log_fields)
            try:
                return count_failure(error)
            except sa.exc.SQLAlchemyError as second:
                log.warning("failure_not_counted", reason=type(second).__name__, **log_fields)
                return DATABASE_RETRY_SECONDS

    def _write(self, put_off: Callable[[], None], **log_fields: int) -> None:
        """Put work off, again and again while the database is not available: no other worker may take it.

        Not while the database has another schema. What is claimed without a job is released afterwards.
        """
        while True:
            try:
                return put_off()
            except DATABASE_ERRORS as error:
                log.warning("database_not_available", reason=type(error).__name__, **log_fields)
            if not self._capacity.may_work() or self._wait(DATABASE_RETRY_SECONDS):
                return None
