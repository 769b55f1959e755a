"""The rounds of a worker that record what happens without a review."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from demo import OLGA, DemoPortal
from demo.entries import PortalPerson
from reviews.ports.owner_accounts import OwnerPresence
from runtime.worker.rounds_without_review import RoundsWithoutReview
from store.ledger_reading import iterate_entries
from tests.databases import ON_SQLITE
from tests.journeys.processes import eventually
from tests.reviews.samples import START
from tests.reviews.unrouted import make_unrouted_change
from tests.runtime.worker_at_work import portal_with_one_file, wire_worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.wiring.wiring import Wiring
    from runtime.worker.rounds import Rounds

OWNER = "o@company.com"


@pytest.fixture
def portal() -> DemoPortal:
    portal = portal_with_one_file()
    portal.add_person(PortalPerson(OLGA.id[:-4] + "0e0e", "Olivia Own", OWNER, "olivia.own"))
    return portal


@contextmanager
def run_round(wiring: Wiring, name: str) -> Iterator[Rounds]:
    stopping = threading.Event()
    rounds = RoundsWithoutReview(wiring, wait=stopping.wait, first_delay=0.0).build_rounds()
    [wanted] = [each for each in rounds if each.name == name]
    wanted.start()
    try:
        yield wanted
    finally:
        stopping.set()
        wanted.stop()
        wanted.join(30)


def has_asked(wiring: Wiring) -> bool:
    with wiring.transactions(reading=True) as work:
        return OWNER in work.owner_states.find([OWNER])


@ON_SQLITE
def test_a_worker_looks_up_the_owners_of_its_routes(database_url: str, portal: DemoPortal) -> None:
    with wire_worker(database_url, portal) as wiring, run_round(wiring, "owners"):
        eventually(lambda: has_asked(wiring))

        with wiring.transactions(reading=True) as work:
            assert work.owner_states.find([OWNER])[OWNER].presence is OwnerPresence.PRESENT


@ON_SQLITE
def test_a_portal_that_does_not_answer_is_no_failure_of_the_round(
    database_url: str, portal: DemoPortal
) -> None:
    portal.faults.answer(503, path="/people/", count=None)
    with wire_worker(database_url, portal) as wiring, capture_logs() as logs:
        with run_round(wiring, "owners") as rounds:
            eventually(lambda: any(each["event"] == "owners_not_looked_up" for each in logs))
            eventually(lambda: rounds.overdue_seconds == 0.0)

        with wiring.transactions(reading=True) as work:
            assert work.owner_states.find([OWNER])[OWNER].presence is OwnerPresence.UNKNOWN


@ON_SQLITE
def test_without_a_portal_no_owner_is_looked_up_and_the_round_goes_on(
    database_url: str, portal: DemoPortal
) -> None:
    with (
        wire_worker(database_url, portal, docspace_api_key="") as wiring,
        capture_logs() as logs,
        run_round(wiring, "owners") as rounds,
    ):
        eventually(lambda: any(each["event"] == "owners_not_looked_up" for each in logs))
        eventually(lambda: rounds.overdue_seconds == 0.0)

    [entry] = [each for each in logs if each["event"] == "owners_not_looked_up"]
    assert "DOCSPACE_API_KEY" in entry["reason"]


@ON_SQLITE
def test_a_worker_records_folders_that_are_not_complete(database_url: str, portal: DemoPortal) -> None:
    with wire_worker(database_url, portal) as wiring:
        [folder] = wiring.routes.watched
        with wiring.transactions() as work:
            work.baselines.mark_started(folder, at=START)
            work.commit()
        with run_round(wiring, "completeness"):
            eventually(lambda: list(iterate_entries(wiring.engine)))

        [entry] = iterate_entries(wiring.engine)
        assert (entry["type"], entry["reason"]) == ("sweep:incomplete", "sweeps are switched off")


@ON_SQLITE
def test_a_worker_records_floods_of_changes_without_a_review(database_url: str, portal: DemoPortal) -> None:
    with wire_worker(database_url, portal) as wiring:
        [route] = wiring.routes.all
        with wiring.transactions() as work:
            for number in range(3):
                change = make_unrouted_change(number, route=route.name)
                work.unrouted_changes.add(change, cause="one", at=START)
            work.commit()
        with run_round(wiring, "unrouted"):
            eventually(lambda: list(iterate_entries(wiring.engine)))

        [entry] = iterate_entries(wiring.engine)
        assert (entry["type"], entry["contents"]["count"], entry["events"]) == ("change:unrouted", 3, [0, 2])
