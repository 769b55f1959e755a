"""Events that come when DocSpace's limit is reached: what they ask is asked once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from demo import ALICE, COMPLIANCE, DemoPortal
from reviews.intake import intake
from runtime.call_limits.call_allowance import MAX_TURN_WAIT_SECONDS, Allowance
from store.unit_of_work import SqlUnitOfWork
from tests.databases import make_patient_engine
from tests.reviews.samples import event
from tests.runtime.worker_at_work import wire_worker

if TYPE_CHECKING:
    from runtime.wiring.wiring import Wiring

ONE = "3000"
OTHERS = [str(number) for number in range(3001, 3013)]
AT_ONCE = 10


def portal_with_files() -> DemoPortal:
    portal = DemoPortal(lambda: datetime.now(UTC))
    for file_id in (ONE, *OTHERS):
        portal.add_file(f"Paper {file_id}.docx", COMPLIANCE, by=ALICE.id, file_id=int(file_id))
    return portal


def receive(wiring: Wiring, files: list[str]) -> list[int]:
    changed = [event(file_id=each, parent_id=str(COMPLIANCE)) for each in files]
    with make_patient_engine(wiring.engine) as engine:
        transactions = partial(SqlUnitOfWork, engine)
        intake.receive_events(transactions, changed, now=datetime.now(UTC))
        with transactions(reading=True) as work:
            return [stored.id for stored in work.events.list_recent(len(files))]


def use_up_the_limit(wiring: Wiring) -> None:
    allowance = Allowance(wiring.transactions, wiring.clock)
    while allowance.take_permit() == 0:
        pass


def book_turns(wiring: Wiring, *, seconds: float) -> None:
    """Book turns for other calls, so that the next call waits for so long."""
    wait = 0.0
    while wait < seconds:
        wait = Allowance(wiring.transactions, wiring.clock).take_permit()


def test_at_the_limit_no_event_gives_up_what_it_has_asked_already(database_url: str) -> None:
    portal = portal_with_files()
    with wire_worker(database_url, portal, quiet="0s") as wiring, ThreadPoolExecutor(AT_ONCE) as threads:
        works = wiring.build_worker_intake(threading.Event().wait)
        assert works.process(*receive(wiring, [ONE])) is None
        of_one = len(portal.faults.calls())
        received = receive(wiring, OTHERS)
        use_up_the_limit(wiring)

        outcomes = list(threads.map(works.process, received))

        assert outcomes == [None] * len(OTHERS)
        assert of_one * len(OTHERS) >= len(portal.faults.calls()) - of_one > len(OTHERS)


def test_a_worker_that_stops_waits_for_no_turn(database_url: str) -> None:
    stopping = threading.Event()
    with wire_worker(database_url, portal_with_files(), quiet="0s") as wiring:
        works = wiring.build_worker_intake(stopping.wait)
        [received] = receive(wiring, [ONE])
        # A busy machine may take seconds for the next steps, and a turn that has come is taken.
        book_turns(wiring, seconds=0.8 * MAX_TURN_WAIT_SECONDS)
        stopping.set()

        wait = works.process(received)

        assert wait is not None
        assert 0 < wait < MAX_TURN_WAIT_SECONDS
