"""A desk whose portal is the stand-in, on a socket: what people do there comes in as signed bodies."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from demo import COMPLIANCE, DEEP, OLGA, OTHER, DemoPortal, PortalPerson, Sender, run_portal
from demo.starting_data import API_KEY
from demo.transport import HttpAnswer, HttpRequest
from docspace.client import Client
from docspace.http import Http
from docspace.logs import Logs
from notifiers.comment import Comment
from reviews.changes.event_timing import WEBHOOK_TIMING, make_sweep_timing
from reviews.changes.folder_places import FolderPlaces
from reviews.errors import Refused
from reviews.intake import intake
from reviews.monitoring.canaries import Canaries
from reviews.routes.route import Routes
from reviews.sweep.baseline import Baseline
from reviews.sweep.sweep import SWEEP_INTERVAL, GapSweep
from reviews.sweep.sweep_rules import BESIDE_WEBHOOK, WITHOUT_WEBHOOK
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.samples import OWNER, route
from webhook.docspace_logs import DocSpaceLogs
from webhook.enrichment import Enrichment
from webhook.payload import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from demo.transport import Transport
    from reviews.kinds import ChangeKind
    from reviews.model import Review, StoredEvent
    from reviews.routes.route import Route
    from reviews.sweep.sweep import SweepResult

QUIET = timedelta(seconds=5)
MINUTE = timedelta(minutes=1)
STEP = 90  # seconds between two things that happen
SLOW = 60.0  # seconds that an answer may take on a busy machine
FILE, OUTSIDE, INNER = 7, 8, 9
RECEIVER = "http://receiver.example/docspace/webhook"
DANA = PortalPerson("d0d0d0d0-0000-4000-8000-00000000da0a", "Dana Ozola", OWNER, "dana.ozola")


@dataclass
class PortalDesk:
    """A desk, the stand-in portal in which things happen, and what sends and sweeps their events."""

    desk: Desk
    portal: DemoPortal
    sender: Sender
    baseline: Baseline
    sweep: GapSweep

    def sweep_all(self) -> list[SweepResult]:
        return self.sweep.run(self.sweep.watched)

    def recover(self, *, minutes: float = 30) -> list[StoredEvent]:
        """Sweep so long after what was done, and work until nothing is left to do; return what was found."""
        self.desk.clock.advance(seconds=60 * minutes)
        before = {stored.id for stored in self.desk.events()}
        self.sweep_all()
        return self.work_on_new(before)

    def know_everything(self) -> None:
        """Take the first look at the watched folders, and acknowledge what is open."""
        for watched in self.desk.routes.all:
            for folder in watched.watch:
                self.baseline.take(folder, progress=lambda _done, _all: None)
        self.desk.clock.advance(seconds=STEP)
        for review in self.desk.reviews():
            try:
                self.desk.answers.record_answer(build_answer_request(review))
            except Refused:
                continue

    def let_happen(self, *, backwards: bool = False) -> list[StoredEvent]:
        """Deliver what was emitted, and work until nothing is left to do; return the events."""
        bodies = [self.sender.request(each).body for each in self.sender.pending()]
        self.sender.lose_queue()
        before = {stored.id for stored in self.desk.events()}
        for body in reversed(bodies) if backwards else bodies:
            intake.receive_events(self.desk.transactions, [parse(body)], now=self.desk.clock())
        return self.work_on_new(before)

    def work_on_new(self, before: set[int]) -> list[StoredEvent]:
        """Work on the events that are new until nothing is left to do, and return them."""
        events = [stored for stored in self.desk.events() if stored.id not in before]
        for stored in reversed(events):
            self.desk.intake.process(stored.id)  # finds that it is not quiet yet
        self.desk.clock.advance(seconds=STEP)
        for stored in reversed(events):
            for _ in range(20):
                if self.desk.intake.process(stored.id) is None:
                    break
        return [self.desk.event(stored.id) for stored in events]

    def reviews_of(self, *acts: Callable[[], object], backwards: bool = False) -> list[Review]:
        """Let things happen, a second apart and within one quiet period; return the reviews of them."""
        before = self.now()
        for act in acts:
            act()
            self.desk.clock.advance(seconds=1)
        self.let_happen(backwards=backwards)
        return self.reviews_since(before)

    def reviews_since(self, before: set[tuple[str, int]]) -> list[Review]:
        """Return the reviews that were opened or revised since `now` was taken."""
        return [review for review in self.desk.reviews() if (review.id, review.revision) not in before]

    def now(self) -> set[tuple[str, int]]:
        return {(review.id, review.revision) for review in self.desk.reviews()}


def _always_ok(_request: HttpRequest) -> HttpAnswer:
    return HttpAnswer(200)


@contextmanager
def open_portal_desk(
    desk: Desk,
    *routes: Route,
    transport: Transport = _always_ok,
    portal_clock: Callable[[], datetime] | None = None,
    has_webhook: bool = True,
) -> Iterator[PortalDesk]:
    """Open a desk with a file in the watched folder, one deep inside and one elsewhere.

    `transport` takes what the portal itself sends, without waiting between its attempts; the portal goes by
    `portal_clock`, else by the desk's. Without a webhook, the sweep alone finds changes, every minute.
    """
    portal = _stocked(DemoPortal(portal_clock or desk.clock))
    sender = Sender(portal, transport=transport, wait_factor=0)
    if has_webhook:
        sender.register(RECEIVER, secret="Compl1ance!Review", triggers=["*"])
    rules = Routes(routes or [both_folders()])
    desk.follow(rules)
    with run_portal(portal, sender) as address:
        http = Http(address, API_KEY, timeout=SLOW)
        enrichment = Enrichment(Client(http))
        desk.intake = intake.build_intake(
            desk.transactions,
            enrichment,
            rules,
            canaries=Canaries(transactions=desk.transactions, routes=rules, clock=desk.clock),
            clock=desk.clock,
            new_id=desk.intake.change_writer.review_opening.new_id,
            random=lambda: 0.0,
            timing=WEBHOOK_TIMING if has_webhook else make_sweep_timing(MINUTE),
        )
        desk.delivery = replace(
            desk.delivery, notifiers={"paper": desk.paper, "comment": Comment(enrichment.write_comment)}
        )
        places = FolderPlaces(
            transactions=desk.transactions, portal=enrichment, routes=rules, clock=desk.clock
        )
        baseline = Baseline(
            transactions=desk.transactions, portal=enrichment, places=places, clock=desk.clock
        )
        sweep = GapSweep(
            transactions=desk.transactions,
            portal=enrichment,
            logs=DocSpaceLogs(Logs(http), RECEIVER),
            baseline=baseline,
            routes=rules,
            clock=desk.clock,
            wait=lambda seconds: desk.clock.advance(seconds=seconds),
            interval=SWEEP_INTERVAL if has_webhook else MINUTE,
            rules=BESIDE_WEBHOOK if has_webhook else WITHOUT_WEBHOOK,
        )
        yield PortalDesk(desk, portal, sender, baseline, sweep)


def both_folders() -> Route:
    return route(watch=(str(COMPLIANCE),), owners=(OWNER,), quiet_period=QUIET)


def other_folder() -> Route:
    return route(name="other", watch=(str(OTHER),), owners=("other@example.com",), quiet_period=QUIET)


def kinds(reviews: list[Review]) -> dict[str, ChangeKind]:
    return {review.file_id: review.kind for review in reviews}


def names(review: Review) -> set[str]:
    return {who.name for who in review.contributors}


def acts(review: Review) -> dict[str, set[str]]:
    """Return who renamed or moved the document, or threw it away."""
    return {act.kind: {who.name for who in act.people} for act in review.acts}


def _stocked(portal: DemoPortal) -> DemoPortal:
    portal.add_file("Policy.docx", COMPLIANCE, by=OLGA.id, file_id=FILE)
    portal.add_file("Draft.docx", OTHER, by=OLGA.id, file_id=OUTSIDE)
    portal.add_file("Inner.docx", DEEP, by=OLGA.id, file_id=INNER)
    return portal
