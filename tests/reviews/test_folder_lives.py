"""Moves of folders, with deliveries lost, late or twice and sweeps at any moment: one review a folder."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from demo import BOB, COMPLIANCE, DEEP, OLGA, OTHER, QUARTER
from demo.errors import NotFoundError
from demo.faults import Fault
from reviews.intake import intake
from reviews.kinds import ChangeKind, EventState
from reviews.tree import FOLDER_ID_PREFIX
from store.unit_of_work import SqlUnitOfWork
from tests.databases import engine_on
from tests.reviews.desk import Desk
from tests.reviews.lost import unsubscribe
from tests.reviews.portal_desk import both_folders, open_portal_desk, other_folder
from webhook.payload import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from demo.entries import EntryId
    from tests.databases import PostgresDatabases, SqliteDatabases
    from tests.reviews.portal_desk import PortalDesk

K = ChangeKind
COMES, LEAVES = {K.MOVED_IN, K.CREATED, K.RESTORED}, {K.MOVED_OUT, K.TRASHED, K.DELETED}
STAYS: set[ChangeKind] = set()
HOUR = 3600
FILES = 3
ACTS = {
    "move in": (OTHER, COMES, LEAVES),
    "move in deep": (OTHER, COMES, LEAVES),
    "copy in": (OTHER, COMES, STAYS),
    "move out": (QUARTER, LEAVES, COMES),
    "trash": (COMPLIANCE, LEAVES, STAYS),
    "delete": (DEEP, LEAVES, STAYS),
    "move within": (COMPLIANCE, STAYS, STAYS),
    "rename": (QUARTER, STAYS, STAYS),
    "restore": (COMPLIANCE, COMES, STAYS),
    "restore deep": (DEEP, COMES, STAYS),
    "archive the room": (None, LEAVES, STAYS),
    "restore the room": (None, COMES, STAYS),
    "delete the room": (None, LEAVES, STAYS),
}
"""Where the folder is at first, and what the act is to the route of that and to the route elsewhere."""
FATES = ("told", "told twice", "told late", "lost")
BETWEEN = ("sweep", "look", "work", "minute", "ten minutes", "tell late", "save", "lock")
RECORDS = ("all", "folder log", "listing")
ROOM_ACTS = {act for act, (parent, *_) in ACTS.items() if parent is None}
SETTINGS = settings(deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])


@dataclass(frozen=True)
class Plan:
    """What is done to folders, and what becomes of each delivery; what happens in between, in which order."""

    acts: list[str]
    fates: list[str]
    between: list[str]
    random: Random
    records: str
    is_elsewhere_watched: bool


plans = st.builds(
    Plan,
    acts=st.lists(st.sampled_from(sorted(ACTS)), min_size=1, max_size=4),
    fates=st.lists(st.sampled_from(FATES), min_size=4, max_size=4),
    between=st.lists(st.sampled_from(BETWEEN), max_size=12),
    random=st.randoms(use_true_random=False),
    records=st.sampled_from(RECORDS),
    is_elsewhere_watched=st.booleans(),
)


@dataclass
class FolderLife:
    """One portal with folders to which things happen. A room of its own holds one watched folder."""

    portal_desk: PortalDesk
    plan: Plan
    stocked: list[tuple[str, EntryId]]
    late: list[bytes] = field(default_factory=list)
    expected: dict[tuple[str, str], set[ChangeKind]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)

    def act(self, what: str, folder: EntryId, fate: str) -> None:
        try:
            changed = self._done(what, folder)
        except NotFoundError:
            return
        for route, kinds in zip(("compliance", "other"), ACTS[what][1:], strict=True):
            if kinds and (route == "compliance" or self.plan.is_elsewhere_watched):
                self.expected[route, f"{FOLDER_ID_PREFIX}{changed}"] = kinds
        self._deliver(fate)

    def go_on(self, what: str) -> None:
        match what:
            case "sweep":
                self.portal_desk.sweep_all()
            case "look":
                self._work()
            case "work":
                self.portal_desk.desk.clock.advance(seconds=20)
                self._work()
            case "minute":
                self.portal_desk.desk.clock.advance(seconds=61)
            case "ten minutes":
                self.portal_desk.desk.clock.advance(seconds=600)
            case "tell late":
                self._receive(self.late)
                self.late = []
            case "save" | "lock":
                self._touch(what)

    def end(self) -> None:
        """Tell all that is late, sweep, and work until nothing is left to do."""
        self.go_on("tell late")
        for _ in range(3):
            self.portal_desk.desk.clock.advance(seconds=HOUR)
            self.portal_desk.sweep_all()
            self.portal_desk.desk.clock.advance(seconds=HOUR)
            for _ in range(20):
                self._work()
                self.portal_desk.desk.clock.advance(seconds=5)
        assert all(each.state is not EventState.RECEIVED for each in self.portal_desk.desk.events())

    def check(self, before: set[tuple[str, int]]) -> None:
        """Compare the reviews with what was done; files that were touched may have their own."""
        reviews = self.portal_desk.reviews_since(before)
        files = {review.file_id for review in reviews if not review.file_id.startswith(FOLDER_ID_PREFIX)}
        folders = [review for review in reviews if review.file_id.startswith(FOLDER_ID_PREFIX)]
        assert files <= self.touched
        assert sorted((review.route, review.file_id) for review in folders) == sorted(self.expected)
        for review in folders:
            assert review.revision == 1
            assert review.kind in self.expected[review.route, review.file_id]

    def _done(self, what: str, folder: EntryId) -> EntryId:
        portal = self.portal_desk.portal
        does: dict[str, Callable[[], object]] = {
            "move in": lambda: portal.move_folder(folder, COMPLIANCE, by=BOB.id),
            "move in deep": lambda: portal.move_folder(folder, DEEP, by=BOB.id),
            "copy in": lambda: portal.copy_folder(folder, QUARTER, by=BOB.id),
            "move out": lambda: portal.move_folder(folder, OTHER, by=BOB.id),
            "trash": lambda: portal.trash_folder(folder, by=BOB.id),
            "delete": lambda: portal.delete_folder(folder, by=BOB.id),
            "move within": lambda: portal.move_folder(folder, DEEP, by=BOB.id),
            "rename": lambda: portal.rename_folder(folder, "Renamed", by=BOB.id),
            "restore": lambda: portal.restore_folder(folder, by=BOB.id),
            "restore deep": lambda: portal.restore_folder(folder, by=BOB.id, to=QUARTER),
            "archive the room": lambda: portal.archive_room(folder, by=BOB.id),
            "restore the room": lambda: portal.restore_room(folder, by=BOB.id),
            "delete the room": lambda: portal.delete_folder(folder, by=BOB.id),
        }
        does[what]()
        return portal.children(QUARTER)[0][-1].id if what == "copy in" else folder

    def _touch(self, what: str) -> None:
        """Have the first file of some folder saved or locked, which is delivered at once."""
        portal = self.portal_desk.portal
        _, folder = self.plan.random.choice(self.stocked)
        try:
            [file, *_] = portal.children(folder)[1] or portal.children(portal.children(folder)[0][0].id)[1]
        except (NotFoundError, IndexError):
            return
        self.touched.add(str(file.id))
        if what == "save":
            portal.save(file.id, by=BOB.id)
        elif file.locked_by is None:
            portal.lock(file.id, by=BOB.id)
        self._deliver("told")

    def _deliver(self, fate: str) -> None:
        sender = self.portal_desk.sender
        bodies = [sender.request(each).body for each in sender.pending()]
        sender.lose_queue()
        if fate == "told late":
            self.late += bodies
        elif fate != "lost":
            self._receive(bodies * (2 if fate == "told twice" else 1))
        self.portal_desk.desk.clock.advance(seconds=1)

    def _receive(self, bodies: list[bytes]) -> None:
        for body in bodies:
            intake.receive_events(
                self.portal_desk.desk.transactions, [parse(body)], now=self.portal_desk.desk.clock()
            )

    def _work(self) -> None:
        for stored in reversed(self.portal_desk.desk.events()):
            if stored.state is EventState.RECEIVED:
                self.portal_desk.desk.intake.process(stored.id)


def stock(portal_desk: PortalDesk, what: str, room: EntryId) -> EntryId:
    """Put a folder with two files in it, and one with a file in that, where the act will find it."""
    parent = ACTS[what][0]
    if parent is None:
        return room
    folder = portal_desk.portal.add_folder(f"To {what}", parent, by=OLGA.id).id
    fill(portal_desk, folder)
    return folder


def fill(portal_desk: PortalDesk, folder: EntryId) -> None:
    inside = portal_desk.portal.add_folder("Inside", folder, by=OLGA.id).id
    for where in (folder, folder, inside):
        portal_desk.portal.add_file("Paper.docx", where, by=OLGA.id)


@contextmanager
def life_on(address: str, plan: Plan) -> Iterator[FolderLife]:
    """Open a portal in which everything is known, and what is to be restored is gone."""
    engine = engine_on(address)
    routes = [replace(both_folders(), watch=(str(COMPLIANCE), "700"))]
    with open_portal_desk(
        Desk(engine, partial(SqlUnitOfWork, engine)),
        *routes,
        *([other_folder()] if plan.is_elsewhere_watched else []),
    ) as portal_desk:
        room = portal_desk.portal.add_folder("Room", by=OLGA.id, room_type=5).id
        portal_desk.portal.add_folder("Watched", room, by=OLGA.id, folder_id=700)
        fill(portal_desk, 700)
        once = [what for what in plan.acts if what in ROOM_ACTS][:1]
        acts = [what for what in plan.acts if what not in ROOM_ACTS] + once
        life = FolderLife(portal_desk, plan, [(what, stock(portal_desk, what, room)) for what in acts])
        portal_desk.desk.clock.advance(seconds=HOUR)
        portal_desk.know_everything()
        portal_desk.sweep_all()
        for what, folder in life.stocked:
            if what.startswith("restore"):
                is_room = what in ROOM_ACTS
                (portal_desk.portal.archive_room if is_room else portal_desk.portal.trash_folder)(
                    folder, by=BOB.id
                )
        portal_desk.let_happen()
        portal_desk.know_everything()
        if plan.records != "all":
            unsubscribe(portal_desk)
            portal_desk.sender.register("http://receiver.example/hook", secret="Compl1ance!", triggers=["*"])
        if plan.records == "listing":
            portal_desk.portal.faults.add(Fault(path="/log", status=403), count=None)
        yield life
    engine.dispose()


def live(address: str, plan: Plan) -> None:
    with life_on(address, plan) as life:
        before = life.portal_desk.now()
        order: list[int | str] = [*range(len(life.stocked)), *plan.between]
        plan.random.shuffle(order)
        note(f"in this order: {order}")
        for each in order:
            if isinstance(each, int):
                life.act(*life.stocked[each], plan.fates[each])
            else:
                life.go_on(each)
        life.end()
        life.check(before)


def test_a_folder_that_moved_is_one_review(sqlite_databases: SqliteDatabases) -> None:
    @settings(SETTINGS, max_examples=12)
    @given(plan=plans)
    def lives(plan: Plan) -> None:
        live(sqlite_databases.new(), plan)

    lives()


def test_a_folder_that_moved_is_one_review_on_postgresql(postgres_databases: PostgresDatabases) -> None:
    @settings(SETTINGS, max_examples=2)
    @given(plan=plans)
    def lives(plan: Plan) -> None:
        address = postgres_databases.new()
        live(address, plan)
        postgres_databases.give_back(address)

    lives()
