"""Moves of folders, with deliveries lost, late or twice and sweeps at any moment: one review a folder."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo import BOB, COMPLIANCE, DEEP, OLGA, OTHER, QUARTER
from demo.faults import Fault
from reviews import intake
from reviews.model import ChangeKind, EventState
from reviews.tree import FOLDER
from store.unit_of_work import UnitOfWork
from tests.databases import engine_on
from tests.reviews.desk import Desk
from tests.reviews.lost import unsubscribe
from tests.reviews.portal_desk import both_folders, portal_desk
from webhook.payload import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from demo.entries import EntryId
    from tests.databases import SqliteDatabases
    from tests.reviews.portal_desk import PortalDesk

K = ChangeKind
COMES, LEAVES = {K.MOVED_IN, K.CREATED, K.RESTORED}, {K.MOVED_OUT, K.TRASHED, K.DELETED}
HOUR = 3600
ACTS = {
    "move in": (OTHER, COMES),
    "move in deep": (OTHER, COMES),
    "copy in": (OTHER, COMES),
    "move out": (QUARTER, LEAVES),
    "trash": (COMPLIANCE, LEAVES),
    "delete": (DEEP, LEAVES),
    "move within": (COMPLIANCE, set()),
    "rename": (QUARTER, set()),
}
FATES = ("told", "told twice", "told late", "lost")
BETWEEN = ("sweep", "look", "work", "minute", "ten minutes", "tell late")
RECORDS = ("all", "folder log", "listing")


@dataclass(frozen=True)
class Step:
    """Something done to a folder, and what becomes of its delivery; or something in between."""

    what: str
    fate: str = ""


plans = st.tuples(
    st.lists(st.sampled_from(sorted(ACTS)), min_size=1, max_size=4),
    st.lists(st.sampled_from(BETWEEN), max_size=10),
    st.randoms(use_true_random=False),
    st.lists(st.sampled_from(FATES), min_size=4, max_size=4),
)


@dataclass
class Life:
    """One portal with folders to which things happen."""

    office: PortalDesk
    late: list[bytes] = field(default_factory=list)
    expected: dict[str, set[ChangeKind]] = field(default_factory=dict)

    def stock(self, what: str) -> EntryId:
        """Put a folder with two files in it, and one with a file in that, where the act will find it."""
        portal = self.office.portal
        folder = portal.add_folder(f"To {what}", ACTS[what][0], by=OLGA.id).id
        inside = portal.add_folder("Inside", folder, by=OLGA.id).id
        for where in (folder, folder, inside):
            portal.add_file("Paper.docx", where, by=OLGA.id)
        return folder

    def act(self, what: str, folder: EntryId, fate: str) -> None:
        changed = self._done(what, folder)
        if ACTS[what][1]:
            self.expected[f"{FOLDER}{changed}"] = ACTS[what][1]
        sender = self.office.sender
        bodies = [sender.request(each).body for each in sender.pending()]
        sender.lose_queue()
        if fate == "told late":
            self.late += bodies
        elif fate != "lost":
            self._receive(bodies * (2 if fate == "told twice" else 1))
        self.office.desk.clock.advance(seconds=1)

    def go_on(self, what: str) -> None:
        match what:
            case "sweep":
                self.office.sweep_all()
            case "look":
                self.work()
            case "work":
                self.office.desk.clock.advance(seconds=20)
                self.work()
            case "minute":
                self.office.desk.clock.advance(seconds=61)
            case "ten minutes":
                self.office.desk.clock.advance(seconds=600)
            case "tell late":
                self._receive(self.late)
                self.late = []

    def end(self) -> None:
        """Tell all that is late, sweep, and work until nothing is left to do."""
        self.go_on("tell late")
        for _ in range(3):
            self.office.desk.clock.advance(seconds=HOUR)
            self.office.sweep_all()
            self.office.desk.clock.advance(seconds=HOUR)
            for _ in range(20):
                self.work()
                self.office.desk.clock.advance(seconds=5)
        assert all(each.state is not EventState.RECEIVED for each in self.office.desk.events())

    def work(self) -> None:
        for stored in reversed(self.office.desk.events()):
            if stored.state is EventState.RECEIVED:
                self.office.desk.intake.process(stored.id)

    def check(self) -> None:
        reviews = self.office.desk.reviews()
        found = [(review.file_id, review.revision) for review in reviews]
        assert sorted(found) == sorted((subject, 1) for subject in self.expected)
        for review in reviews:
            assert review.kind in self.expected[review.file_id]
            assert review.contents is not None
            assert review.contents.count == 3

    def _done(self, what: str, folder: EntryId) -> EntryId:
        portal = self.office.portal
        does: dict[str, Callable[[], object]] = {
            "move in": lambda: portal.move_folder(folder, COMPLIANCE, by=BOB.id),
            "move in deep": lambda: portal.move_folder(folder, DEEP, by=BOB.id),
            "copy in": lambda: portal.copy_folder(folder, QUARTER, by=BOB.id),
            "move out": lambda: portal.move_folder(folder, OTHER, by=BOB.id),
            "trash": lambda: portal.trash_folder(folder, by=BOB.id),
            "delete": lambda: portal.delete_folder(folder, by=BOB.id),
            "move within": lambda: portal.move_folder(folder, DEEP, by=BOB.id),
            "rename": lambda: portal.rename_folder(folder, "Renamed", by=BOB.id),
        }
        does[what]()
        return portal.children(QUARTER)[0][-1].id if what == "copy in" else folder

    def _receive(self, bodies: list[bytes]) -> None:
        for body in bodies:
            intake.receive(self.office.desk.transactions, [parse(body)], now=self.office.desk.clock())


@contextmanager
def life_on(address: str, records: str) -> Iterator[Life]:
    engine = engine_on(address)
    with portal_desk(Desk(engine, partial(UnitOfWork, engine)), both_folders()) as office:
        life = Life(office)
        yield life
    engine.dispose()


def live(address: str, plan: tuple[list[str], list[str], object, list[str]], records: str) -> None:
    acts, between, random, fates = plan
    with life_on(address, records) as life:
        office = life.office
        steps = [(what, life.stock(what)) for what in acts]
        office.desk.clock.advance(seconds=HOUR)
        office.know_everything()
        office.sweep_all()
        if records != "all":
            unsubscribe(office)
            office.sender.register("http://receiver.example/hook", secret="Compl1ance!", triggers=["*"])
        if records == "listing":
            office.portal.faults.add(Fault(path="/log", status=403), times=None)
        order = [*range(len(steps)), *between]
        random.shuffle(order)
        for each in order:
            if isinstance(each, int):
                life.act(*steps[each], fates[each])
            else:
                life.go_on(each)
        life.end()
        life.check()


def test_a_folder_that_moved_is_one_review(sqlite_databases: SqliteDatabases) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(plan=plans, records=st.sampled_from(RECORDS))
    def lives(plan: tuple[list[str], list[str], object, list[str]], records: str) -> None:
        live(sqlite_databases.new(), plan, records)

    lives()
