"""A worker posts a card at once and draws it anew when its comparison is there; nothing waits for that."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from demo import ALICE, COMPLIANCE, DemoPortal, Endless, Slow, StoredContent
from reviews.intake import intake
from store.schema import cards, comparisons
from store.unit_of_work import SqlUnitOfWork
from tests.databases import make_patient_engine
from tests.journeys.processes import eventually
from tests.reviews.samples import event
from tests.runtime.worker_at_work import portal_with_one_file, run_worker, wire_worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.wiring.wiring import Wiring

HANDLER = "/filehandler.ashx"
SLOW_FILE, QUICK_FILE = 8, 9


@pytest.fixture
def portal() -> DemoPortal:
    portal = portal_with_one_file()
    for file_id in (SLOW_FILE, QUICK_FILE):
        content = StoredContent(b"The fee is EUR 100.\n")
        portal.add_file(f"Terms {file_id}.txt", COMPLIANCE, by=ALICE.id, file_id=file_id, content=content)
    return portal


@pytest.fixture
def wiring(database_url: str, portal: DemoPortal) -> Iterator[Wiring]:
    with wire_worker(database_url, portal, quiet="0s") as made:
        yield made
        portal.faults.clear()


def receive(wiring: Wiring, file_id: int) -> None:
    """Let DocSpace report that a file was added."""
    reported = event(
        file_id=str(file_id), parent_id=str(COMPLIANCE), trigger="file.created", title=f"Terms {file_id}.txt"
    )
    with make_patient_engine(wiring.engine) as engine:
        intake.receive_events(partial(SqlUnitOfWork, engine), [reported], now=wiring.clock())


def count(wiring: Wiring, query: sa.Select[Any]) -> int:
    with wiring.engine.connect() as connection:
        return int(connection.execute(query).scalar_one())


def count_cards(wiring: Wiring, *, at_least_drawn: int) -> int:
    drawn = sa.select(sa.func.count()).select_from(cards).where(cards.c.drawn >= at_least_drawn)
    return count(wiring, drawn.where(cards.c.message_id.is_not(None)))


def count_comparisons(wiring: Wiring, state: str) -> int:
    counted = sa.select(sa.func.count()).select_from(comparisons)
    return count(wiring, counted.where(comparisons.c.state == state))


def test_a_card_is_posted_and_drawn_anew_with_its_comparison(wiring: Wiring) -> None:
    with run_worker(wiring):
        receive(wiring, QUICK_FILE)

        eventually(lambda: count_comparisons(wiring, "compared") == 1)
        eventually(lambda: count_cards(wiring, at_least_drawn=2) == 1)


def test_no_card_waits_for_a_portal_that_sends_a_byte_at_a_time(wiring: Wiring, portal: DemoPortal) -> None:
    portal.faults.spoil(Slow(1.0), path=f"fileid={SLOW_FILE}", count=None)
    with run_worker(wiring):
        receive(wiring, SLOW_FILE)
        eventually(lambda: bool(portal.faults.calls(f"fileid={SLOW_FILE}")))

        receive(wiring, QUICK_FILE)

        eventually(lambda: count_cards(wiring, at_least_drawn=1) == 2)
        assert count_comparisons(wiring, "waiting") == 2
        portal.faults.clear()


def test_a_portal_that_sends_without_end_is_left_and_the_next_is_compared(
    wiring: Wiring, portal: DemoPortal
) -> None:
    portal.faults.spoil(Endless(), path=f"fileid={SLOW_FILE}")
    with run_worker(wiring):
        receive(wiring, SLOW_FILE)
        eventually(lambda: count_comparisons(wiring, "too_large") == 1)

        receive(wiring, QUICK_FILE)

        eventually(lambda: count_comparisons(wiring, "compared") == 1)
