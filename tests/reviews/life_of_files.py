"""What may happen to two files in a portal, as rules for Hypothesis."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from reviews.errors import TryLater
from reviews.identity import Person
from reviews.intake import intake
from reviews.routes.route import Routes
from reviews.routes.working_time import WorkingHours
from store.unit_of_work import SqlUnitOfWork
from tests.databases import engine_on
from tests.reviews.desk import Desk
from tests.reviews.samples import ALICE, BOB, ELSEWHERE, WATCHED, event, route

if TYPE_CHECKING:
    from reviews.model import ChangeEvent

FILES = ("f1", "f2")
QUIET = timedelta(seconds=5)
HOURS = WorkingHours.parse("Mon-Sun 00:00-23:59", ZoneInfo("UTC"))
files = st.sampled_from(FILES)
actors = st.sampled_from([ALICE.id, BOB.id])


class Files(RuleBasedStateMachine):
    """Things happen in a row; what is told of them arrives later, in any order."""

    def __init__(self, address: str, *, required: int = 1) -> None:
        super().__init__()
        self.required = required
        self.engine = engine_on(address)
        clocked = {"remind": timedelta(minutes=1), "due": timedelta(minutes=3), "working_hours": HOURS}
        rules = Routes([route(quiet_period=QUIET, max_wait=3 * QUIET, required=required, **clocked)])
        self.desk = Desk(self.engine, partial(SqlUnitOfWork, self.engine), rules)
        self.parents = dict.fromkeys(FILES, WATCHED)
        self.trashed: set[str] = set()
        self.deleted: set[str] = set()
        self.on_their_way: list[ChangeEvent] = []
        self.delivered: list[ChangeEvent] = []

    @rule(file=files, actor=actors)
    def edit(self, file: str, actor: str) -> None:
        if self._can_change(file):
            self.desk.portal.versions[file] += 1
            self.desk.portal.wrote(file, Person(id=actor, name=""), self.desk.clock())
            self._happens("file.updated", file, actor)

    @rule(file=files, actor=actors)
    def save_within_the_version(self, file: str, actor: str) -> None:
        if self._can_change(file):
            self.desk.portal.wrote(file, Person(id=actor, name=""), self.desk.clock())
            self._happens("file.updated", file, actor)

    @rule(file=files, actor=actors)
    def lock_or_unlock(self, file: str, actor: str) -> None:
        if self._can_change(file):
            self.desk.portal.locked ^= {file}
            self._happens("file.updated", file, actor)

    @rule(file=files, actor=actors, title=st.sampled_from(["A.docx", "B.docx"]))
    def rename(self, file: str, actor: str, title: str) -> None:
        if self._can_change(file):
            self.desk.portal.titles[file] = title
            self._happens("file.updated", file, actor)

    @rule(file=files, actor=actors, parent=st.sampled_from([WATCHED, ELSEWHERE]))
    def move(self, file: str, actor: str, parent: str) -> None:
        if self._can_change(file) and self.parents[file] != parent:
            self.parents[file] = parent
            self._happens("file.moved", file, actor)

    @rule(file=files, actor=actors)
    def throw_away_or_take_back(self, file: str, actor: str) -> None:
        if file in self.deleted:
            return
        self._happens("file.restored" if file in self.trashed else "file.trashed", file, actor)
        self.trashed ^= {file}

    @rule(file=files, actor=actors)
    def delete(self, file: str, actor: str) -> None:
        if self._can_change(file):
            self._happens("file.deleted", file, actor)
            self.deleted.add(file)

    @precondition(lambda self: self.on_their_way)
    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        arriving = data.draw(st.sampled_from(self.on_their_way))
        self.on_their_way.remove(arriving)
        self.receive(arriving)

    @precondition(lambda self: self.delivered)
    @rule(data=st.data())
    def redeliver(self, data: st.DataObject) -> None:
        again = data.draw(st.sampled_from(self.delivered))
        before = len(self.desk.events())

        intake.receive_events(self.desk.transactions, [again], now=self.desk.clock())

        assert len(self.desk.events()) == before

    @precondition(lambda self: self.delivered)
    @rule(data=st.data(), seconds=st.sampled_from([0, 3, 30]))
    def process(self, data: st.DataObject, seconds: int) -> None:
        self.desk.clock.advance(seconds=seconds)
        self.desk.intake.process(data.draw(st.sampled_from(self.desk.events())).id)

    @precondition(lambda self: self.delivered)
    @rule(data=st.data(), call=st.sampled_from(["file", "place", "person", "editors"]))
    def process_during_an_outage(self, data: st.DataObject, call: str) -> None:
        self.desk.clock.advance(seconds=30)
        self.desk.portal.trouble[call] = [TryLater("down")]
        self.desk.intake.process(data.draw(st.sampled_from(self.desk.events())).id)
        self.desk.portal.trouble.clear()

    def receive(self, arriving: ChangeEvent) -> None:
        self.delivered.append(arriving)
        intake.receive_events(self.desk.transactions, [arriving], now=self.desk.clock())

    def _can_change(self, file: str) -> bool:
        return file not in self.trashed | self.deleted

    def _happens(self, trigger: str, file: str, actor: str) -> None:
        change = event(
            file_id=file,
            parent_id=self.parents[file],
            trigger=trigger,
            title=self.desk.portal.titles.get(file, "A.docx"),
            actor=Person(id=actor, name=""),
        )
        change = replace(change, occurred_at=self.desk.clock())
        self.desk.portal.happen(change)
        self.on_their_way.append(change)
        self.desk.clock.advance(seconds=1)
