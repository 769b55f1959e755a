"""What a worker of an earlier release has left behind, or writes beside this one, is done."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.kinds import CardState
from store.schema import cards, events
from store.unit_of_work import SqlUnitOfWork
from tests.databases import make_patient_engine
from tests.journeys.processes import eventually
from tests.reviews.samples import review
from tests.runtime.worker_at_work import (
    keep_house,
    list_waiting,
    portal_with_one_file,
    receive_change,
    run_worker,
    wire_worker,
)

if TYPE_CHECKING:
    from runtime.wiring.wiring import Wiring

BEFORE = "1970-01-01 00:00:00"
"""When all is due that was written by a release that did not know when."""


def leave_as_handed_over(wiring: Wiring) -> None:
    """Leave an event and a card as release 0.4 did, which had handed them over to an engine.

    A job of its had claimed the card.
    """
    with make_patient_engine(wiring.engine) as engine:
        receive_change(engine)
        with SqlUnitOfWork(engine) as work:
            work.reviews.add(review())
            work.cards.owe("rev-1", [("console", "")])
            work.commit()
        with engine.begin() as connection:
            connection.execute(sa.update(events).values(due_at=sa.text(f"'{BEFORE}'"), handed_over=1))
            claimed = {"handed_over": 1, "claimed_by": "host-1-dead:card-1-1"}
            connection.execute(sa.update(cards).values(due_at=sa.text(f"'{BEFORE}'"), **claimed))


def test_what_an_earlier_release_had_handed_over_is_done(database_url: str) -> None:
    with wire_worker(database_url, portal_with_one_file()) as wiring:
        leave_as_handed_over(wiring)

        with run_worker(wiring) as worker:
            eventually(lambda: list_waiting(wiring.engine) == [1])

            def is_posted() -> bool:
                keep_house(worker, now=datetime.now(UTC))
                with wiring.transactions(reading=True) as work:
                    [card] = work.cards.list_recent(1)
                return card.state is CardState.POSTED

            eventually(is_posted)
