"""The review under any order of events and clicks.

At most one answer a review, exactly one entry for every change of state, and nothing left pending.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from reviews import intake
from reviews.errors import Conflict, Refused, TryLater
from reviews.model import ChangeEvent, Decision, EventState, Person, Reviewer, ReviewState
from store.engine import create_engine
from store.unit_of_work import UnitOfWork
from tests.reviews.desk import Desk, attempt
from tests.reviews.samples import ALICE, BOB, DEPUTY, ELSEWHERE, OWNER, WATCHED, event

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.model import Review
    from tests.databases import PostgresDatabases, SqliteDatabases

FILES = ("f1", "f2")
files = st.sampled_from(FILES)
actors = st.sampled_from([ALICE.id, BOB.id])
triggers = st.sampled_from(["file.updated", "file.created", "file.moved", "file.trashed", "file.restored"])
QUICK = settings(deadline=None, suppress_health_check=list(HealthCheck), stateful_step_count=30)


class Life(RuleBasedStateMachine):
    """What may happen to two files, by one portal, one channel and three people."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.engine = create_engine(address)
        self.desk = Desk(self.engine, partial(UnitOfWork, self.engine))
        self.delivered: list[ChangeEvent] = []
        self.seen: list[Review] = []
        self.taken = 0

    def teardown(self) -> None:
        for stored in self.desk.events():
            self._settle(stored.id)
        assert all(each.state is not EventState.RECEIVED for each in self.desk.events())
        self.desk.deliver_all()
        for review in self.desk.reviews():
            assert all(card.drawn == card.wanted for card in review.cards)
        assert len(self.desk.paper.posts) == 2 * len(self.desk.reviews())
        self.engine.dispose()

    @rule(file=files, actor=actors, trigger=triggers, parent=st.sampled_from([WATCHED, WATCHED, ELSEWHERE]))
    def deliver(self, file: str, actor: str, trigger: str, parent: str) -> None:
        self.desk.portal.versions[file] += 1
        found = event(file_id=file, parent_id=parent, trigger=trigger, actor=Person(id=actor, name=""))
        self.delivered.append(found)
        self.desk.receive(found)
        self.desk.clock.advance(seconds=1)

    @precondition(lambda self: self.delivered)
    @rule(data=st.data())
    def redeliver(self, data: st.DataObject) -> None:
        again = data.draw(st.sampled_from(self.delivered))
        before = len(self.desk.events())

        intake.receive(self.desk.transactions, [again], now=self.desk.clock())

        assert len(self.desk.events()) == before

    @precondition(lambda self: self.delivered)
    @rule(data=st.data())
    def process(self, data: st.DataObject) -> None:
        self._settle(data.draw(st.sampled_from(self.desk.events())).id)

    @precondition(lambda self: self.delivered)
    @rule(data=st.data())
    def process_during_an_outage(self, data: st.DataObject) -> None:
        self.desk.portal.trouble["facts"] = [TryLater("down")]
        self.desk.intake.process(data.draw(st.sampled_from(self.desk.events())).id)
        self.desk.portal.trouble.clear()

    @rule(
        file=files,
        address=st.sampled_from([OWNER, DEPUTY, ALICE.email]),
        decision=st.sampled_from(list(Decision)),
    )
    def click(self, file: str, address: str, decision: Decision) -> None:
        for review in self.desk.reviews():
            if review.file_id == file:
                self._answer(review, address, decision)
                self._answer(review, address, decision)

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), address=st.sampled_from([OWNER, DEPUTY]))
    def click_on_a_card_seen_earlier(self, data: st.DataObject, address: str) -> None:
        self._answer(data.draw(st.sampled_from(self.seen)), address, Decision.ACKNOWLEDGE)

    @rule()
    def draw(self) -> None:
        self.desk.deliver_all()
        self.seen += self.desk.reviews()

    @invariant()
    def every_review_has_at_most_one_answer_and_says_so(self) -> None:
        for review in self.desk.reviews():
            assert len(review.answers) == (review.state is not ReviewState.OPEN)
            assert all(answer.revision == review.revision for answer in review.answers)

    @invariant()
    def every_change_of_state_has_one_entry_and_the_chain_holds(self) -> None:
        told = [(entry["review_id"], entry["type"].split(":")[1]) for entry in self.desk.entries()]
        expected = []
        for review in self.desk.reviews():
            expected += [(review.id, "opened"), *[(review.id, "revised")] * (review.revision - 1)]
            expected += [(review.id, answer.decision.outcome.value) for answer in review.answers]
        assert sorted(told) == sorted(expected)
        assert self.desk.verdict().intact
        assert sum(len(review.answers) for review in self.desk.reviews()) == self.taken

    @invariant()
    def no_file_has_two_open_reviews(self) -> None:
        waiting = [review.file_id for review in self.desk.reviews() if review.state is ReviewState.OPEN]
        assert len(waiting) == len(set(waiting))

    def _settle(self, number: int) -> None:
        for _ in range(3):
            if self.desk.intake.process(number) is None:
                return
        raise AssertionError(f"event {number} does not come to an end")

    def _answer(self, review: Review, address: str, decision: Decision) -> None:
        note = "too old" if decision is Decision.REQUEST_CHANGES else None
        try:
            self.desk.answers.take(
                attempt(review, reviewer=Reviewer(name=address, email=address), decision=decision, note=note)
            )
        except (Refused, Conflict):
            return
        self.taken += 1


def run(new: Callable[[], str], *, examples: int, steps: int) -> None:
    limits = settings(QUICK, max_examples=examples, stateful_step_count=steps)

    class Machine(Life):
        def __init__(self) -> None:
            super().__init__(new())

    run_state_machine_as_test(Machine, settings=limits)


def test_a_life_of_reviews_on_sqlite(sqlite_databases: SqliteDatabases) -> None:
    run(sqlite_databases.new, examples=15, steps=30)


def test_a_shorter_life_of_reviews_on_postgresql(postgres_databases: PostgresDatabases) -> None:
    run(postgres_databases.new, examples=3, steps=12)
