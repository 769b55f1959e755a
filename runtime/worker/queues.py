"""The engine's queues: waiting work is in one of them, in its lane, and in no thread."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from dbos import DBOS

from runtime.capacity import Lane

if TYPE_CHECKING:
    from reviews.clock import Clock
    from reviews.delivery.delivery import ChannelDelivery
    from reviews.intake.intake import Intake

LANES_QUEUE = "lanes"
FLOODS_QUEUE = "floods"


def choose_queue(intake: Intake, event_id: int) -> str:
    """Return the queue in which an event waits; events of a flood have their own, and block no others.

    A database error here counts as no flood: the job has to wait in some queue. A database restored from
    before a migration lacks columns.
    """
    try:
        return FLOODS_QUEUE if intake.has_low_priority(event_id) else LANES_QUEUE
    except sa.exc.SQLAlchemyError:
        return LANES_QUEUE


def choose_lane(delivery: ChannelDelivery, card_id: int) -> Lane:
    """Return the lane of a waiting card: redraws if it was posted, posts otherwise or on a database error."""
    try:
        with delivery.transactions(reading=True) as work:
            card = work.cards.get_without_notice(card_id)
    except sa.exc.SQLAlchemyError:
        return Lane.POSTS
    return Lane.REDRAWS if card is not None and card.message_id else Lane.POSTS


def delay_by_machine(seconds: float, clock: Clock, *, machine: Clock = lambda: datetime.now(UTC)) -> float:
    """Convert a delay by the common clock into one by this machine's clock.

    The engine stores the time by this machine's clock, which may be a day ahead, and any process may be the
    one that polls for due work. The delay is negative if this machine is that much ahead.
    """
    return seconds + (clock() - machine()).total_seconds()


def enqueue_later(
    workflow: str, *arguments: int | str, name: str, seconds: float, lane: Lane, queue: str = LANES_QUEUE
) -> None:
    """Enqueue a workflow with these arguments, to be started under this name in so many seconds."""
    DBOS.enqueue_workflow_with_options(
        {
            "workflow_name": workflow,
            "queue_name": queue,
            "queue_partition_key": lane.value,
            "workflow_id": name,
            "delay_seconds": seconds,
        },
        *arguments,
    )
