"""A desk without a webhook: time passes, folders are swept when they are due, and events are handled."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from demo import BOB
from reviews.kinds import EventState
from tests.reviews.portal_desk import DANA, OUTSIDE, open_portal_desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from reviews.model import Review, StoredEvent
    from reviews.routes.route import Route
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk

LOOK_SECONDS = 5.0
"""How often folders that are due are looked for; a worker does it more often."""


@dataclass
class SweepingDesk:
    """The desk at the stand-in portal, as a worker without a webhook works at it."""

    portal_desk: PortalDesk
    started_at: datetime
    sweeps: list[datetime] = field(default_factory=list)

    @property
    def desk(self) -> Desk:
        return self.portal_desk.desk

    def pass_time(self, seconds: float, *, until: Callable[[], object] = lambda: None) -> float:
        """Let so many seconds pass, or fewer when `until` holds; return how many did."""
        passed = 0.0
        while passed < seconds and not until():
            self.desk.clock.advance(seconds=LOOK_SECONDS)
            passed += LOOK_SECONDS
            self.look()
        return passed

    def look(self) -> None:
        """Sweep what is due, and handle what is pending."""
        sweep = self.portal_desk.sweep
        for folder in sweep.list_due_folders(started_at=self.started_at):
            self.sweeps.append(self.desk.clock())
            sweep.sweep_due_folder(folder, started_at=self.started_at)
        for stored in self.list_pending():
            self.desk.intake.process(stored.id)

    def list_events(self) -> list[StoredEvent]:
        """Return the events, the oldest first."""
        with self.desk.transactions(reading=True) as work:
            return list(reversed(work.events.list_recent(1000)))

    def list_pending(self) -> list[StoredEvent]:
        return [stored for stored in self.list_events() if stored.state is EventState.RECEIVED]

    def settle(self) -> None:
        """Let everything that was done so far be found and handled, and acknowledge it."""
        self.pass_time(150)
        self.portal_desk.know_everything()
        self.pass_time(65)

    def find_reviews(self, before: set[tuple[str, int]], *, within: float) -> tuple[list[Review], float]:
        """Wait for a review that was opened or revised since; return all of them, and how long it took."""
        seconds = self.pass_time(within, until=lambda: self.portal_desk.reviews_since(before))
        return self.portal_desk.reviews_since(before), seconds

    def write_log_late(self) -> None:
        """Have DocSpace write what happens next into its log as late as it may."""
        self.portal_desk.portal.audit.write_late()
        self.portal_desk.portal.lock(OUTSIDE, by=BOB.id)
        self.portal_desk.portal.unlock(OUTSIDE, by=BOB.id)


@contextmanager
def open_sweeping_desk(desk: Desk, *routes: Route) -> Iterator[SweepingDesk]:
    """Open a desk at the stand-in portal without a webhook; all files are known."""
    with open_portal_desk(desk, *routes, has_webhook=False) as portal_desk:
        portal_desk.portal.add_person(DANA)
        portal_desk.know_everything()
        sweeping_desk = SweepingDesk(portal_desk, started_at=desk.clock())
        sweeping_desk.pass_time(65)
        yield sweeping_desk
