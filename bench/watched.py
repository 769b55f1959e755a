"""A watched folder with many files on the stand-in portal, and the product that watches it, over a socket."""

from __future__ import annotations

import itertools
import time
from bisect import bisect_right
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from demo import BOB, COMPLIANCE, OLGA, OTHER, DemoPortal, RequestLimits, Sender, run_portal
from demo.transport import HttpAnswer
from docspace.client import Client
from docspace.http import Http
from docspace.logs import Logs
from reviews.changes.folder_places import FolderPlaces
from reviews.errors import RateLimitReached
from reviews.intake import intake
from reviews.monitoring.canaries import Canaries
from reviews.routes.route import Route, Routes, Target
from reviews.sweep.baseline import Baseline
from reviews.sweep.sweep import GapSweep
from runtime.call_limits.call_allowance import Allowance
from store.engine import create_engine
from store.unit_of_work import SqlUnitOfWork
from webhook.docspace_logs import DocSpaceLogs
from webhook.enrichment import Enrichment
from webhook.payload import parse

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator

    import sqlalchemy as sa

    from reviews.intake.intake import Intake
    from reviews.ports.unit_of_work import Transactions

FILES_IN_A_FOLDER = 50
ALL, FIRST = 800_000, 800_001  # the folder that holds all others, and the first of those
FIRST_FILE = 900_000
MINUTE = timedelta(minutes=1)
RECEIVER = "http://bench/docspace/webhook"

ROUTES = Routes(
    [
        Route(
            name="bench",
            watch=(str(COMPLIANCE),),
            owners=(OLGA.email,),
            notify=(Target(notifier="console", address=""),),
            quiet_period=timedelta(),
        )
    ]
)


class Clock:
    """The time of this machine, except that nothing waits: it is put forward instead."""

    def __init__(self) -> None:
        self.skipped = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.skipped

    def skip(self, seconds: float) -> None:
        self.skipped += timedelta(seconds=seconds)


@dataclass(frozen=True, kw_only=True)
class FirstLook:
    """Seconds as an operator waits for them; `max_calls` is the most calls in any minute."""

    known_files: int
    calls: int
    seconds: float
    max_calls: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one change took: calls by endpoint, and the milliseconds until the review was written down."""

    calls: Counter[str]
    milliseconds: float


@dataclass(kw_only=True)
class Watched:
    files: int
    engine: sa.Engine
    routes: Routes
    clock: Clock
    portal: DemoPortal
    sender: Sender
    transactions: Transactions
    baseline: Baseline
    intake: Intake
    sweep: GapSweep
    asked: list[datetime] = field(default_factory=list)

    @property
    def folders(self) -> int:
        return self.files // FILES_IN_A_FOLDER

    def look(self) -> FirstLook:
        """Take the baseline, waiting as often as our share of the portal's limits asks for it."""
        began = self.clock()
        while True:
            try:
                file_count = self.baseline.take(str(COMPLIANCE), progress=lambda _done, _total: None)
                break
            except RateLimitReached as error:
                self.clock.skip(error.retry_after)
        return self._looked(file_count, began)

    def find_missing(self) -> FirstLook:
        """Sweep once, in the same way; `known_files` is how much was found."""
        self.asked.clear()
        began = self.clock()
        count = sum(each.new_events for each in self.sweep.run(self.sweep.watched))
        return self._looked(count, began)

    def _looked(self, known_files: int, began: datetime) -> FirstLook:
        calls, seconds = len(self.asked), (self.clock() - began).total_seconds()
        most = max(bisect_right(self.asked, at + MINUTE) - n for n, at in enumerate(self.asked))
        return FirstLook(
            known_files=known_files,
            calls=calls,
            seconds=seconds,
            max_calls=most,
            refused=self.portal.meter.refused,
        )

    def cost(self, change: Callable[[DemoPortal], object], *, after: float) -> Cost:
        """Have a person do something after so many seconds, and process what the portal sends of it."""
        self.clock.skip(after)
        change(self.portal)
        bodies = [self.sender.request(each).body for each in self.sender.pending()]
        self.sender.lose_queue()
        intake.receive_events(self.transactions, [parse(body) for body in bodies], now=self.clock())
        with self.transactions(reading=True) as work:
            event = work.events.list_recent(1)[0].id
        self.portal.faults.forget_calls()
        started = time.perf_counter()
        while (wait := self.intake.process(event)) is not None:
            self.clock.skip(wait)
        milliseconds = (time.perf_counter() - started) * 1000
        return Cost(calls=self.portal.faults.counts(), milliseconds=milliseconds)


@contextmanager
def watched(files: int, database: str, routes: Routes = ROUTES) -> Iterator[Watched]:
    """Yield a portal with so many files in the watched folder, fifty to a folder; nothing is known yet."""
    clock = Clock()
    portal = DemoPortal(clock, limits=RequestLimits())
    portal.add_folder("Everything", COMPLIANCE, folder_id=ALL)
    for number in range(files // FILES_IN_A_FOLDER):
        portal.add_folder(f"Folder {number}", ALL, folder_id=FIRST + number)
    for number in range(files):
        folder = FIRST + number // FILES_IN_A_FOLDER
        portal.add_file(f"Paper {number}.docx", folder, by=OLGA.id, file_id=FIRST_FILE + number)
    sender = Sender(portal, transport=lambda _: HttpAnswer(200))
    sender.register(RECEIVER, secret="Compl1ance!Bench")  # noqa: S106 - made up
    engine = create_engine(database)
    transactions = partial(SqlUnitOfWork, engine)
    asked: list[datetime] = []
    allowance = Allowance(transactions, clock)

    def permit() -> float:
        wait = allowance.take_permit()
        if wait == 0:
            asked.append(clock())
        return wait

    with run_portal(portal, sender) as address:
        http = Http(address, portal.api_key, permit)
        enrichment = Enrichment(Client(http))
        places = FolderPlaces(transactions=transactions, portal=enrichment, routes=routes, clock=clock)
        baseline = Baseline(transactions=transactions, portal=enrichment, places=places, clock=clock)
        numbers = itertools.count(1)
        yield Watched(
            files=files,
            engine=engine,
            routes=routes,
            clock=clock,
            portal=portal,
            sender=sender,
            transactions=transactions,
            baseline=baseline,
            sweep=GapSweep(
                transactions=transactions,
                portal=enrichment,
                logs=DocSpaceLogs(Logs(http), RECEIVER),
                baseline=baseline,
                routes=routes,
                clock=clock,
                wait=clock.skip,
            ),
            intake=intake.build_intake(
                transactions,
                enrichment,
                routes,
                canaries=Canaries(transactions=transactions, routes=routes, clock=clock),
                clock=clock,
                new_id=lambda: f"bench-{next(numbers)}",
                random=lambda: 0.0,
            ),
            asked=asked,
        )
    engine.dispose()


def move_out(folder: int) -> Callable[[DemoPortal], object]:
    return lambda portal: portal.move_folder(folder, OTHER, by=BOB.id)


def move_in(folder: int) -> Callable[[DemoPortal], object]:
    return lambda portal: portal.move_folder(folder, ALL, by=BOB.id)
