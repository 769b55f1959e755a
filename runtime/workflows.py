"""The durable workflows: thin functions that call a use case and, where it asks for it, come again later.

A workflow's name says what it does to what, and how often it was tried; the engine starts each name once.
What waits waits in the engine's queue, not in a thread.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog
from dbos import DBOS, SetWorkflowID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviews.delivery import Delivery
    from reviews.intake import Intake

LATER = "later"
QUEUE_POLL = 1.0  # seconds
DATABASE_WAIT = 5.0
# The database is down, locked, out of connections, or takes no writes just now (a standby, a full disk).
DATABASE_AWAY = (
    sa.exc.OperationalError,
    sa.exc.InterfaceError,
    sa.exc.InternalError,
    sa.exc.TimeoutError,
)
PROCESS_EVENT = "process-event"
DELIVER_CARD = "deliver-card"

log = structlog.get_logger()


class Workflows:
    """Registers the workflows with the engine, once a process, and starts them."""

    def __init__(
        self, intake: Intake, delivery: Delivery, *, worker: str, settled: Callable[[], None]
    ) -> None:
        """`settled` is told of each event that is done with: it may have made cards due."""
        self.running = 0
        self._counting = threading.Lock()

        def process_event(event_id: int, run: int, attempt: int) -> None:
            with self._counted():
                again = _guarded(
                    lambda: intake.process(event_id),
                    lambda error: intake.failed(event_id, error),
                    event_id=event_id,
                )
            if again is not None:
                _later(PROCESS_EVENT, _event_job(event_id, run), again, event_id, run, attempt + 1)
            else:
                settled()

        def deliver_card(card_id: int, drawing: int, attempt: int) -> None:
            job = _card_job(card_id, drawing)
            owner = f"{worker}:{job}"
            with self._counted():
                again = _guarded(
                    lambda: delivery.deliver(card_id, owner),
                    lambda error: delivery.failed(card_id, owner, error),
                    card_id=card_id,
                )
            if again is not None:
                _later(DELIVER_CARD, job, again, card_id, drawing, attempt + 1)

        self._process_event = DBOS.workflow(name=PROCESS_EVENT)(process_event)
        self._deliver_card = DBOS.workflow(name=DELIVER_CARD)(deliver_card)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._counting:
            self.running += 1
        try:
            yield
        finally:
            with self._counting:
                self.running -= 1

    def start_event(self, event_id: int, run: int) -> None:
        with SetWorkflowID(f"{_event_job(event_id, run)}-1"):
            DBOS.start_workflow(self._process_event, event_id, run, 1)

    def start_card(self, card_id: int, drawing: int) -> None:
        with SetWorkflowID(f"{_card_job(card_id, drawing)}-1"):
            DBOS.start_workflow(self._deliver_card, card_id, drawing, 1)


def _event_job(event_id: int, run: int) -> str:
    return f"event-{event_id}-{run}"


def _card_job(card_id: int, drawing: int) -> str:
    return f"card-{card_id}-{drawing}"


def _guarded(
    work: Callable[[], float | None], failed: Callable[[Exception], float | None], **what: int
) -> float | None:
    """Run a use case as one step; a poison event or card counts as failed and never stops the others."""

    def step() -> float | None:
        try:
            return work()
        except DATABASE_AWAY as error:
            log.warning("database_not_available", reason=type(error).__name__, **what)
            return DATABASE_WAIT
        except Exception as error:
            # The edge of the process: what nobody expected is logged, counted, and tried again or given up.
            log.exception("work_failed", **what)
            return counted(error)

    def counted(error: Exception) -> float | None:
        """Count the failure; where even that can't be written, the work has to come again all the same."""
        try:
            return failed(error)
        except sa.exc.SQLAlchemyError as second:
            log.warning("failure_not_counted", reason=type(second).__name__, **what)
            return DATABASE_WAIT

    return DBOS.run_step({"name": "work"}, step)


def _later(workflow: str, job: str, seconds: float, *arguments: int) -> None:
    DBOS.enqueue_workflow_with_options(
        {
            "workflow_name": workflow,
            "queue_name": LATER,
            "workflow_id": f"{job}-{arguments[-1]}",
            "delay_seconds": seconds,
        },
        *arguments,
    )
